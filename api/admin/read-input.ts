import type { Request } from 'express';
import { z } from 'zod';
import { ApiError } from '../api-error.ts';
import { mistakesOf } from '../mistakes.ts';

/** A text that can be looked for in the store: PostgreSQL takes neither NUL nor half a character. */
export const searchText = z
  .string()
  .min(1)
  .max(300)
  .regex(/^[^\p{Cc}\p{Cs}]+$/u, 'must not contain control characters');

/** How many items a list shows; all of them when absent. */
export const limitText = z
  .string()
  .regex(/^[1-9]\d{0,5}$/, 'must be a whole number from 1 to 999999')
  .transform(Number)
  .pipe(z.int().min(1).max(999_999));

/** The query of a list that is not filtered. */
export const pageQuery = z.strictObject({ limit: limitText.optional() });

/** Reads the JSON body of a request, an absent one as `{}`; refuses it with 400 and every mistake. */
export function readBody<Schema extends z.ZodType>(request: Pick<Request, 'body'>, schema: Schema): z.output<Schema> {
  return read(request.body ?? {}, schema);
}

/** Reads the query of a request; refuses it with 400 and every mistake. */
export function readQuery<Schema extends z.ZodType>(request: Pick<Request, 'query'>, schema: Schema): z.output<Schema> {
  return read(request.query, schema);
}

function read<Schema extends z.ZodType>(input: unknown, schema: Schema): z.output<Schema> {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  throw new ApiError(400, 'invalid_request', mistakesOf(result.error));
}
