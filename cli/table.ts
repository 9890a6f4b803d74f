import { printable } from './printable.ts';

/** What a table is made of. */
export interface Table {
  readonly columns: readonly string[];
  /** Cells by column. A number is set to the right; nothing is shown for null and undefined. */
  readonly rows: readonly (readonly Cell[])[];
  /** Lines that follow a row, indented, by the row's index. */
  readonly notes?: ReadonlyMap<number, readonly string[]>;
}

/** A cell of a table. */
export type Cell = string | number | null | undefined;

/** Sets a table with aligned columns, two blanks apart. */
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

/** Sets a list that the API answered: the table, and how much of the whole it is when it is not all. */
export function formatList(table: Table, list: { readonly total: number; readonly none: string }): string {
  if (table.rows.length === 0 && list.total === 0) return list.none;
  const part = table.rows.length < list.total ? [`(${table.rows.length} of ${list.total})`] : [];
  return [formatTable(table), ...part].join('\n');
}
