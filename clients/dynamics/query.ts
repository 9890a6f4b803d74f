import type { RowSource } from './rows.ts';

/** The parts of a row source that a query needs. */
type QuerySource = Pick<RowSource, 'entitySet' | 'columns' | 'order' | 'keyColumn'>;

/** Longest URL of a look-up. IIS and proxies accept about 2,000 characters with their default settings. */
const LONGEST_URL = 2_000;

/**
 * Returns the URL of a collection. Without `cross-company`, F&O silently returns rows of the user's default company
 * only (Microsoft docs, "Cross-company behavior"). Without a stable order, F&O's pages repeat and miss rows.
 */
export function collectionUrl(origin: string, entitySet: string, options: Readonly<Record<string, string>>): string {
  return `${origin}/data/${encodeURIComponent(entitySet)}?${queryOf({ 'cross-company': 'true', ...options })}`;
}

/**
 * Returns the URL of one row. `cross-company` is needed to read the row and to write it. Quotes are doubled and the
 * whole value is percent-encoded, so that a slash or question mark in an account number is not part of the URL's
 * syntax.
 */
export function rowUrl(
  origin: string,
  { entitySet, key }: { readonly entitySet: string; readonly key: Readonly<Record<string, string>> },
  options: Readonly<Record<string, string>>,
): string {
  const values = Object.entries(key).map(([name, value]) => `${name}='${encoded(value.replaceAll("'", "''"))}'`);
  const query = queryOf({ 'cross-company': 'true', ...options });
  return `${origin}/data/${encodeURIComponent(entitySet)}(${values.join(',')})?${query}`;
}

/** Returns the URL of the entries of a metadata resource whose `member` equals `value`. */
export function metadataUrl(
  origin: string,
  resource: string,
  { member, value }: { readonly member: string; readonly value: string },
): string {
  return `${origin}/metadata/${resource}?${queryOf({ $filter: `${member} eq ${literal(value)}` })}`;
}

function rowsUrl(origin: string, { entitySet, columns, order }: QuerySource, filter: string): string {
  return collectionUrl(origin, entitySet, {
    $select: columns.join(','),
    $filter: filter,
    $orderby: order.join(','),
  });
}

/**
 * Returns the URL of the first page of all rows of a company. F&O counts the rows of the whole list, so that a reading
 * which misses some is noticed.
 */
export function countedRowsUrl(origin: string, source: QuerySource, legalEntity: string): string {
  return `${rowsUrl(origin, source, companyFilter(legalEntity))}&${queryOf({ $count: 'true' })}`;
}

/** Returns the OData filter for the rows of one company. */
export function companyFilter(legalEntity: string): string {
  return `dataAreaId eq ${literal(legalEntity)}`;
}

/** Returns a URL with other selected columns, also that of a later page. */
export function withSelect(url: string, columns: readonly string[]): string {
  return url.replace(/([?&](?:\$|%24)select=)[^&]*/i, (_all, name: string) => name + encoded(columns.join(',')));
}

/**
 * Returns a text that is the same for all links to the same page of a list, whatever columns they select, and in
 * whatever order their options are.
 */
export function positionOf(link: string): string {
  const { pathname, searchParams } = new URL(link);
  const options = [...searchParams].filter(([name]) => name.toLowerCase() !== '$select');
  return `${pathname}?${options
    .map(([name, value]) => `${name}=${value}`)
    .sort()
    .join('&')}`;
}

/** The look-up of some keys of a company. */
interface KeysInCompany {
  readonly legalEntity: string;
  readonly keys: readonly string[];
}

/** Returns the URL of the look-up of some keys. */
export function lookUpUrl(origin: string, source: QuerySource, { legalEntity, keys }: KeysInCompany): string {
  return anyOfUrl(origin, source, { legalEntity, terms: keys.map((key) => equals(source.keyColumn, key)) });
}

/** Returns the URL of the rows of a company that meet any of these terms. */
export function anyOfUrl(
  origin: string,
  source: QuerySource,
  { legalEntity, terms }: { readonly legalEntity: string; readonly terms: readonly string[] },
): string {
  return rowsUrl(origin, source, `${companyFilter(legalEntity)} and (${terms.join(' or ')})`);
}

/** Returns the term of a filter for the rows with this text in a column. */
export function equals(column: string, text: string): string {
  return `${column} eq ${literal(text)}`;
}

/**
 * Splits keys for look-ups with short URLs. A key with `*` gets a URL of its own, because F&O treats the star as a
 * wildcard and may return many rows.
 */
export function lookUpChunks(origin: string, source: QuerySource, wanted: KeysInCompany): readonly string[][] {
  const mayShare = (key: string): boolean => !key.includes('*');
  const urlOf = (keys: readonly string[]): string => lookUpUrl(origin, source, { ...wanted, keys });
  return chunksOf(wanted.keys, { urlOf, mayShare });
}

/**
 * Divides what is asked for into requests, so that no URL becomes too long. An item for which `mayShare` returns false
 * has a request of its own.
 */
export function chunksOf<Item>(
  items: readonly Item[],
  at: { readonly urlOf: (items: readonly Item[]) => string; readonly mayShare?: (item: Item) => boolean },
): readonly Item[][] {
  const { urlOf, mayShare = () => true } = at;
  const chunks: Item[][] = [];
  for (const item of items) {
    const last = chunks.at(-1);
    const fits = last?.every(mayShare) === true && mayShare(item);
    if (fits && urlOf([...last, item]).length < LONGEST_URL) last.push(item);
    else chunks.push([item]);
  }
  return chunks;
}

/** Returns an OData string literal, in which quotes are doubled. */
function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

function queryOf(options: Readonly<Record<string, string>>): string {
  return Object.entries(options)
    .map(([name, value]) => `${name}=${encoded(value)}`)
    .join('&');
}

/** Percent-encodes quotes and parentheses too, which encodeURIComponent leaves and which are syntax in OData. */
function encoded(text: string): string {
  return encodeURIComponent(text).replace(/['()]/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`);
}
