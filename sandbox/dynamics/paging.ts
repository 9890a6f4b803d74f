import type { ListQuery } from './list-query.ts';
import type { Row } from './row-table.ts';
import type { DynamicsSettings } from './settings.ts';

/** One page of a list; `next` is the query of the page after it. */
export interface Page {
  readonly rows: readonly Row[];
  readonly next: NextPage | undefined;
}

/** Where the next page starts, how long it is, and what a $top still allows after this one. */
export interface NextPage {
  readonly skip: number;
  readonly top: number;
  readonly owed: number | undefined;
}

/** The longest page (Microsoft docs, OData: 10,000 rows). */
const LONGEST_PAGE = 10_000;

/** How long pages are: what the client prefers, if that is obeyed, else the environment's own size. */
export function pageSizeOf(prefer: string | undefined, settings: DynamicsSettings): number {
  const asked = /odata\.maxpagesize=(\d+)/.exec(prefer ?? '')?.[1];
  const size = asked !== undefined && settings.honoursMaxPageSize ? Number(asked) : settings.defaultPageSize;
  return Math.max(1, Math.min(size, LONGEST_PAGE));
}

/** Cuts a page out of all rows, with the disturbances that the settings ask for. */
export function cutPage(
  rows: readonly Row[],
  { query, pageSize }: { readonly query: ListQuery; readonly pageSize: number },
  settings: DynamicsSettings,
): Page {
  const limit = limitOf(query, pageSize);
  const { skip } = query;
  const cut = rows.slice(skip, skip + Math.min(pageSize, limit ?? pageSize));
  const end = skip + cut.length;
  const owed = limit === undefined ? undefined : limit - cut.length;
  const next = end < rows.length && owed !== 0 ? { skip: end, top: pageSize, owed } : undefined;
  if (settings.emptyPageAt !== null && settings.emptyPageAt === Math.floor(skip / pageSize))
    return { rows: [], next: settings.emptyPageHasNextLink ? next : undefined };
  const repeated = skip === 0 ? [] : rows.slice(Math.max(0, skip - settings.duplicateRowsAcrossPages), skip);
  return { rows: [...repeated, ...cut], next };
}

/**
 * How many rows the list may still give. A live environment's links carry `$skip` and `$top` = page size, and such a
 * `$top` limits nothing; a link in a list that the client limited carries what is owed besides.
 */
function limitOf({ skip, top, owed }: ListQuery, pageSize: number): number | undefined {
  if (owed !== undefined) return owed;
  return skip > 0 && top === pageSize ? undefined : top;
}

/** The link to the next page: the request's own options, with the place of the next page. */
export function nextLink(base: string, query: URLSearchParams, { skip, top, owed }: NextPage): string {
  const own = [...query].filter(([name]) => !['$skip', '$top', '$skiptoken'].includes(name));
  const place = { $skip: String(skip), $top: String(top), ...(owed === undefined ? {} : { $skiptoken: String(owed) }) };
  const options = [...own, ...Object.entries(place)];
  return `${base}?${options.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&')}`;
}
