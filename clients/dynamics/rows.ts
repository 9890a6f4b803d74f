import { z } from 'zod';
import type { EntitySpec, NameSource } from '../../domain/entity-spec.ts';
import { columnsOf, conditionOf } from '../../domain/sync/columns.ts';
import { readErpValue, textValue, type FieldValue } from '../../domain/sync/field-value.ts';
import { membersOf } from '../../domain/sync/mapping.ts';
import { legalEntityKey, type ErpRecord, type UnreadMember } from '../../domain/sync/record.ts';

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

/** Returns the query and the parser for the records of an entity, without the columns that the environment lacks. */
export function rowSourceOf(spec: EntitySpec): RowSource {
  const { entitySet, key: keyColumn, order, lacks = [] } = spec;
  const columns = columnsOf(spec).filter((column) => !lacks.includes(column));
  return { entitySet, columns, order, keyColumn, page: pageOf(columns, keyColumn), read: (row) => readRow(spec, row) };
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

function readRow(spec: EntitySpec, row: Row): ErpRecord {
  const { kind, key, members, mapping } = spec;
  const valueOf = (name: string): FieldValue => readErpValue(row[name] ?? null);
  const textOf = (name: string | undefined): string | null => (name === undefined ? null : textValue(valueOf(name)));
  const isLacking = (name: string | undefined): boolean => name !== undefined && spec.lacks?.includes(name) === true;
  const { name, isWhole } = nameOf(members.name, { isLacking, textOf: (name) => textOf(name) ?? '' });
  const unread: UnreadMember[] = isWhole ? [] : ['name'];
  for (const member of ['party', 'person', 'email'] as const) if (isLacking(members[member])) unread.push(member);
  if (isLacking(members.inactive)) unread.push('isInactive');
  const mapped = membersOf(mapping);
  const lacks = mapped.filter(isLacking);
  return {
    legalEntity: legalEntityKey(String(row['dataAreaId'] ?? '')),
    kind,
    key: String(row[key] ?? ''),
    name,
    party: textOf(members.party),
    person: textOf(members.person),
    email: textOf(members.email),
    isInactive: isYes(members.inactive === undefined ? null : valueOf(members.inactive)),
    values: Object.fromEntries(
      mapped.filter((member) => !isLacking(member)).map((member) => [member, valueOf(member)]),
    ),
    ...(lacks.length > 0 && { lacks }),
    ...(unread.length > 0 && { unread }),
  };
}

interface NameColumns {
  readonly isLacking: (column: string) => boolean;
  readonly textOf: (column: string) => string;
}

/**
 * Returns the first name that is not empty. It is whole unless a column is missing that could have changed it. A
 * condition on a missing column counts as met: F&O leaves the names of persons empty for organizations.
 */
function nameOf(
  sources: readonly NameSource[],
  { isLacking, textOf }: NameColumns,
): { readonly name: string; readonly isWhole: boolean } {
  let isWhole = true;
  for (const source of sources) {
    const { join, when } = source;
    if (when !== undefined && !isLacking(when.member) && !isSameText(textOf(when.member), when.is)) continue;
    isWhole &&= ![...join, ...conditionOf(source)].some(isLacking);
    const parts = join.map((column) => textOf(column)).filter((part) => part !== '');
    if (parts.length > 0) return { name: parts.join(' '), isWhole };
  }
  return { name: '', isWhole };
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
