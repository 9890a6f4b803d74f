import { createEgress } from '../../clients/egress.ts';
import { RemoteError, type RemoteSystem } from '../../clients/errors.ts';
import {
  createHttp,
  type CallResult,
  type Http,
  type HttpRequest,
  type ObservedCall,
  type RequestObserver,
} from '../../clients/http.ts';
import { startLoopback, type Loopback, type LoopbackHandler, type LoopbackReply } from '../fixtures/loopback.ts';

/** The token of all requests of `read` and `write`. */
export const TOKEN = 'canary-token-5f2b9c';

/** Starts a server that responds with a handler, or always with the same response. */
export function serve(handler: LoopbackHandler | LoopbackReply): Promise<Loopback> {
  return startLoopback(typeof handler === 'function' ? handler : () => handler);
}

/** Returns a GET request to a server. */
export function read(server: Loopback, more: Partial<HttpRequest> = {}): HttpRequest {
  return {
    operation: 'read things',
    method: 'GET',
    url: `${server.origin}/api/v2/things`,
    buckets: ['account'],
    headers: { authorization: `Bearer ${TOKEN}` },
    ...more,
  };
}

/** Returns a POST request to a server, with a JSON body. */
export function write(server: Loopback, more: Partial<HttpRequest> = {}): HttpRequest {
  return read(server, { method: 'POST', json: { a: 1 }, ...more });
}

/** An observer that allows all requests and records their results. */
export interface Recorder extends RequestObserver {
  readonly ended: readonly (CallResult & ObservedCall)[];
}

/** Creates a recording observer. */
export function createRecorder(): Recorder {
  const ended: (CallResult & ObservedCall)[] = [];
  return {
    ended,
    before: () => Promise.resolve('token'),
    after: (call, _token, result) => {
      ended.push({ ...call, ...result });
      return Promise.resolve();
    },
  };
}

/** Creates the HTTP client of a system that may call the given server. */
export function httpTo(
  server: Pick<Loopback, 'host'>,
  system: RemoteSystem,
  observer: RequestObserver = createRecorder(),
): Http {
  return createHttp({ system, egress: createEgress([server.host]), observer });
}

/** Returns the `RemoteError` of a call. Throws if the call succeeds or fails with another error. */
export async function failureOf(call: Promise<unknown>): Promise<RemoteError> {
  const outcome = await call.then(
    () => new Error('The call succeeded.'),
    (error: unknown) => error,
  );
  if (outcome instanceof RemoteError) return outcome;
  throw outcome instanceof Error ? outcome : new Error('The call failed with a value that is not an error.');
}
