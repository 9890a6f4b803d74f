import { z } from 'zod';

/**
 * The schema of an id. Zendesk sends a number or a string of digits, and `parseLosslessJson` turns a long number into a
 * string. The result is a decimal string. A number that has lost digits is refused.
 */
export const wireId = z
  .union([z.number().int().nonnegative(), z.string().regex(/^\d{1,20}$/)])
  .transform((id) => String(id));

/** Returns an id in the form for a request body: a number if JavaScript can represent it, else a string. */
export function idToWire(id: string): number | string {
  const number = Number(id);
  return Number.isSafeInteger(number) ? number : id;
}
