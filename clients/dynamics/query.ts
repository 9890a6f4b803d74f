import type { RowSource } from './rows.ts';

/** What decides how the rows of a set are asked for. */
type Asked = Pick<RowSource<unknown>, 'entitySet' | 'columns' | 'order' | 'keyColumn'>;

/** Longest URL of a look-up: IIS and proxies take about 2,000 characters without being asked. */
const LONGEST_URL = 2_000;

/**
 * The URL of a collection. `cross-company` lifts F&O's silent limit to the user's default company (Microsoft docs,
 * "Cross-company behavior"); without a stable order, pages by offset repeat and miss rows.
 */
export function collectionUrl(origin: string, entitySet: string, options: Readonly<Record<string, string>>): string {
  const query = Object.entries({ 'cross-company': 'true', ...options }).map(
    ([name, value]) => `${name}=${encodeURIComponent(value).replaceAll("'", '%27')}`,
  );
  return `${origin}/data/${encodeURIComponent(entitySet)}?${query.join('&')}`;
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
