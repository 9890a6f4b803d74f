import { z } from 'zod';

/**
 * An id as Zendesk sends it: a number, or a text of digits where it was too long for one (`parseLosslessJson`), or where
 * Zendesk itself writes a text. Always read as decimal text; a number that lost digits is refused rather than used.
 */
export const wireId = z
  .union([z.number().int().nonnegative(), z.string().regex(/^\d{1,20}$/)])
  .transform((id) => String(id));

/** An id as it is sent in a body: a number wherever one can hold it. */
export function idToWire(id: string): number | string {
  const number = Number(id);
  return Number.isSafeInteger(number) ? number : id;
}
