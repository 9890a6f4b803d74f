import type { EntitySpec, NameSource } from '../entity-spec.ts';
import { membersOf } from './mapping.ts';

/** Returns the columns of F&O that a sync of an entity selects, each once, also those that the environment lacks. */
export function columnsOf({ key, members, mapping }: EntitySpec): readonly string[] {
  const named = members.name.flatMap((source) => [...source.join, ...conditionOf(source)]);
  const single = [members.party, members.person, members.email, members.inactive].filter((name) => name !== undefined);
  return [...new Set(['dataAreaId', key, ...named, ...single, ...membersOf(mapping)])];
}

/** Returns the columns that a sync of an entity selects or orders by, each once. */
export function neededColumns(spec: EntitySpec): readonly string[] {
  return [...new Set([...columnsOf(spec), ...spec.order])];
}

/** Returns the column on whose value a name depends, if there is one. */
export function conditionOf({ when }: NameSource): readonly string[] {
  return when === undefined ? [] : [when.member];
}

/**
 * Returns why the records of an entity cannot be read without the columns that the environment lacks: without the key,
 * they cannot be told apart, and without any name, they cannot be written. Undefined when they can be read.
 */
export function unreadableReason(spec: EntitySpec): string | undefined {
  const { entitySet, key, order, members, lacks = [] } = spec;
  const identifying = ['dataAreaId', key, ...order].filter((column) => lacks.includes(column));
  const what = `The entity set ${entitySet} of F&O has no column ${listOf(identifying)}`;
  if (identifying.length > 0) return `${what}, which identifies a record. ${REMEDY}`;
  const naming = [...new Set(members.name.flatMap(({ join }) => join))];
  if (!naming.every((column) => lacks.includes(column))) return undefined;
  return `The entity set ${entitySet} of F&O has none of the columns ${listOf(naming)}, so its records have no name. ${REMEDY}`;
}

const REMEDY =
  'Check dynamics.entitySets in the connection file. If the entity set is right, update the F&O environment, then run `ledgerdesk sync ID`.';

/** Returns the note on the columns that the environment lacks although a sync would read them; undefined if none. */
export function columnsNote(
  spec: EntitySpec,
): { readonly code: 'column_missing'; readonly message: string } | undefined {
  const missing = columnsOf(spec).filter((column) => spec.lacks?.includes(column));
  if (missing.length === 0) return undefined;
  const what = `The entity set ${spec.entitySet} of F&O has no column ${listOf(missing)}.`;
  const message = `${what} Ledgerdesk reads the ${spec.kind}s without it and leaves what Zendesk has unchanged. Add the column in F&O; Ledgerdesk looks for it once a day, and after \`ledgerdesk connection apply FILE\`.`;
  return { code: 'column_missing', message };
}

function listOf(columns: readonly string[]): string {
  const names = [...new Set(columns)];
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1) ?? ''}`;
}
