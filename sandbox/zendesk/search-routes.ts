import type { Call, Result, Route } from './call.ts';
import { ok } from './call.ts';
import { organizationShower } from './organization-routes.ts';
import { linkTo } from './pagination.ts';
import { invalidAttribute, parameterMissing, Refusal } from './refusal.ts';
import type { Condition } from './search-query.ts';
import { parseQuery, searchOrganizations, searchTickets, searchUsers } from './search-query.ts';
import { ticketShower } from './ticket-wire.ts';
import { userShower } from './user-wire.ts';
import { wholeNumber } from './wire-input.ts';

/** The search of Zendesk's docs: at most 1,000 results, only offset pagination, and an index that lags behind. */
export const SEARCH_ROUTES: readonly Route[] = [
  { method: 'GET', pattern: 'search', operation: 'search', handle: search },
  {
    method: 'GET',
    pattern: 'search/count',
    operation: 'search.count',
    handle: (call) => ok({ count: resultsOf(call).length }),
  },
  { method: 'GET', pattern: 'search/export', operation: 'search.export', handle: exportResults },
];

const MAX_RESULTS = 1000;

function search(call: Call): Result {
  if (call.query.has('page[size]') || call.query.has('page[after]')) {
    throw invalidAttribute(
      'You passed an invalid value for the page attribute. Invalid parameter: page must be an integer',
    );
  }
  const page = Math.max(1, wholeNumber(call.query, 'page') ?? 1);
  const size = Math.min(100, Math.max(1, wholeNumber(call.query, 'per_page') ?? 100));
  if (page * size > MAX_RESULTS) {
    const description = 'Invalid search: Requested response size was greater than Search Response Limits';
    throw new Refusal(422, { error: 'invalid', description });
  }
  const all = resultsOf(call);
  const hasMore = page * size < all.length;
  return ok({
    results: all.slice((page - 1) * size, page * size).map((show) => show()),
    facets: null,
    next_page: hasMore ? linkTo(call, { page: page + 1, per_page: size }) : null,
    previous_page: page > 1 ? linkTo(call, { page: page - 1, per_page: size }) : null,
    count: all.length,
  });
}

/** Pages by cursor over one type, which is in the filter and must not be in the query. */
function exportResults(call: Call): Result {
  const type = call.query.get('filter[type]');
  if (type === null) throw parameterMissing('filter[type]');
  const size = Math.min(1000, Math.max(1, wholeNumber(call.query, 'page[size]') ?? 100));
  const all = resultsOf(call, type);
  const from = Number(Buffer.from(call.query.get('page[after]') ?? '', 'base64url').toString('utf8')) || 0;
  const after = Buffer.from(String(from + size)).toString('base64url');
  const hasMore = from + size < all.length;
  return ok({
    results: all.slice(from, from + size).map((show) => show()),
    facets: null,
    meta: { has_more: hasMore, after_cursor: hasMore ? after : null, before_cursor: null },
    links: { prev: null, next: hasMore ? linkTo(call, { 'page[after]': after, 'page[size]': size }) : null },
  });
}

type Shown = () => object;

function resultsOf(call: Call, filter?: string): Shown[] {
  const query = call.query.get('query');
  if (query === null) throw parameterMissing('query');
  const conditions = parseQuery(query);
  const type = filter ?? conditions.find(({ field }) => field === 'type')?.value;
  return SOURCES.filter((source) => type === undefined || source.type === type).flatMap(({ find }) =>
    find(call, conditions),
  );
}

const SOURCES: readonly { type: string; find: (call: Call, conditions: readonly Condition[]) => Shown[] }[] = [
  {
    type: 'ticket',
    find: (call, conditions) => resultsAs('ticket', searchTickets(call.account, conditions), ticketShower(call)),
  },
  {
    type: 'user',
    find: (call) => resultsAs('user', searchUsers(call.account, call.query.get('query') ?? ''), userShower(call)),
  },
  {
    type: 'organization',
    find: (call, conditions) =>
      resultsAs('organization', searchOrganizations(call.account, conditions), organizationShower(call)),
  },
];

function resultsAs<Row>(type: string, rows: readonly Row[], show: (row: Row) => object): Shown[] {
  return rows.map((row) => () => ({ ...show(row), result_type: type }));
}
