import type { Account } from './account.ts';
import type { Call, Result, Route } from './call.ts';
import { deletedRow, jobKind, submitJob, updatedRow } from './job-wire.ts';
import { bulkItems } from './organization-bulk-routes.ts';
import { manyKeys } from './organization-lookup-routes.ts';
import { createUser, deleteUser, updateUser } from './people.ts';
import { forbidden, recordNotFound } from './refusal.ts';
import { readUser } from './user-input.ts';
import type { WireObject } from './wire-input.ts';
import { idOrNull, memberObject, textOrNull } from './wire-input.ts';

const TOO_MANY = 'Maximum 100 users may be created per call';

/** Bulk jobs of users. Creating users needs bulk import, which Zendesk enables per account. */
export const USER_BULK_ROUTES: readonly Route[] = [
  { method: 'POST', pattern: 'users/create_many', operation: 'users.create_many', access: 'admin', handle: createMany },
  {
    method: 'POST',
    pattern: 'users/create_or_update_many',
    operation: 'users.create_or_update_many',
    access: 'admin',
    handle: createOrUpdateMany,
  },
  { method: 'PUT', pattern: 'users/update_many', operation: 'users.update_many', access: 'admin', handle: updateMany },
  {
    method: 'DELETE',
    pattern: 'users/destroy_many',
    operation: 'users.destroy_many',
    access: 'admin',
    handle: destroyMany,
  },
];

function createMany(call: Call): Result {
  if (!call.account.settings.bulkUserImport) throw forbidden();
  const items = bulkItems(call.body, 'users', TOO_MANY);
  return submitJob(call, {
    ...jobKind('Create', 'User'),
    count: items.length,
    idOfRow: () => undefined,
    applyRow: (index) => ({ id: createUser(call.account, readUser(items[index] ?? {}).changes).id, status: 'Created' }),
  });
}

function createOrUpdateMany(call: Call): Result {
  const { account } = call;
  if (!account.settings.bulkUserImport) throw forbidden();
  const items = bulkItems(call.body, 'users', TOO_MANY);
  const idOfRow = (index: number): number | undefined => {
    const item = items[index] ?? {};
    return idOfItem(account, item) ?? account.identities.ownerOf(textOrNull(item['email']) ?? '');
  };
  return submitJob(call, {
    ...jobKind('Create', 'User'),
    count: items.length,
    idOfRow,
    applyRow: (index) => {
      const { changes } = readUser(items[index] ?? {});
      const id = idOfRow(index);
      return id === undefined
        ? { id: createUser(account, changes).id, status: 'Created' }
        : updatedRow(updateUser(account, id, changes).id);
    },
  });
}

/** The body has one change for the users in the query, or a list of changes that each have an id or external id. */
function updateMany(call: Call): Result {
  const { account, query, body } = call;
  const isSameForAll = query.has('ids') || query.has('external_ids');
  const items = isSameForAll ? [memberObject(body, 'user')] : bulkItems(body, 'users');
  const idOfRow = isSameForAll ? idsOfQuery(account, query) : items.map((item) => () => idOfItem(account, item));
  return submitJob(call, {
    ...jobKind('Update', 'User'),
    count: idOfRow.length,
    idOfRow: (index) => idOfRow[index]?.(),
    applyRow: (index) => {
      const { changes } = readUser(withoutKey(items[isSameForAll ? 0 : index] ?? {}));
      return updatedRow(updateUser(account, idOfRow[index]?.() ?? -1, changes).id);
    },
  });
}

function destroyMany(call: Call): Result {
  const idOfRow = idsOfQuery(call.account, call.query);
  return submitJob(call, {
    ...jobKind('Delete', 'User'),
    count: idOfRow.length,
    idOfRow: (index) => idOfRow[index]?.(),
    applyRow: (index) => {
      const id = idOfRow[index]?.();
      if (id === undefined) throw recordNotFound();
      return deletedRow(deleteUser(call.account, id).id);
    },
  });
}

function idOfItem({ users }: Account, item: WireObject): number | undefined {
  const externalId = textOrNull(item['external_id']);
  return idOrNull(item['id']) ?? (externalId === null ? undefined : users.byExternalId(externalId)?.id);
}

/** Without an id, the external id identifies the user and is not a change. */
function withoutKey(item: WireObject): WireObject {
  if (idOrNull(item['id']) !== null) return item;
  return Object.fromEntries(Object.entries(item).filter(([name]) => name !== 'external_id'));
}

function idsOfQuery({ users }: Account, query: URLSearchParams): (() => number | undefined)[] {
  const { ids, externalIds = [] } = manyKeys(query);
  return ids ? ids.map((id) => () => id) : externalIds.map((externalId) => () => users.byExternalId(externalId)?.id);
}
