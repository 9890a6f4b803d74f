import { deleteOrganization } from './account.ts';
import type { Call, Result, Route } from './call.ts';
import { droppedHeader, idOf, ok } from './call.ts';
import { readOrganization } from './organization-input.ts';
import { showOrganization } from './organization-wire.ts';
import type { Organization } from './organizations.ts';
import { listPage } from './pagination.ts';
import { recordNotFound } from './refusal.ts';
import { idOrNull, memberObject, textOrNull } from './wire-input.ts';
import { isoOf, nowS } from './wire-time.ts';

const R = 'organizations';

/** Single organizations and the list of all (Zendesk docs, Organizations). */
export const ORGANIZATION_ROUTES: readonly Route[] = [
  { method: 'GET', pattern: R, operation: `${R}.list`, handle: list },
  { method: 'GET', pattern: `${R}/count`, operation: `${R}.count`, handle: count },
  { method: 'GET', pattern: `${R}/:id`, operation: `${R}.show`, handle: show },
  { method: 'GET', pattern: `${R}/:id/related`, operation: `${R}.related`, handle: related },
  { method: 'POST', pattern: R, operation: `${R}.create`, access: 'admin', handle: create },
  {
    method: 'POST',
    pattern: `${R}/create_or_update`,
    operation: `${R}.create_or_update`,
    access: 'admin',
    handle: createOrUpdate,
  },
  { method: 'PUT', pattern: `${R}/:id`, operation: `${R}.update`, access: 'admin', handle: update },
  { method: 'DELETE', pattern: `${R}/:id`, operation: `${R}.delete`, access: 'admin', handle: remove },
];

/** Returns the function that converts organizations to JSON. */
export function organizationShower({ account, baseUrl }: Call): (row: Organization) => object {
  return (row) => ({
    ...showOrganization(row, { fields: account.organizationFields, baseUrl }),
    ...account.settings.malformedRecords[row.id],
  });
}

function list(call: Call): Result {
  return listPage(call, { name: R, rows: call.account.organizations.table.sorted(), show: organizationShower(call) });
}

function count({ account }: Call): Result {
  return ok({ count: { value: account.organizations.table.size, refreshed_at: isoOf(nowS(account.clock)) } });
}

function show(call: Call): Result {
  return ok({ organization: organizationShower(call)(call.account.organizations.require(idOf(call))) });
}

function related(call: Call): Result {
  const { organizations, tickets, memberships } = call.account;
  const { id } = organizations.require(idOf(call));
  const counts = {
    tickets_count: tickets.ofOrganization(id).length,
    users_count: memberships.ofOrganization(id).length,
  };
  return ok({ organization_related: counts });
}

function create(call: Call): Result {
  const { changes, dropped } = readOrganization(memberObject(call.body, 'organization'));
  return created(call, call.account.organizations.create(changes), dropped);
}

function created(call: Call, row: Organization, dropped: readonly string[]): Result {
  const headers = {
    location: `${call.baseUrl}/api/v2/organizations/${row.id}.json`,
    ...droppedHeader('organization', dropped),
  };
  return { status: 201, body: { organization: organizationShower(call)(row) }, headers };
}

/** Matches by id or external id only, never by name (Zendesk docs; zendesk_api_client_rb issue 457). */
function createOrUpdate(call: Call): Result {
  const { organizations } = call.account;
  const input = memberObject(call.body, 'organization');
  const { changes, dropped } = readOrganization(input);
  const id = idOrNull(input['id']);
  const externalId = textOrNull(input['external_id']);
  if (id !== null && !organizations.table.get(id)) throw recordNotFound();
  const found =
    id !== null ? organizations.require(id) : externalId !== null ? organizations.byExternalId(externalId) : undefined;
  if (!found) return created(call, organizations.create(changes), dropped);
  const others = dropped.filter((name) => name !== 'id');
  return ok(
    { organization: organizationShower(call)(organizations.update(found.id, changes)) },
    droppedHeader('organization', others),
  );
}

function update(call: Call): Result {
  const { organizations, limits } = call.account;
  const { id } = organizations.require(idOf(call));
  const limitHeaders = limits.organizationUpdate(id);
  const { changes, dropped } = readOrganization(memberObject(call.body, 'organization'));
  const row = organizations.update(id, changes);
  return ok(
    { organization: organizationShower(call)(row) },
    { ...limitHeaders, ...droppedHeader('organization', dropped) },
  );
}

function remove(call: Call): Result {
  deleteOrganization(call.account, idOf(call));
  return { status: 204 };
}
