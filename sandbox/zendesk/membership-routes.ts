import type { Call, Result, Route } from './call.ts';
import { idOf, ok } from './call.ts';
import { jobKind, submitJob } from './job-wire.ts';
import type { Membership } from './memberships.ts';
import { bulkItems } from './organization-bulk-routes.ts';
import { listPage } from './pagination.ts';
import { parameterMissing, recordNotFound } from './refusal.ts';
import { membershipShower } from './user-wire.ts';
import type { WireObject } from './wire-input.ts';
import { idOrNull, memberObject } from './wire-input.ts';

const R = 'organization_memberships';

/** The memberships of users in organizations (Zendesk docs, Organization Memberships). */
export const MEMBERSHIP_ROUTES: readonly Route[] = [
  {
    method: 'GET',
    pattern: R,
    operation: `${R}.list`,
    handle: (call) => list(call, call.account.memberships.table.sorted()),
  },
  { method: 'GET', pattern: `${R}/:id`, operation: `${R}.show`, handle: show },
  { method: 'GET', pattern: `users/:id/${R}`, operation: `${R}.of_user`, handle: ofUser },
  { method: 'GET', pattern: `organizations/:id/${R}`, operation: `${R}.of_organization`, handle: ofOrganization },
  { method: 'POST', pattern: R, operation: `${R}.create`, handle: create },
  { method: 'POST', pattern: `${R}/create_many`, operation: `${R}.create_many`, handle: createMany },
  { method: 'DELETE', pattern: `${R}/:id`, operation: `${R}.delete`, handle: remove },
  {
    method: 'PUT',
    pattern: `users/:id/${R}/:membership/make_default`,
    operation: `${R}.make_default`,
    handle: makeDefault,
  },
  {
    method: 'PUT',
    pattern: 'users/:id/organizations/:organization/make_default',
    operation: `${R}.make_default`,
    handle: makeDefault,
  },
  { method: 'DELETE', pattern: 'users/:id/organizations/:organization', operation: `${R}.unassign`, handle: remove },
];

function list(call: Call, rows: readonly Membership[]): Result {
  return listPage(call, { name: R, rows, show: membershipShower(call) });
}

function show(call: Call): Result {
  const row = call.account.memberships.require(idOf(call));
  return ok({ organization_membership: membershipShower(call)(row) });
}

function ofUser(call: Call): Result {
  const { users, memberships } = call.account;
  return list(
    call,
    memberships.ofUser(users.require(idOf(call)).id).sort((a, b) => a.id - b.id),
  );
}

function ofOrganization(call: Call): Result {
  const { organizations, memberships } = call.account;
  return list(
    call,
    memberships.ofOrganization(organizations.require(idOf(call)).id).sort((a, b) => a.id - b.id),
  );
}

function create(call: Call): Result {
  const row = add(call, memberObject(call.body, 'organization_membership'));
  const location = `${call.baseUrl}/api/v2/${R}/${row.id}.json`;
  return { status: 201, body: { organization_membership: membershipShower(call)(row) }, headers: { location } };
}

function add({ account }: Call, input: WireObject): Membership {
  const userId = idOrNull(input['user_id']);
  const organizationId = idOrNull(input['organization_id']);
  if (userId === null) throw parameterMissing('user_id');
  if (organizationId === null) throw parameterMissing('organization_id');
  account.users.require(userId);
  account.organizations.require(organizationId);
  const row = account.memberships.add(userId, organizationId, input['default'] === true);
  account.users.touch(userId);
  return row;
}

function createMany(call: Call): Result {
  const items = bulkItems(call.body, R);
  return submitJob(call, {
    ...jobKind('Create', 'Organization Membership'),
    count: items.length,
    idOfRow: () => undefined,
    applyRow: (index) => ({ id: add(call, items[index] ?? {}).id, status: 'Created' }),
  });
}

/** The user's working tickets lose the organization too (Zendesk docs). */
function remove(call: Call): Result {
  const { memberships, tickets, users } = call.account;
  const row = 'organization' in call.params ? membershipOf(call) : memberships.require(idOf(call));
  memberships.remove(row);
  users.touch(row.userId);
  for (const ticket of tickets.ofRequester(row.userId)) {
    const isWorking = ticket.status !== 'closed' && ticket.status !== 'solved';
    if (isWorking && ticket.organizationId === row.organizationId) tickets.unassign(ticket);
  }
  return { status: 204 };
}

function makeDefault(call: Call): Result {
  const row = membershipOf(call);
  call.account.memberships.makeDefault(row);
  call.account.users.touch(row.userId);
  return ofUser(call);
}

function membershipOf(call: Call): Membership {
  const { memberships } = call.account;
  const isWanted = ({ id, organizationId }: Membership): boolean =>
    'membership' in call.params ? id === idOf(call, 'membership') : organizationId === idOf(call, 'organization');
  const found = memberships.ofUser(idOf(call)).find(isWanted);
  if (!found) throw recordNotFound();
  return found;
}
