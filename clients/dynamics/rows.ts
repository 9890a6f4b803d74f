import type { z } from 'zod';
import type { EntitySpec, NameSource } from '../../domain/entity-spec.ts';
import { columnsOf, conditionOf } from '../../domain/sync/columns.ts';
import { readErpValue, textValue, type FieldValue } from '../../domain/sync/field-value.ts';
import { membersOf } from '../../domain/sync/mapping.ts';
import { legalEntityKey, unreadableRecord, type ErpRecord, type UnreadMember } from '../../domain/sync/record.ts';
import { keyUnsupported, recordUnreadable, type Rejection } from '../../domain/sync/rejection.ts';
import { escapeText, isStorable, repairText } from '../../domain/sync/text.ts';
import { pageOf, type Row, type RowPage, type ServedRow } from './served-rows.ts';

/** The query and the parser for the records of one entity. Column names are case-sensitive. */
export interface RowSource {
  readonly kind: string;
  readonly entitySet: string;
  /** The selected columns, including `dataAreaId` and `keyColumn`. */
  readonly columns: readonly string[];
  readonly order: readonly string[];
  /** The column by which single records are looked up within a company. */
  readonly keyColumn: string;
  readonly page: z.ZodType<RowPage>;
  read(served: ServedRow): ErpRecord;
}

/** Returns the query and the parser for the records of an entity, without the columns that the environment lacks. */
export function rowSourceOf(spec: EntitySpec): RowSource {
  const { kind, entitySet, key: keyColumn, order, lacks = [] } = spec;
  const columns = columnsOf(spec).filter((column) => !lacks.includes(column));
  return {
    kind,
    entitySet,
    columns,
    order,
    keyColumn,
    page: pageOf(columns, keyColumn),
    read: (served) => readServed(spec, columns, served),
  };
}

function readServed(spec: EntitySpec, columns: readonly string[], served: ServedRow): ErpRecord {
  if ('malformed' in served) return unreadable(spec, served, recordUnreadable(served.malformed));
  const { row } = served;
  const place = { company: String(row['dataAreaId'] ?? ''), key: String(row[spec.key] ?? '') };
  const broken = columns.filter((name) => !isStorable(String(row[name] ?? '')));
  const defect = keyDefect(place) ?? partyDefect(spec, broken);
  if (defect !== undefined) return unreadable(spec, place, defect);
  const record = { legalEntity: legalEntityKey(place.company), kind: spec.kind, key: place.key, ...readRow(spec, row) };
  return broken.length === 0 ? record : { ...record, repaired: broken };
}

/** The company and the key of a row, as F&O serves them. */
interface Place {
  readonly company: string;
  readonly key: string;
}

function unreadable({ kind }: EntitySpec, { company, key }: Place, defect: Rejection): ErpRecord {
  return unreadableRecord({ legalEntity: legalEntityKey(storablePart(company)), kind, key: listedKey(key) }, defect);
}

/** SQL Server compares most of these characters as if they were not there, so F&O can serve them in any company. */
function storablePart(text: string): string {
  return isStorable(text) ? text : repairText(text).replaceAll('\uFFFD', '');
}

/** A longer key than F&O has anywhere. The indexes of the store hold no text of any length. */
export const MAX_KEY = 255;

/** Returns a key in the form in which it is stored and listed. */
function listedKey(key: string): string {
  const text = key.trim() === '' ? '(empty)' : escapeText(key);
  return text.length > MAX_KEY ? `${repairText(text.slice(0, MAX_KEY - 1))}…` : text;
}

function keyDefect({ company, key }: Place): Rejection | undefined {
  const listed = listedKey(key);
  if (!isStorable(key)) return keyUnsupported(listed, 'contains a character that cannot be stored');
  if (!isStorable(company))
    return keyUnsupported(listed, `is in the company "${escapeText(company)}", whose id cannot be stored`);
  return key.length > MAX_KEY ? keyUnsupported(listed, `is longer than ${MAX_KEY} characters`) : undefined;
}

/** A repaired party could become equal to another one, so that accounts and people would be mixed up. */
function partyDefect({ members }: EntitySpec, broken: readonly string[]): Rejection | undefined {
  const party = [members.party, members.person].find((name) => name !== undefined && broken.includes(name));
  return party === undefined
    ? undefined
    : recordUnreadable(`The column ${party} contains a character that cannot be stored.`);
}

/** Reads the members of a row. Characters that cannot be stored are replaced. */
function readRow(spec: EntitySpec, row: Row): Omit<ErpRecord, 'legalEntity' | 'kind' | 'key'> {
  const { members, mapping } = spec;
  const valueOf = (name: string): FieldValue => {
    const value = row[name] ?? null;
    return readErpValue(typeof value === 'string' ? repairText(value) : value);
  };
  const textOf = (name: string | undefined): string | null => (name === undefined ? null : textValue(valueOf(name)));
  const isLacking = (name: string | undefined): boolean => name !== undefined && spec.lacks?.includes(name) === true;
  const { name, isWhole } = nameOf(members.name, { isLacking, textOf: (name) => textOf(name) ?? '' });
  const unread: UnreadMember[] = isWhole ? [] : ['name'];
  for (const member of ['party', 'person', 'email'] as const) if (isLacking(members[member])) unread.push(member);
  if (isLacking(members.inactive)) unread.push('isInactive');
  const mapped = membersOf(mapping);
  const lacks = mapped.filter(isLacking);
  return {
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
