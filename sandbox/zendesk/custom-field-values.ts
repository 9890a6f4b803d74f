import type { CustomField, CustomFields } from './custom-fields.ts';
import type { Violation } from './refusal.ts';
import type { WireObject } from './wire-input.ts';
import { textOrNull } from './wire-input.ts';

/** The value of a custom field. */
export type FieldValue = string | number | boolean | readonly string[];

/** The values of a record by field id, so that a new field with the key of an old one has no values. */
export type FieldValues = Readonly<Record<number, FieldValue>>;

/** A record's values and its tags, which drop-downs and check boxes change too. */
interface TaggedValues {
  readonly values: FieldValues;
  readonly tags: readonly string[];
  readonly violations: readonly Violation[];
}

/** The rules by which values are validated. */
export interface ValueRules {
  readonly fields: CustomFields;
  readonly invalidDropdown: 'drop' | 'refuse';
}

/** Returns the value of every defined field by key: null when it is not set, false for a check box that is not set. */
export function showValues(fields: CustomFields, values: FieldValues): Record<string, FieldValue | null> {
  const shown: Record<string, FieldValue | null> = {};
  for (const field of fields.table.sorted()) {
    if (field.active) shown[field.key] = values[field.id] ?? (field.type === 'checkbox' ? false : null);
  }
  return shown;
}

/** Returns a row with the changes applied, and the violations in its custom fields. */
export function applyChanges<Row extends { readonly tags: readonly string[]; readonly values: FieldValues }>(
  rules: ValueRules,
  before: Row,
  changes: Partial<Row> & { readonly fieldChanges?: WireObject },
): { row: Row; violations: readonly Violation[] } {
  const { fieldChanges, ...plain } = changes;
  const row = { ...before, ...plain };
  const values = plain.tags === undefined ? row.values : clearUntagged(rules.fields, row.values, row.tags);
  const changed = changeValues(rules, { values, tags: row.tags }, fieldChanges ?? {});
  return { row: { ...row, values: changed.values, tags: changed.tags }, violations: changed.violations };
}

/** Merges changes by key. Unknown keys are ignored silently. */
function changeValues(rules: ValueRules, before: Omit<TaggedValues, 'violations'>, changes: WireObject): TaggedValues {
  let { values, tags } = before;
  const violations: Violation[] = [];
  for (const [key, wanted] of Object.entries(changes)) {
    const field = rules.fields.byKey(key);
    if (!field) continue;
    const parsed = parseValue(field, wanted);
    if (parsed === undefined) {
      if (field.type !== 'dropdown' || rules.invalidDropdown === 'refuse') violations.push(violationOf(field, wanted));
      continue;
    }
    tags = retag(tags, tagsFor(field, values[field.id]), tagsFor(field, parsed ?? undefined));
    values = withValue(values, field.id, parsed);
  }
  return { values, tags, violations };
}

/** Clears drop-downs and check boxes whose tag is missing after the whole list of tags was overwritten. */
function clearUntagged(fields: CustomFields, values: FieldValues, tags: readonly string[]): FieldValues {
  let cleared = values;
  for (const field of fields.table.sorted()) {
    const lost = tagsFor(field, values[field.id]).some((tag) => !tags.includes(tag));
    if (lost) cleared = withValue(cleared, field.id, null);
  }
  return cleared;
}

function withValue(values: FieldValues, id: number, value: FieldValue | null): FieldValues {
  if (value !== null) return { ...values, [id]: value };
  return Object.fromEntries(Object.entries(values).filter(([key]) => key !== String(id)));
}

function retag(tags: readonly string[], before: readonly string[], after: readonly string[]): readonly string[] {
  if (before.length === 0 && after.length === 0) return tags;
  return [...new Set([...tags.filter((tag) => !before.includes(tag)), ...after])];
}

function tagsFor(field: CustomField, value: FieldValue | undefined): readonly string[] {
  if (value === undefined || value === false) return [];
  if (field.type === 'checkbox') return field.tag === null ? [] : [field.tag];
  if (field.type === 'dropdown') return [String(value)];
  return field.type === 'multiselect' && typeof value === 'object' ? value : [];
}

/** Returns the value to store; null to clear it, undefined when it is invalid. */
function parseValue(field: CustomField, wanted: unknown): FieldValue | null | undefined {
  if (field.type === 'checkbox') return wanted === true || wanted === 'true' || wanted === '1' || wanted === 1;
  if (field.type === 'multiselect') return parseChoices(field, wanted);
  const text = textOrNull(wanted);
  if (text === null) return null;
  switch (field.type) {
    case 'dropdown':
      return hasOption(field, text) ? text : undefined;
    case 'integer':
      return /^[+-]?\d+$/.test(text) ? Number(text) : undefined;
    case 'decimal':
      return /^[+-]?\d+(\.\d+)?$/.test(text) ? Number(text) : undefined;
    case 'date':
      return parseDate(text);
    case 'regexp':
      return new RegExp(field.pattern ?? '').test(text) ? text : undefined;
    case 'text':
    case 'textarea':
    case 'lookup':
      return text;
    default:
      return field.type satisfies never;
  }
}

function parseChoices(field: CustomField, wanted: unknown): readonly string[] | null | undefined {
  if (!Array.isArray(wanted)) return wanted === null || wanted === '' ? null : undefined;
  const chosen = wanted.filter((value): value is string => typeof value === 'string' && hasOption(field, value));
  return chosen.length === 0 ? null : chosen;
}

function hasOption({ options }: CustomField, value: string): boolean {
  return options.some((option) => option.value === value);
}

/**
 * Zendesk returns midnight with an offset, whatever the format of the date was (Zendesk docs, example of
 * organizations).
 */
function parseDate(text: string): string | undefined {
  const day = /^(\d{4}-\d{2}-\d{2})(?:$|T)/.exec(text)?.[1];
  const midnight = new Date(`${day ?? ''}T00:00:00Z`);
  const valid = !Number.isNaN(midnight.getTime()) && midnight.toISOString().slice(0, 10) === day;
  return valid ? `${day}T00:00:00+00:00` : undefined;
}

function violationOf(field: CustomField, wanted: unknown): Violation {
  const description = `${field.title}: ${JSON.stringify(wanted)} is not valid`;
  return { field: 'base', description, error: 'InvalidValue' };
}
