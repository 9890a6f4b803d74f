import type { Call, Result } from './call.ts';
import { ok } from './call.ts';
import { firstWhere } from './change-feed.ts';
import { invalidAttribute, listedError } from './refusal.ts';
import { wholeNumber } from './wire-input.ts';

/** A list to be paged. Its rows are sorted by id, or in another order, which only offset pagination keeps. */
export interface Listing<Row extends { readonly id: number }> {
  readonly name: string;
  readonly rows: readonly Row[];
  readonly show: (row: Row) => object;
}

const LARGEST_PAGE = 100;

/**
 * Returns the requested page: by cursor if the query has `page[size]`, `page[after]` or `page[before]`, else by offset.
 */
export function listPage<Row extends { readonly id: number }>(call: Call, listing: Listing<Row>): Result {
  const isCursor = ['page[size]', 'page[after]', 'page[before]'].some((name) => call.query.has(name));
  return isCursor ? cursorPage(call, listing) : offsetPage(call, listing);
}

/**
 * Returns a page by offset. Offset pagination ends after 100 pages or 10,000 records (Zendesk docs, since May 2024).
 */
export function offsetPage<Row extends { readonly id: number }>(
  call: Call,
  { name, rows, show }: Listing<Row>,
): Result {
  const page = pageNumber(call.query);
  const { longestPage } = call.account.settings;
  const size = Math.min(longestPage, Math.max(1, wholeNumber(call.query, 'per_page') ?? LARGEST_PAGE));
  if (page > 100 || page * size > 10_000) throw tooDeep();
  const items = rows.slice((page - 1) * size, page * size);
  const hasMore = page * size < rows.length;
  return ok({
    [name]: items.map(show),
    next_page: hasMore ? linkTo(call, { page: page + 1, per_page: size }) : null,
    previous_page: page > 1 ? linkTo(call, { page: page - 1, per_page: size }) : null,
    count: rows.length,
  });
}

function pageNumber(query: URLSearchParams): number {
  const page = wholeNumber(query, 'page') ?? 1;
  if (page >= 1) return page;
  throw invalidAttribute(
    'You passed an invalid value for the page attribute. Invalid parameter: page must be at least 1',
  );
}

function tooDeep(): Error {
  const detail =
    'Offset pagination requests beyond 100 pages or 10,000 records are not available, use cursor pagination instead.';
  return listedError(400, { code: 'InvalidPaginationDepth', title: 'Invalid pagination depth', detail });
}

function cursorPage<Row extends { readonly id: number }>(call: Call, listing: Listing<Row>): Result {
  const { query, account } = call;
  const { rows, name, show } = listing;
  const wanted = wholeNumber(query, 'page[size]') ?? LARGEST_PAGE;
  if (wanted < 1 || wanted > LARGEST_PAGE) throw badParameter(`page[size] must be between 1 and ${LARGEST_PAGE}`);
  const size = Math.min(wanted, account.settings.longestPage);
  const { from, to } = span(rows, query, size);
  const items = rows.slice(from, to);
  const isFull = items.length === size;
  const hasMore = to < rows.length || (account.settings.emptyLastPage && isFull);
  const [first, last] = [items[0], items.at(-1)];
  const after = last ? cursorOf(last.id) : null;
  const before = first ? cursorOf(first.id) : null;
  return ok({
    [name]: items.map(show),
    meta: { has_more: hasMore, after_cursor: after, before_cursor: before },
    links: {
      prev: before && from > 0 ? linkTo(call, { 'page[before]': before, 'page[size]': size }) : null,
      next: after && hasMore ? linkTo(call, { 'page[after]': after, 'page[size]': size }) : null,
    },
  });
}

function span(
  rows: readonly { readonly id: number }[],
  query: URLSearchParams,
  size: number,
): { from: number; to: number } {
  const after = query.get('page[after]');
  const before = query.get('page[before]');
  if (before) {
    const id = idOfCursor(before);
    const to = firstWhere(rows, (row) => row.id >= id);
    return { from: Math.max(0, to - size), to };
  }
  const id = after ? idOfCursor(after) : -1;
  const from = firstWhere(rows, (row) => row.id > id);
  return { from, to: Math.min(rows.length, from + size) };
}

function cursorOf(id: number): string {
  return Buffer.from(JSON.stringify({ o: 'id', v: id })).toString('base64url');
}

function idOfCursor(cursor: string): number {
  const [, id] = /^\{"o":"id","v":(\d+)\}$/.exec(Buffer.from(cursor, 'base64url').toString('utf8')) ?? [];
  if (id === undefined) throw badParameter('page[after] and page[before] must be cursors of an earlier page');
  return Number(id);
}

function badParameter(detail: string): Error {
  return listedError(400, { code: 'InvalidPaginationParameter', title: 'Invalid pagination parameter', detail });
}

/** Returns the URL of another page of the same list. */
export function linkTo({ baseUrl, path, query }: Call, page: Readonly<Record<string, string | number>>): string {
  const isReplaced = (name: string): boolean =>
    name in page || /^(page|per_page|page\[.*|start_time|cursor)$/.test(name);
  const kept = [...query].filter(([name]) => !isReplaced(name) || (name === 'per_page' && 'start_time' in page));
  const pairs = [...kept, ...Object.entries(page).map(([name, value]): [string, string] => [name, String(value)])];
  return `${baseUrl}${path}?${new URLSearchParams(pairs).toString()}`;
}
