import { z } from 'zod';
import { DEFAULT_KINDS } from '../../../domain/entities.ts';

/** Returns the schema of a list: the requested items, and the total number of items. */
export function listOf<Item extends z.ZodType>(item: Item) {
  return z.strictObject({ items: z.array(item).readonly(), total: z.int().min(0) });
}

/** The schema of a time: ISO-8601, UTC. */
export const time = z.iso.datetime();

/** The schema of the kind of a record. */
export const kind = z.string().describe(`${DEFAULT_KINDS.join(', ')}, or another entity of the connection.`);

/** The schema of an error, a note or a problem: a code for programs and a message for people. */
export const coded = z.strictObject({ code: z.string(), message: z.string() });

/** A code for programs and a message for people. */
export type Coded = Readonly<z.infer<typeof coded>>;
