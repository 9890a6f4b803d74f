import { z } from 'zod';
import type { EntitySpec, NameSource } from '../../domain/entity-spec.ts';
import { readErpValue, textValue, type FieldValue } from '../../domain/sync/field-value.ts';
import { membersOf } from '../../domain/sync/mapping.ts';
import { legalEntityKey, type ErpRecord } from '../../domain/sync/record.ts';

/** The selected columns of a row. F&O stores no null, but an outer join can return one. */
type Row = Readonly<Record<string, FieldValue>>;

/** One page of an entity set. `nextLink` is undefined on the last page. */
export interface RowPage {
  readonly value: readonly Row[];
  readonly nextLink: string | undefined;
}

/** The query and the parser for the records of one entity. Column names are case-sensitive. */
export interface RowSource {
  readonly entitySet: string;
  /** The selected columns, including `dataAreaId` and `keyColumn`. */
  readonly columns: readonly string[];
  readonly order: readonly string[];
  /** The column by which single records are looked up within a company. */
  readonly keyColumn: string;
  readonly page: z.ZodType<RowPage>;
  read(row: Row): ErpRecord;
}

/** Returns the query and the parser for the records of an entity. */
export function rowSourceOf(spec: EntitySpec): RowSource {
  const { entitySet, key: keyColumn, order, members, mapping } = spec;
  const mapped = membersOf(mapping);
  const named = members.name.flatMap(({ join, when }) => [...join, ...(when === undefined ? [] : [when.member])]);
  const single = [members.party, members.person, members.email, members.inactive].filter((name) => name !== undefined);
  const columns = [...new Set(['dataAreaId', keyColumn, ...named, ...single, ...mapped])];
  return {
    entitySet,
    columns,
    order,
    keyColumn,
    page: pageOf(columns, keyColumn),
    read: (row) => readRow(spec, mapped, row),
  };
}

/**
 * Every selected column is required. A missing one would be taken for an empty one and would clear the field in
 * Zendesk.
 */
function pageOf(columns: readonly string[], keyColumn: string): z.ZodType<RowPage> {
  const value = z.union([z.string(), z.number(), z.boolean()]).nullable();
  const shape: Record<string, z.ZodType<FieldValue>> = {
    ...Object.fromEntries(columns.map((name) => [name, value])),
    dataAreaId: z.string().min(1),
    [keyColumn]: z.string().refine((key) => key.trim() !== '', 'a row with an empty key'),
  };
  return z
    .looseObject({ value: z.array(z.object(shape)), '@odata.nextLink': z.string().nullish() })
    .transform((page) => ({ value: page.value, nextLink: page['@odata.nextLink'] ?? undefined }));
}

function readRow({ kind, key, members }: EntitySpec, mapped: readonly string[], row: Row): ErpRecord {
  const valueOf = (name: string): FieldValue => readErpValue(row[name] ?? null);
  const textOf = (name: string | undefined): string | null => (name === undefined ? null : textValue(valueOf(name)));
  return {
    legalEntity: legalEntityKey(String(row['dataAreaId'] ?? '')),
    kind,
    key: String(row[key] ?? ''),
    name: nameOf(members.name, (name) => textOf(name) ?? ''),
    party: textOf(members.party),
    person: textOf(members.person),
    email: textOf(members.email),
    isInactive: isYes(members.inactive === undefined ? null : valueOf(members.inactive)),
    values: Object.fromEntries(mapped.map((name) => [name, valueOf(name)])),
  };
}

function nameOf(sources: readonly NameSource[], textOf: (name: string) => string): string {
  const applicable = sources.filter(({ when }) => when === undefined || isSameText(textOf(when.member), when.is));
  const names = applicable.map(({ join }) =>
    join
      .map(textOf)
      .filter((part) => part !== '')
      .join(' '),
  );
  return names.find((name) => name !== '') ?? '';
}

function isSameText(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

/** F&O sends a NoYes enumeration as the name of its member. */
function isYes(value: FieldValue): boolean {
  return value === true || (typeof value === 'string' && isSameText(value, 'Yes'));
}

/** Returns a key in the form in which F&O's database compares it: in lower case, without trailing blanks. */
export function collationKey(key: string): string {
  return key.trimEnd().toLowerCase();
}
