import type { Table } from './table.ts';

/** Where a reader of a feed stands: behind the row with this time and id. */
export interface FeedPosition {
  readonly timeS: number;
  readonly id: number;
}

/** One page of a feed. */
interface FeedPage<Row> {
  readonly rows: readonly Row[];
  /** Where the last row stands; undefined when there is none. */
  readonly last: FeedPosition | undefined;
  readonly isLast: boolean;
}

/** All records by the time of their last change, then by id. */
export interface Feed<Row> {
  /** The rows behind a position that changed before `untilS` (unix seconds, excluded). */
  page(after: FeedPosition, untilS: number, size: number): FeedPage<Row>;
}

/** Makes a feed over tables; it sorts again only after a change. */
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
  const isBehind = (row: Row, { timeS, id }: FeedPosition): boolean =>
    timeOf(row) > timeS || (timeOf(row) === timeS && row.id > id);
  return {
    page: (after, untilS, size) => {
      const all = rowsInOrder();
      const from = firstWhere(all, (row) => isBehind(row, after));
      const to = firstWhere(all, (row) => timeOf(row) >= untilS);
      const rows = all.slice(from, Math.max(from, Math.min(to, from + size)));
      const last = rows.at(-1);
      return { rows, last: last && { timeS: timeOf(last), id: last.id }, isLast: from + size >= to };
    },
  };
}

/** The first index for which the condition holds, where it holds for all later ones as well. */
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
