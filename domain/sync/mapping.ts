import { textValue, type FieldValue, type Values } from './field-value.ts';
import type { ErpRecord } from './record.ts';

/**
 * The source of a value: a member of the ERP entity, or a template in which `{key}`, `{kind}`, `{legalEntity}`,
 * `{name}` and members of the entity are replaced.
 */
export type Source = { readonly from: string } | { readonly template: string };

/** The type of a custom field in Zendesk, by Zendesk's own word (Zendesk docs, Organization Fields). */
export type FieldType = 'text';

/** A custom field that Ledgerdesk writes: its key in Zendesk, its title for agents, and the source of its value. */
export interface FieldMapping {
  readonly key: string;
  readonly title: string;
  readonly type: FieldType;
  readonly source: Source;
}

/**
 * The mapping of a record to Zendesk, besides its name and external id. `attributes` are members of Zendesk's own
 * object, such as a user's phone. Tags are added, and the tags of people are never removed.
 */
export interface Mapping {
  readonly fields: readonly FieldMapping[];
  readonly attributes: Readonly<Record<string, Source>>;
  readonly tags: readonly string[];
}

/** The placeholders of a template besides members of the ERP entity. */
const RECORD_PLACEHOLDERS = ['key', 'kind', 'legalEntity', 'name'] as const;
const PLACEHOLDER = /\{(\w+)\}/g;

/** Returns the members of the ERP entity that a mapping reads, each once. */
export function membersOf({ fields, attributes }: Mapping): readonly string[] {
  const sources = [...fields.map(({ source }) => source), ...Object.values(attributes)];
  return [...new Set(sources.flatMap(membersOfSource))];
}

function membersOfSource(source: Source): readonly string[] {
  if ('from' in source) return [source.from];
  const names = [...source.template.matchAll(PLACEHOLDER)].map(([, name = '']) => name);
  return names.filter((name) => !RECORD_PLACEHOLDERS.some((known) => known === name));
}

/** Returns the desired values of a record's custom fields, by key. A value that F&O lacks is not desired. */
export function renderFields(mapping: Mapping, record: ErpRecord): Values {
  return renderAll(
    mapping.fields.map(({ key, source }) => [key, source]),
    record,
  );
}

/** Returns the desired values of Zendesk's own members, by name. A value that F&O lacks is not desired. */
export function renderAttributes(mapping: Mapping, record: ErpRecord): Values {
  return renderAll(Object.entries(mapping.attributes), record);
}

function renderAll(sources: readonly (readonly [string, Source])[], record: ErpRecord): Values {
  const isRead = (source: Source): boolean =>
    membersOfSource(source).every((name) => record.lacks?.includes(name) !== true);
  return Object.fromEntries(
    sources.filter(([, source]) => isRead(source)).map(([name, source]) => [name, render(source, record)]),
  );
}

function render(source: Source, record: ErpRecord): FieldValue {
  if ('from' in source) return textValue(record.values[source.from] ?? null);
  const valueOf = (name: string): FieldValue =>
    RECORD_PLACEHOLDERS.some((known) => known === name)
      ? record[name as (typeof RECORD_PLACEHOLDERS)[number]]
      : (record.values[name] ?? null);
  return textValue(source.template.replace(PLACEHOLDER, (_all, name: string) => textValue(valueOf(name)) ?? '').trim());
}

/** Returns a mapping without the fields with these keys. */
export function withoutFields(mapping: Mapping, keys: ReadonlySet<string>): Mapping {
  return keys.size === 0 ? mapping : { ...mapping, fields: mapping.fields.filter(({ key }) => !keys.has(key)) };
}

/**
 * The parts of an organization or user that are mapped for some kind of record: keys of custom fields, and our tags.
 */
export interface MappedParts {
  readonly fields: readonly string[];
  readonly tags: readonly string[];
}

/** Returns the parts that these mappings write. */
export function mappedParts(mappings: readonly Mapping[]): MappedParts {
  const fields = mappings.flatMap((mapping) => mapping.fields.map(({ key }) => key));
  return { fields: [...new Set(fields)], tags: [...new Set(mappings.flatMap(({ tags }) => tags))] };
}

/**
 * Returns the mapped parts of an answer of Zendesk. A mapped field that is missing in it counts as empty and is
 * `absent`.
 */
export function pickMapped(
  shown: { readonly fields: Values; readonly tags: readonly string[] },
  mapped: MappedParts,
): { readonly values: Values; readonly absent: readonly string[]; readonly ownTags: readonly string[] } {
  return {
    values: Object.fromEntries(mapped.fields.map((key) => [key, shown.fields[key] ?? null])),
    absent: mapped.fields.filter((key) => !Object.hasOwn(shown.fields, key)),
    ownTags: mapped.tags.filter((tag) => shown.tags.includes(tag)),
  };
}
