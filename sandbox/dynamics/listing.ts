import type { Random } from '../core/random.ts';
import { shuffle } from '../core/random.ts';
import { ownKeyOf } from './entity-type.ts';
import { matcher, namedValues, wantedValues } from './filter-match.ts';
import type { ListQuery, OrderColumn } from './list-query.ts';
import type { Row, RowTable } from './row-table.ts';
import { compareValues } from './row-table.ts';
import type { DynamicsSettings } from './settings.ts';
import { collated } from './text-order.ts';

/** The settings of the environment in which a list is read. */
export interface ListingContext {
  readonly settings: DynamicsSettings;
  readonly random: Random;
}

/** Returns the rows of all pages that the request may see and that match it, in the requested order. */
export function matchingRows(table: RowTable, query: ListQuery, { settings, random }: ListingContext): readonly Row[] {
  const { filter } = query;
  const isVisible = visibleTo(table, query.crossCompany, settings);
  const meets = filter ? matcher(filter, table.read) : () => true;
  const isMissing = missingFrom(table, query, settings);
  const isWanted = (row: Row): boolean => isVisible(row) && meets(row) && !isMissing(row);
  const keys = filter && wantedValues(filter, ownKeyOf(table.type));
  if (keys && table.type.keys.length <= 2) return ordered(table, table.withKeys(keys).filter(isWanted), query.orderBy);
  const columns = query.orderBy.map(({ property }) => property);
  const isKeyOrder = query.orderBy.every(({ property, descending }) => !descending && isKey(table, property));
  if (columns.length > 0 && isKeyOrder) return table.inKeyOrder(columns).filter(isWanted);
  const rows = ordered(table, table.rows().filter(isWanted), query.orderBy);
  return columns.length === 0 && settings.shuffleWithoutOrderBy ? shuffle(rows, random) : rows;
}

/** Returns the predicate for rows that a list misses. A look-up by their key finds them. */
function missingFrom(table: RowTable, { filter }: ListQuery, settings: DynamicsSettings): (row: Row) => boolean {
  const missing = new Set(settings.missingRows);
  if (missing.size === 0) return () => false;
  const named = filter ? namedValues(filter, ownKeyOf(table.type)) : new Set();
  return ({ company, key }) => missing.has(`${company}/${key}`) && !named.has(collated(key));
}

/** Returns the predicate for rows in the scope of a request: the default company, or all that the user may see. */
export function visibleTo(
  { type }: RowTable,
  crossCompany: boolean,
  { defaultCompany, hiddenCompanies }: DynamicsSettings,
): (row: Row) => boolean {
  if (!type.companyScoped) return () => true;
  const own = defaultCompany.toLowerCase();
  const hidden = new Set(hiddenCompanies.map((company) => company.toLowerCase()));
  return ({ company }) => !hidden.has(company) && (crossCompany || company === own);
}

function isKey({ type }: RowTable, property: string): boolean {
  return type.properties.get(property)?.isKey === true;
}

function ordered(table: RowTable, rows: readonly Row[], columns: readonly OrderColumn[]): readonly Row[] {
  if (columns.length === 0) return rows;
  return [...rows].sort((a, b) => {
    for (const { property, descending } of columns) {
      const order = compareValues(table.read(a, property), table.read(b, property));
      if (order !== 0) return descending ? -order : order;
    }
    return 0;
  });
}
