import type { Call, Result, Route } from './call.ts';
import { ok } from './call.ts';
import { organizationShower } from './organization-routes.ts';
import type { Organization } from './organizations.ts';
import { offsetPage } from './pagination.ts';
import { invalidAttribute, listedError, parameterMissing, tooManyValues } from './refusal.ts';
import { nowS } from './wire-time.ts';

const R = 'organizations';

/** Look-ups of organizations by key, name or external id. */
export const ORGANIZATION_LOOKUP_ROUTES: readonly Route[] = [
  { method: 'GET', pattern: `${R}/show_many`, operation: `${R}.show_many`, handle: showMany },
  { method: 'GET', pattern: `${R}/search`, operation: `${R}.search`, handle: search },
  { method: 'GET', pattern: `${R}/autocomplete`, operation: `${R}.autocomplete`, handle: autocomplete },
  { method: 'POST', pattern: `${R}/autocomplete`, operation: `${R}.autocomplete`, handle: autocomplete },
];

/** Returns the values of `ids` or `external_ids`, at most 100. A value cannot contain a comma. Throws a 400. */
export function manyKeys(query: URLSearchParams): { readonly ids?: number[]; readonly externalIds?: string[] } {
  const split = (text: string): string[] =>
    [...new Set(text.split(',').map((key) => key.trim()))].filter((key) => key !== '');
  const ids = query.get('ids');
  const externalIds = query.get('external_ids');
  if (ids === null && externalIds === null) throw parameterMissing('ids');
  const keys = split(ids ?? externalIds ?? '');
  if (keys.length > 100) throw tooManyValues();
  return ids === null ? { externalIds: keys } : { ids: keys.map(Number) };
}

/**
 * The response is sorted by name, not in the order of the query (recorded by node-zendesk). Unknown keys are absent.
 */
function showMany(call: Call): Result {
  const { organizations } = call.account;
  const { ids = [], externalIds = [] } = manyKeys(call.query);
  const found = [
    ...ids.flatMap((id) => organizations.table.get(id) ?? []),
    ...externalIds.flatMap((externalId) => organizations.byExternalId(externalId) ?? []),
  ];
  return wholeList(
    call,
    [...new Set(found)].sort((a, b) => (a.name < b.name ? -1 : 1)),
  );
}

/** Reads the database, not the search index that lags behind (Zendesk docs: exact, case-insensitive). */
function search(call: Call): Result {
  const { organizations } = call.account;
  const externalId = call.query.get('external_id');
  const name = call.query.get('name');
  if (externalId !== null && name !== null) {
    throw invalidAttribute(
      'You passed an invalid value for the name attribute. Specify either name or external_id, not both',
    );
  }
  if (externalId !== null) {
    const found = organizations.byExternalId(externalId);
    return wholeList(call, found ? [found] : []);
  }
  if (name === null) throw parameterMissing('external_id');
  return wholeList(call, organizations.byName(name));
}

function wholeList(call: Call, rows: readonly Organization[]): Result {
  return ok({
    organizations: rows.map(organizationShower(call)),
    next_page: null,
    previous_page: null,
    count: rows.length,
  });
}

/** Reads the search index, which does not contain a new organization at first (recorded by node-zendesk). */
function autocomplete(call: Call): Result {
  const { organizations, clock, settings } = call.account;
  const prefix = call.query.get('name')?.trim().toLowerCase() ?? '';
  if (prefix.length < 2) {
    throw listedError(400, {
      code: 'QueryError',
      title: 'Invalid query',
      detail: 'name must have at least 2 characters',
    });
  }
  const newestS = nowS(clock) - settings.searchLagSeconds;
  const rows = organizations.table
    .sorted()
    .filter(({ name, createdAtS }) => createdAtS <= newestS && name.toLowerCase().startsWith(prefix));
  return offsetPage(call, { name: R, rows, show: organizationShower(call) });
}
