import { z } from 'zod';

const value = z.union([z.string(), z.number(), z.boolean()]).nullish();

/** Reads an attribute that Zendesk keeps as a text: numbers and booleans become one; the empty text, null and lists are none. */
export function textOrNull(wire: unknown): string | null {
  const { data } = value.safeParse(wire);
  return data === undefined || data === null || data === '' ? null : String(data);
}

/** Reads the custom fields that are ours, and leaves the others. */
export function ownFieldValues<Key extends string>(
  definitions: readonly { readonly key: Key }[],
  values: Readonly<Record<string, unknown>>,
): Readonly<Record<Key, string | null>> {
  const own = definitions.map(({ key }) => [key, textOrNull(values[key])] as const);
  return Object.fromEntries(own) as Record<Key, string | null>;
}
