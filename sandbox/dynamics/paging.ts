import type { ListQuery } from './list-query.ts';
import type { Row } from './row-table.ts';
import type { DynamicsSettings } from './settings.ts';

/** One page of a list; `next` is the query of the page after it. */
export interface Page {
  readonly rows: readonly Row[];
  readonly next: NextPage | undefined;
}

/** The start of the next page, its length, and the number of rows that a $top still allows after this page. */
export interface NextPage {
  readonly skip: number;
  readonly top: number;
  readonly remaining: number | undefined;
}

/** The longest page (Microsoft docs, OData: 10,000 rows). */
const LONGEST_PAGE = 10_000;

/** Returns the page size: the one that the client prefers if the settings allow it, else the environment's own. */
export function pageSizeOf(prefer: string | undefined, settings: DynamicsSettings): number {
  const preferred = /odata\.maxpagesize=(\d+)/.exec(prefer ?? '')?.[1];
  const size = preferred !== undefined && settings.honoursMaxPageSize ? Number(preferred) : settings.defaultPageSize;
  return Math.max(1, Math.min(size, LONGEST_PAGE));
}

/** Returns one page of the rows, with the disturbances of the settings. */
export function cutPage(
  rows: readonly Row[],
  { query, pageSize }: { readonly query: ListQuery; readonly pageSize: number },
  settings: DynamicsSettings,
): Page {
  const limit = limitOf(query, pageSize);
  const { skip } = query;
  const cut = rows.slice(skip, skip + Math.min(pageSize, limit ?? pageSize));
  const end = skip + cut.length;
  const remaining = limit === undefined ? undefined : limit - cut.length;
  const next = end < rows.length && remaining !== 0 ? { skip: end, top: pageSize, remaining } : undefined;
  if (settings.emptyPageAt !== null && settings.emptyPageAt === Math.floor(skip / pageSize))
    return { rows: [], next: settings.emptyPageHasNextLink ? next : undefined };
  const repeated = skip === 0 ? [] : rows.slice(Math.max(0, skip - settings.duplicateRowsAcrossPages), skip);
  return { rows: [...repeated, ...cut], next };
}

/**
 * Returns the number of rows that the list may still return. The links of a live environment contain `$skip` and `$top`
 * = page size, and such a `$top` is no limit. A link in a list that the client limited also contains the remaining
 * number.
 */
function limitOf({ skip, top, remaining }: ListQuery, pageSize: number): number | undefined {
  if (remaining !== undefined) return remaining;
  return skip > 0 && top === pageSize ? undefined : top;
}

/** Returns the link to the next page: the options of the request, with the position of the next page. */
export function nextLink(base: string, query: URLSearchParams, { skip, top, remaining }: NextPage): string {
  const own = [...query].filter(([name]) => !['$skip', '$top', '$skiptoken'].includes(name));
  const position = {
    $skip: String(skip),
    $top: String(top),
    ...(remaining === undefined ? {} : { $skiptoken: String(remaining) }),
  };
  const options = [...own, ...Object.entries(position)];
  return `${base}?${options.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&')}`;
}
