import { printable } from './printable.ts';

/** The content of a table. */
export interface Table {
  readonly columns: readonly string[];
  /** The cells of each row. Numbers are right-aligned. null and undefined are empty cells. */
  readonly rows: readonly (readonly Cell[])[];
  /** Indented lines below a row, by the index of the row. */
  readonly notes?: ReadonlyMap<number, readonly string[]>;
}

/** A cell of a table. */
export type Cell = string | number | null | undefined;

/** Returns a table as text with aligned columns, separated by two spaces. */
export function formatTable({ columns, rows, notes }: Table): string {
  const cells = rows.map((row) => columns.map((_, column) => printable(String(row[column] ?? ''))));
  const widths = columns.map((name, column) => Math.max(name.length, ...cells.map((row) => row[column]?.length ?? 0)));
  const isNumeric = columns.map((_, column) => rows.length > 0 && rows.every((row) => typeof row[column] === 'number'));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) =>
        isNumeric[column] ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd();
  const body = cells.flatMap((row, index) => [
    line(row),
    ...(notes?.get(index) ?? []).map((note) => `    ${printable(note)}`),
  ]);
  return [line(columns), ...body].join('\n');
}

/** Returns a list of the API as text: the table, and the number of all items if the table does not show all. */
export function formatList(table: Table, list: { readonly total: number; readonly none: string }): string {
  if (table.rows.length === 0 && list.total === 0) return list.none;
  const part = table.rows.length < list.total ? [`(${table.rows.length} of ${list.total})`] : [];
  return [formatTable(table), ...part].join('\n');
}
