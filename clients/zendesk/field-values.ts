import { z } from 'zod';
import type { FieldValue, Values } from '../../domain/sync/field-value.ts';

const simple = z.union([z.string(), z.number(), z.boolean()]).nullish();

/** Reads an attribute that Zendesk keeps as a text: numbers and booleans become one. Empty texts, null and lists become null. */
export function textOrNull(wire: unknown): string | null {
  const value = readValue(wire);
  return value === null ? null : String(value);
}

/** Reads the value of a custom field. Lists, which no field of ours holds, become null. */
function readValue(wire: unknown): FieldValue {
  const { data } = simple.safeParse(wire);
  return data === undefined || data === '' ? null : data;
}

/** Reads the values of all custom fields of an organization or user, by their keys. */
export function readFieldValues(wire: Readonly<Record<string, unknown>> | null | undefined): Values {
  return Object.fromEntries(Object.entries(wire ?? {}).map(([key, value]) => [key, readValue(value)]));
}
