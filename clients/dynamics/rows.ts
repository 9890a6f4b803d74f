import { z } from 'zod';

/** A row by the members that were selected; F&O has no null, but an outer join may send one. */
export type Row = Readonly<Record<string, string | null>>;

/** One page of an entity set as F&O sends it. */
export interface RowPage {
  readonly value: readonly Row[];
  readonly nextLink: string | undefined;
}

/** How the records of one entity set are asked for and read. Names of columns are case-sensitive. */
export interface RowSource<Item> {
  readonly entitySet: string;
  /** What is selected; `dataAreaId` and `keyColumn` are among it. */
  readonly columns: readonly string[];
  /** The columns of the whole key: without an order by all of them, pages by offset repeat and miss rows. */
  readonly order: readonly string[];
  /** The column by which single records are looked up within a company. */
  readonly keyColumn: string;
  readonly page: z.ZodType<RowPage>;
  read(row: Row): Item;
  /** The value of `keyColumn`, as served. */
  keyOf(item: Item): string;
}

/** The schema of a page. Every selected member must be there: one that is missing would blank what Zendesk holds. */
export function pageOf(columns: readonly string[], keyColumn: string): z.ZodType<RowPage> {
  const shape: Record<string, z.ZodType<string | null>> = {
    ...Object.fromEntries(columns.map((name) => [name, z.string().nullable()])),
    dataAreaId: z.string().min(1),
    [keyColumn]: z.string().refine((key) => key.trim() !== '', 'a row with an empty key'),
  };
  return z
    .looseObject({ value: z.array(z.object(shape)), '@odata.nextLink': z.string().nullish() })
    .transform((page) => ({ value: page.value, nextLink: page['@odata.nextLink'] ?? undefined }));
}

/** Reads texts of a row: trimmed and on one line, empty when there is none. */
export function textsOf(row: Row): (name: string) => string {
  return (name) => (row[name] ?? '').replace(/\p{Cc}+/gu, ' ').trim();
}

/** The form in which F&O compares keys: without regard to case and trailing blanks (SQL collation). */
export function collationKey(key: string): string {
  return key.trimEnd().toLowerCase();
}
