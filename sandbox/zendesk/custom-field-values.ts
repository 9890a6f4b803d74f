import type { CustomField, CustomFields } from './custom-fields.ts';
import type { Violation } from './refusal.ts';
import type { WireObject } from './wire-input.ts';
import { textOrNull } from './wire-input.ts';

/** What a custom field of a record holds. */
export type FieldValue = string | number | boolean | readonly string[];

/** The values of a record by the field's id, so that a new field with an old key starts empty. */
export type FieldValues = Readonly<Record<number, FieldValue>>;

/** A record's values and its tags, which drop-downs and check boxes write to as well. */
interface TaggedValues {
  readonly values: FieldValues;
  readonly tags: readonly string[];
  readonly violations: readonly Violation[];
}

/** How values are judged. */
export interface ValueRules {
  readonly fields: CustomFields;
  readonly invalidDropdown: 'drop' | 'refuse';
}

/** Every defined key with its value: null when unset, false for an unset check box. */
export function showValues(fields: CustomFields, values: FieldValues): Record<string, FieldValue | null> {
  const shown: Record<string, FieldValue | null> = {};
  for (const field of fields.table.sorted()) {
    if (field.active) shown[field.key] = values[field.id] ?? (field.type === 'checkbox' ? false : null);
  }
  return shown;
}

/** A row with the changes in it, and what is wrong with its custom fields. */
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

/** Merges changes key by key; unknown keys are ignored silently. */
function changeValues(rules: ValueRules, before: Omit<TaggedValues, 'violations'>, changes: WireObject): TaggedValues {
  let { values, tags } = before;
  const violations: Violation[] = [];
  for (const [key, wanted] of Object.entries(changes)) {
    const field = rules.fields.byKey(key);
    if (!field) continue;
    const judged = judge(field, wanted);
    if (judged === undefined) {
      if (field.type !== 'dropdown' || rules.invalidDropdown === 'refuse') violations.push(violationOf(field, wanted));
      continue;
    }
    tags = retag(tags, tagsFor(field, values[field.id]), tagsFor(field, judged ?? undefined));
    values = withValue(values, field.id, judged);
  }
  return { values, tags, violations };
}

/** Clears drop-downs and check boxes whose tag a whole overwrite of the tags left out. */
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

/** The value to store, null to clear it, undefined when it is not acceptable. */
function judge(field: CustomField, wanted: unknown): FieldValue | null | undefined {
  if (field.type === 'checkbox') return wanted === true || wanted === 'true' || wanted === '1' || wanted === 1;
  if (field.type === 'multiselect') return judgeChoices(field, wanted);
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
      return judgeDate(text);
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

function judgeChoices(field: CustomField, wanted: unknown): readonly string[] | null | undefined {
  if (!Array.isArray(wanted)) return wanted === null || wanted === '' ? null : undefined;
  const chosen = wanted.filter((value): value is string => typeof value === 'string' && hasOption(field, value));
  return chosen.length === 0 ? null : chosen;
}

function hasOption({ options }: CustomField, value: string): boolean {
  return options.some((option) => option.value === value);
}

/** Zendesk answers with midnight and an offset, whatever way the day was written (Zendesk docs, example of organizations). */
function judgeDate(text: string): string | undefined {
  const day = /^(\d{4}-\d{2}-\d{2})(?:$|T)/.exec(text)?.[1];
  const midnight = new Date(`${day ?? ''}T00:00:00Z`);
  const valid = !Number.isNaN(midnight.getTime()) && midnight.toISOString().slice(0, 10) === day;
  return valid ? `${day}T00:00:00+00:00` : undefined;
}

function violationOf(field: CustomField, wanted: unknown): Violation {
  const description = `${field.title}: ${JSON.stringify(wanted)} is not valid`;
  return { field: 'base', description, error: 'InvalidValue' };
}
