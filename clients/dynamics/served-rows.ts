import { z } from 'zod';
import type { FieldValue } from '../../domain/sync/field-value.ts';

/** The selected columns of a row. F&O stores no null, but an outer join can return one. */
export type Row = Readonly<Record<string, FieldValue>>;

/** A row as F&O serves it: its columns, or only its company and key, because a column has another form. */
export type ServedRow =
  { readonly row: Row } | { readonly company: string; readonly key: string; readonly malformed: string };

/** One page of an entity set. `nextLink` is undefined on the last page. */
export interface RowPage {
  readonly value: readonly ServedRow[];
  readonly nextLink: string | undefined;
  /** The number of rows of the whole list, if F&O was asked to count them. */
  readonly counted: number | undefined;
}

/** The members of a page besides its rows. */
export const PAGE_MEMBERS = {
  '@odata.nextLink': z.string().nullish(),
  '@odata.count': z.number().int().nonnegative().nullish().catch(undefined),
};

/**
 * Returns the schema of a page. Every selected column is required, because a missing one would be taken for an empty
 * one and would clear the field in Zendesk. A single row with a column of another form is kept as malformed. If all
 * rows are malformed, the page does not have the form of this entity set, and is rejected.
 */
export function pageOf(columns: readonly string[], keyColumn: string): z.ZodType<RowPage> {
  const schema = rowOf(columns, keyColumn);
  return z.looseObject({ value: z.array(z.unknown()), ...PAGE_MEMBERS }).transform((page, context): RowPage => {
    const parsed = page.value.map((item) => schema.safeParse(item));
    const isolated = parsed.some(({ success }) => success);
    const value = parsed.flatMap((result, index): ServedRow[] => {
      if (result.success) return [{ row: result.data }];
      const malformed = isolated ? malformedRow(page.value[index], { columns, keyColumn, error: result.error }) : null;
      if (malformed !== null) return [malformed];
      for (const { path, message } of result.error.issues)
        context.addIssue({ code: 'custom', path: ['value', index, ...path], message });
      return [];
    });
    return { value, nextLink: page['@odata.nextLink'] ?? undefined, counted: page['@odata.count'] ?? undefined };
  });
}

function rowOf(columns: readonly string[], keyColumn: string): z.ZodType<Row> {
  const value = z.union([z.string(), z.number(), z.boolean()]).nullable();
  return z.object({
    ...Object.fromEntries(columns.map((name) => [name, value])),
    dataAreaId: z.string().min(1),
    [keyColumn]: z.string().refine((key) => key.trim() !== '', 'a row with an empty key'),
  });
}

/** Returns a malformed row, or null when a column is missing, or when the company or the key cannot be read. */
function malformedRow(
  item: unknown,
  { columns, keyColumn, error }: { columns: readonly string[]; keyColumn: string; error: z.ZodError },
): ServedRow | null {
  if (typeof item !== 'object' || item === null || !columns.every((name) => Object.hasOwn(item, name))) return null;
  const { dataAreaId: company, [keyColumn]: key } = item as Readonly<Record<string, unknown>>;
  if (typeof company !== 'string' || company === '' || (typeof key !== 'string' && typeof key !== 'number'))
    return null;
  const wrong = [...new Set(error.issues.map(({ path }) => String(path[0])))];
  return { company, key: String(key), malformed: `These columns have an unexpected form: ${wrong.join(', ')}.` };
}
