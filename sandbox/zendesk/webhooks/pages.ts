import type { Call, Result } from '../call.ts';
import { ok } from '../call.ts';
import { linkTo } from '../pagination.ts';
import { wholeNumber } from '../wire-input.ts';

/** A list whose rows have string ids. */
interface TextListing<Row extends { readonly id: string }> {
  readonly name: string;
  readonly rows: readonly Row[];
  readonly show: (row: Row) => object;
}

/** Returns a page of such a list, always by cursor. */
export function pageOf<Row extends { readonly id: string }>(
  call: Call,
  { name, rows, show }: TextListing<Row>,
): Result {
  const size = Math.min(call.account.settings.longestPage, Math.max(1, wholeNumber(call.query, 'page[size]') ?? 100));
  const after = call.query.get('page[after]');
  const last = after === null ? undefined : Buffer.from(after, 'base64url').toString('utf8');
  const from = rows.findIndex(({ id }) => id === last) + 1;
  const page = rows.slice(from, from + size);
  const hasMore = from + size < rows.length;
  const cursor = hasMore ? Buffer.from(page.at(-1)?.id ?? '').toString('base64url') : null;
  return ok({
    [name]: page.map(show),
    meta: { has_more: hasMore, after_cursor: cursor, before_cursor: null },
    links: {
      prev: null,
      next: cursor === null ? null : linkTo(call, { 'page[after]': cursor, 'page[size]': size }),
    },
  });
}
