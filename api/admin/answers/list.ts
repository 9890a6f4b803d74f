import { z } from 'zod';
import { DEFAULT_KINDS } from '../../../domain/entities.ts';

/** Describes a list: the items that were asked for, and how many there are in all. */
export function listOf<Item extends z.ZodType>(item: Item) {
  return z.strictObject({ items: z.array(item).readonly(), total: z.int().min(0) });
}

/** A time, ISO-8601 UTC. */
export const time = z.iso.datetime();

/** The kind of a record, an entity of the connection. */
export const kind = z.string().describe(`${DEFAULT_KINDS.join(', ')}, or another entity of the connection.`);

/** Something that happened or was decided: a code for programs, a sentence for people. */
export const coded = z.strictObject({ code: z.string(), message: z.string() });
