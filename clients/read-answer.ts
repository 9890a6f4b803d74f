import type { z } from 'zod';
import { remoteError, type RemoteSystem } from './errors.ts';
import { requestIdOf, type HttpAnswer } from './http.ts';

/**
 * Reads a successful answer by its schema. Throws RemoteError `unexpected` that names the members that are wrong, never
 * their values; an empty answer to a write is `unsure`, since the write may have been done.
 */
export function readAnswer<T>(
  schema: z.ZodType<T>,
  answer: HttpAnswer,
  call: { readonly system: RemoteSystem; readonly operation: string; readonly write?: boolean },
): T {
  const read = schema.safeParse(answer.body);
  if (read.success) return read.data;
  const empty = answer.body === undefined;
  const wrong = read.error.issues.slice(0, 3).map(({ path, message }) => `${path.join('.')}: ${message}`);
  throw remoteError({
    system: call.system,
    operation: call.operation,
    kind: empty && call.write === true ? 'unsure' : 'unexpected',
    status: answer.status,
    requestId: requestIdOf(answer.headers),
    detail: empty ? 'an empty answer where one was due.' : `an answer of another shape (${wrong.join('; ')}).`,
  });
}
