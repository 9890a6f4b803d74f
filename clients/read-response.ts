import type { z } from 'zod';
import { repairJson } from '../domain/sync/text.ts';
import { remoteError, type RemoteSystem } from './errors.ts';
import { requestIdOf, type HttpResponse } from './http.ts';

/**
 * Parses a successful response by a schema. Throws a RemoteError of kind `unexpected` that names the invalid members,
 * never their values. An empty response to a write is `unsure`, because the write may have taken effect. Texts that
 * cannot be stored are repaired, unless the caller needs them `asServed`.
 */
export function readResponse<T>(
  schema: z.ZodType<T>,
  response: HttpResponse,
  call: {
    readonly system: RemoteSystem;
    readonly operation: string;
    readonly write?: boolean;
    readonly asServed?: boolean;
  },
): T {
  const read = schema.safeParse(call.asServed === true ? response.body : repairJson(response.body));
  if (read.success) return read.data;
  const empty = response.body === undefined;
  const wrong = read.error.issues.slice(0, 3).map(({ path, message }) => `${path.join('.')}: ${message}`);
  throw remoteError({
    system: call.system,
    operation: call.operation,
    kind: empty && call.write === true ? 'unsure' : 'unexpected',
    status: response.status,
    requestId: requestIdOf(response.headers),
    detail: empty ? 'the response is empty.' : `the response has an unexpected shape (${wrong.join('; ')}).`,
  });
}
