import { z } from 'zod';
import type { FieldValue, Values } from '../../domain/sync/field-value.ts';

const simple = z.union([z.string(), z.number(), z.boolean()]).nullish();

/** Returns an attribute as a string, also if it is a number or boolean. Empty strings, null and lists become null. */
export function textOrNull(wire: unknown): string | null {
  const value = readValue(wire);
  return value === null ? null : String(value);
}

/** Lists become null, since no field of Ledgerdesk contains a list. */
function readValue(wire: unknown): FieldValue {
  const { data } = simple.safeParse(wire);
  return data === undefined || data === '' ? null : data;
}

/** Returns the values of all custom fields of an organization or user, by field key. */
export function readFieldValues(wire: Readonly<Record<string, unknown>> | null | undefined): Values {
  return Object.fromEntries(Object.entries(wire ?? {}).map(([key, value]) => [key, readValue(value)]));
}
