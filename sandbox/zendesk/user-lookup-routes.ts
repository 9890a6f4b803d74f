import type { Call, Result, Route } from './call.ts';
import { ok } from './call.ts';
import { manyKeys } from './organization-lookup-routes.ts';
import { offsetPage } from './pagination.ts';
import { parameterMissing } from './refusal.ts';
import { searchUsers } from './search-query.ts';
import { userShower } from './user-wire.ts';

/** Look-ups of users by key or by a search (Zendesk docs, Users). */
export const USER_LOOKUP_ROUTES: readonly Route[] = [
  { method: 'GET', pattern: 'users/show_many', operation: 'users.show_many', handle: showMany },
  { method: 'GET', pattern: 'users/search', operation: 'users.search', handle: search },
];

function showMany(call: Call): Result {
  const { users } = call.account;
  const { ids = [], externalIds = [] } = manyKeys(call.query);
  const found = [
    ...ids.flatMap((id) => users.table.get(id) ?? []),
    ...externalIds.flatMap((externalId) => users.byExternalId(externalId) ?? []),
  ];
  const rows = [...new Set(found)].sort((a, b) => (a.name < b.name ? -1 : 1));
  return ok({ users: rows.map(userShower(call)), next_page: null, previous_page: null, count: rows.length });
}

/** An external id is looked up directly. A query uses the search index, which lags behind. */
function search(call: Call): Result {
  const externalId = call.query.get('external_id');
  const query = call.query.get('query');
  if (externalId === null && query === null) throw parameterMissing('query');
  const found = externalId === null ? undefined : call.account.users.byExternalId(externalId);
  const rows = externalId === null ? searchUsers(call.account, query ?? '') : found ? [found] : [];
  return offsetPage(call, { name: 'users', rows, show: userShower(call) });
}
