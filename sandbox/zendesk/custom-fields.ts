import type { Clock } from '../core/clock.ts';
import type { Violation } from './refusal.ts';
import { duplicateValue, recordNotFound, refuseIfInvalid } from './refusal.ts';
import type { Table } from './table.ts';
import { createTable } from './table.ts';
import type { WireObject } from './wire-input.ts';
import { idOrNull, isWireObject, textOrNull } from './wire-input.ts';
import { nowS } from './wire-time.ts';

const FIELD_TYPES = [
  'text',
  'textarea',
  'checkbox',
  'date',
  'integer',
  'decimal',
  'regexp',
  'dropdown',
  'lookup',
  'multiselect',
] as const;

/** The types of custom fields of organizations and users (Zendesk docs, Organization Fields). */
type FieldType = (typeof FIELD_TYPES)[number];

/** An option of a drop-down or multi-select field. */
interface FieldOption {
  readonly id: number;
  readonly name: string;
  readonly value: string;
}

/** The definition of a custom field. */
export interface CustomField {
  readonly id: number;
  readonly key: string;
  readonly type: FieldType;
  readonly title: string;
  readonly description: string;
  readonly position: number;
  readonly active: boolean;
  readonly pattern: string | null;
  readonly tag: string | null;
  readonly options: readonly FieldOption[];
  readonly relationshipTarget: string | null;
  readonly createdAtS: number;
  readonly updatedAtS: number;
}

/** The custom fields of organizations, or those of users. */
export interface CustomFields {
  readonly table: Table<CustomField>;
  /** Returns the field with this id or key. Throws a 404. */
  find(idOrKey: string): CustomField;
  byKey(key: string): CustomField | undefined;
  /** Throws a 422. */
  create(input: WireObject): CustomField;
  /** Throws a 404 or 422. Key and type do not change. */
  update(idOrKey: string, input: WireObject): CustomField;
  remove(idOrKey: string): void;
}

/** Creates an empty set of definitions. */
export function createCustomFields({
  clock,
  nextId,
}: {
  readonly clock: Clock;
  readonly nextId: () => number;
}): CustomFields {
  const table = createTable<CustomField>();
  const byKey = (key: string): CustomField | undefined => table.sorted().find((field) => field.key === key);
  const find = (idOrKey: string): CustomField => {
    const field = /^\d+$/.test(idOrKey) ? table.get(Number(idOrKey)) : byKey(idOrKey);
    if (!field) throw recordNotFound();
    return field;
  };
  return {
    table,
    find,
    byKey,
    create: (input) => {
      const key = textOrNull(input['key']) ?? '';
      const type = input['type'] ?? 'text';
      const title = textOrNull(input['title']);
      refuseIfInvalid([...violationsOfKey(key, byKey(key)), ...violationsOf(title, type)]);
      const base = {
        id: nextId(),
        key,
        type: type as FieldType,
        position: 9999,
        active: true,
        createdAtS: nowS(clock),
      };
      const empty = { title: '', description: '', pattern: null, tag: null, options: [], relationshipTarget: null };
      const field = { ...base, ...empty, ...changesOf(input, nextId), updatedAtS: base.createdAtS };
      table.put(field);
      return field;
    },
    update: (idOrKey, input) => {
      const field = { ...find(idOrKey), ...changesOf(input, nextId), updatedAtS: nowS(clock) };
      refuseIfInvalid(violationsOf(field.title, field.type));
      table.put(field);
      return field;
    },
    remove: (idOrKey) => table.remove(find(idOrKey).id),
  };
}

function violationsOfKey(key: string, taken: CustomField | undefined): Violation[] {
  if (key === '') return [{ field: 'key', description: 'Key cannot be blank', error: 'BlankValue' }];
  if (taken) return [duplicateValue('key', 'Key', `${key} has already been taken`)];
  if (/^\w+$/.test(key) && !/^\d+$/.test(key)) return [];
  return [
    {
      field: 'key',
      description: 'Key: may only contain letters, digits and underscores, and not digits alone',
      error: 'InvalidFormat',
    },
  ];
}

function violationsOf(title: string | null, type: unknown): Violation[] {
  const blank = { field: 'title', description: 'Title cannot be blank', error: 'BlankValue' };
  const unknown = {
    field: 'type',
    description: `Type: ${String(type)} is not included in the list`,
    error: 'InvalidValue',
  };
  return [...(title ? [] : [blank]), ...(FIELD_TYPES.some((known) => known === type) ? [] : [unknown])];
}

type Changes = Partial<Omit<CustomField, 'id' | 'key' | 'type' | 'createdAtS' | 'updatedAtS'>>;

/** The list of options replaces all options (Zendesk docs). */
function changesOf(input: WireObject, nextId: () => number): Changes {
  const { title, description, position, active, custom_field_options: options } = input;
  return {
    ...(title === undefined ? {} : { title: textOrNull(title) ?? '' }),
    ...(description === undefined ? {} : { description: textOrNull(description) ?? '' }),
    ...(typeof position === 'number' ? { position } : {}),
    ...(typeof active === 'boolean' ? { active } : {}),
    ...('regexp_for_validation' in input ? { pattern: textOrNull(input['regexp_for_validation']) } : {}),
    ...('tag' in input ? { tag: textOrNull(input['tag']) } : {}),
    ...('relationship_target_type' in input
      ? { relationshipTarget: textOrNull(input['relationship_target_type']) }
      : {}),
    ...(Array.isArray(options)
      ? { options: options.filter(isWireObject).map((option) => optionOf(option, nextId)) }
      : {}),
  };
}

function optionOf(option: WireObject, nextId: () => number): FieldOption {
  const value = textOrNull(option['value']) ?? '';
  return { id: idOrNull(option['id']) ?? nextId(), name: textOrNull(option['name']) ?? value, value };
}
