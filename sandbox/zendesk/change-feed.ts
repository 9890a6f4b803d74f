import type { Table } from './table.ts';

/** The position of a reader in a feed: after the row with this time and id. */
export interface FeedPosition {
  readonly timeS: number;
  readonly id: number;
}

/** One page of a feed. */
interface FeedPage<Row> {
  readonly rows: readonly Row[];
  /** The position of the last row; undefined when the page is empty. */
  readonly last: FeedPosition | undefined;
  readonly isLast: boolean;
}

/** All records in the order of their last change, then of their ids. */
export interface Feed<Row> {
  /** Returns the rows after a position that changed before `untilS` (unix seconds, exclusive). */
  page(after: FeedPosition, untilS: number, size: number): FeedPage<Row>;
}

/** Creates a feed over tables. It sorts the rows again only after a change. */
export function createFeed<Row extends { readonly id: number }>(
  tables: readonly Pick<Table<Row>, 'rows' | 'version'>[],
  timeOf: (row: Row) => number,
): Feed<Row> {
  let sorted: readonly Row[] = [];
  let sortedVersion = -1;
  const rowsInOrder = (): readonly Row[] => {
    const version = tables.reduce((sum, table) => sum + table.version(), 0);
    if (version !== sortedVersion) {
      sorted = tables.flatMap((table) => [...table.rows()]).sort((a, b) => timeOf(a) - timeOf(b) || a.id - b.id);
      sortedVersion = version;
    }
    return sorted;
  };
  const isAfter = (row: Row, { timeS, id }: FeedPosition): boolean =>
    timeOf(row) > timeS || (timeOf(row) === timeS && row.id > id);
  return {
    page: (after, untilS, size) => {
      const all = rowsInOrder();
      const from = firstWhere(all, (row) => isAfter(row, after));
      const to = firstWhere(all, (row) => timeOf(row) >= untilS);
      const rows = all.slice(from, Math.max(from, Math.min(to, from + size)));
      const last = rows.at(-1);
      return { rows, last: last && { timeS: timeOf(last), id: last.id }, isLast: from + size >= to };
    },
  };
}

/** Returns the first index for which the condition holds. It must hold for all later rows as well. */
export function firstWhere<Row>(rows: readonly Row[], holds: (row: Row) => boolean): number {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (holds(rows[middle] as Row)) high = middle;
    else low = middle + 1;
  }
  return low;
}
