import { deleteOrganization } from './account.ts';
import type { Account } from './account.ts';
import type { Call, Result, Route } from './call.ts';
import { deletedRow, jobKind, submitJob, updatedRow } from './job-wire.ts';
import { readOrganization } from './organization-input.ts';
import { manyKeys } from './organization-lookup-routes.ts';
import { parameterMissing, recordNotFound, tooManyValues } from './refusal.ts';
import type { WireObject } from './wire-input.ts';
import { idOrNull, memberObject, memberObjects } from './wire-input.ts';

const R = 'organizations';

/** Bulk jobs of organizations. The response is a job status with 200, not 202. */
export const ORGANIZATION_BULK_ROUTES: readonly Route[] = [
  { method: 'POST', pattern: `${R}/create_many`, operation: `${R}.create_many`, access: 'admin', handle: createMany },
  { method: 'PUT', pattern: `${R}/update_many`, operation: `${R}.update_many`, access: 'admin', handle: updateMany },
  {
    method: 'DELETE',
    pattern: `${R}/destroy_many`,
    operation: `${R}.destroy_many`,
    access: 'admin',
    handle: destroyMany,
  },
];

/** Returns the rows in the body of a bulk request. Throws a 400 unless there are 1 to 100. */
export function bulkItems(body: unknown, name: string, tooMany?: string): WireObject[] {
  const items = memberObjects(body, name);
  if (items.length === 0) throw parameterMissing(name);
  if (items.length > 100) throw tooManyValues(tooMany);
  return items;
}

/** The result of a created row has neither an index nor an external id (recorded by zenpy). */
function createMany(call: Call): Result {
  const rows = bulkItems(call.body, R).map((item) => readOrganization(item).changes);
  return submitJob(call, {
    ...jobKind('Create', 'Organization'),
    count: rows.length,
    idOfRow: () => undefined,
    applyRow: (index) => ({ status: 'Created', id: call.account.organizations.create(rows[index] ?? {}).id }),
  });
}

/** The body has one change for the organizations in the query, or a list of changes that each have an id. */
function updateMany(call: Call): Result {
  const { account, query, body } = call;
  const isSameForAll = query.has('ids') || query.has('external_ids');
  const items = isSameForAll ? [memberObject(body, 'organization')] : bulkItems(body, R);
  const changes = items.map((item) => readOrganization(item).changes);
  const idOfRow = isSameForAll
    ? idsOfQuery(account, query)
    : items.map((item) => () => idOrNull(item['id']) ?? undefined);
  return submitJob(call, {
    ...jobKind('Update', 'Organization'),
    count: idOfRow.length,
    idOfRow: (index) => idOfRow[index]?.(),
    applyRow: (index) => {
      const id = idOfRow[index]?.();
      if (id === undefined) throw recordNotFound();
      return updatedRow(account.organizations.update(id, changes[isSameForAll ? 0 : index] ?? {}).id);
    },
  });
}

function destroyMany(call: Call): Result {
  const idOfRow = idsOfQuery(call.account, call.query);
  return submitJob(call, {
    ...jobKind('Delete', 'Organization'),
    count: idOfRow.length,
    idOfRow: (index) => idOfRow[index]?.(),
    applyRow: (index) => deletedRow(deleteOrganization(call.account, idOfRow[index]?.() ?? -1).id),
  });
}

/** External ids are resolved when the job runs, not when it is submitted. */
function idsOfQuery({ organizations }: Account, query: URLSearchParams): (() => number | undefined)[] {
  const { ids, externalIds = [] } = manyKeys(query);
  return ids
    ? ids.map((id) => () => id)
    : externalIds.map((externalId) => () => organizations.byExternalId(externalId)?.id);
}
