import type { RowSource } from './rows.ts';

/** What decides how the rows of a set are asked for. */
type Asked = Pick<RowSource, 'entitySet' | 'columns' | 'order' | 'keyColumn'>;

/** Longest URL of a look-up: IIS and proxies take about 2,000 characters without being asked. */
const LONGEST_URL = 2_000;

/**
 * The URL of a collection. `cross-company` lifts F&O's silent limit to the user's default company (Microsoft docs,
 * "Cross-company behavior"); without a stable order, pages by offset repeat and miss rows.
 */
export function collectionUrl(origin: string, entitySet: string, options: Readonly<Record<string, string>>): string {
  return `${origin}/data/${encodeURIComponent(entitySet)}?${queryOf({ 'cross-company': 'true', ...options })}`;
}

/**
 * The URL of one row by its key. `cross-company` is needed to read and to write it alike. Quotes are doubled before all of a
 * value is percent-encoded, so that a slash or a question mark of an account number is none of the URL's.
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

/** The URL of what the metadata service knows of one thing. */
export function metadataUrl(
  origin: string,
  resource: string,
  { member, value }: { readonly member: string; readonly value: string },
): string {
  return `${origin}/metadata/${resource}?${queryOf({ $filter: `${member} eq ${literal(value)}` })}`;
}

/** The URL of the first page of the rows that meet a filter. */
export function rowsUrl(origin: string, { entitySet, columns, order }: Asked, filter: string): string {
  return collectionUrl(origin, entitySet, {
    $select: columns.join(','),
    $filter: filter,
    $orderby: order.join(','),
  });
}

/** The condition that a row belongs to one company. */
export function companyFilter(legalEntity: string): string {
  return `dataAreaId eq ${literal(legalEntity)}`;
}

/**
 * Splits keys into look-ups whose URLs stay short. A key with `*` is looked up alone, since F&O takes the star for a
 * wildcard and may answer with many rows.
 */
export function lookUpUrls(
  origin: string,
  source: Asked,
  wanted: { readonly legalEntity: string; readonly keys: readonly string[] },
): readonly string[] {
  const urlOf = (keys: readonly string[]): string => {
    const terms = keys.map((key) => `${source.keyColumn} eq ${literal(key)}`);
    return rowsUrl(origin, source, `${companyFilter(wanted.legalEntity)} and (${terms.join(' or ')})`);
  };
  const chunks: string[][] = [];
  for (const key of wanted.keys) {
    const last = chunks.at(-1);
    const fits = last?.every((other) => !other.includes('*')) === true && !key.includes('*');
    if (fits && urlOf([...last, key]).length < LONGEST_URL) last.push(key);
    else chunks.push([key]);
  }
  return chunks.map(urlOf);
}

/** A text as OData writes it: quotes are doubled. */
function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

function queryOf(options: Readonly<Record<string, string>>): string {
  return Object.entries(options)
    .map(([name, value]) => `${name}=${encoded(value)}`)
    .join('&');
}

/** Percent-encodes also what encodeURIComponent leaves, though it means something in an OData key or literal. */
function encoded(text: string): string {
  return encodeURIComponent(text).replace(/['()]/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`);
}
