import type { Request } from 'express';
import { z } from 'zod';
import { ApiError } from '../api-error.ts';
import { mistakesOf } from '../mistakes.ts';

/** The schema of a text for a search in the store. PostgreSQL accepts neither NUL nor lone surrogates. */
export const searchText = z
  .string()
  .min(1)
  .max(300)
  .regex(/^[^\p{Cc}\p{Cs}]+$/u, 'must not contain control characters');

/** The schema of the largest number of items in a list. Without a limit, a list has all items. */
export const limitText = z
  .string()
  .regex(/^[1-9]\d{0,5}$/, 'must be a whole number from 1 to 999999')
  .transform(Number)
  .pipe(z.int().min(1).max(999_999));

/** The schema of the query of a list without filters. */
export const pageQuery = z.strictObject({ limit: limitText.optional() });

/**
 * Returns the validated JSON body of a request. An absent body counts as `{}`. Throws an ApiError with status 400 and
 * all mistakes.
 */
export function readBody<Schema extends z.ZodType>(request: Pick<Request, 'body'>, schema: Schema): z.output<Schema> {
  return read(request.body ?? {}, schema);
}

/** Returns the validated query of a request. Throws an ApiError with status 400 and all mistakes. */
export function readQuery<Schema extends z.ZodType>(request: Pick<Request, 'query'>, schema: Schema): z.output<Schema> {
  return read(request.query, schema);
}

function read<Schema extends z.ZodType>(input: unknown, schema: Schema): z.output<Schema> {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  throw new ApiError(400, 'invalid_request', mistakesOf(result.error));
}
