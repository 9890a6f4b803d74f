import { createEgress } from '../../clients/egress.ts';
import { RemoteError, type RemoteSystem } from '../../clients/errors.ts';
import { createHttp, type CallResult, type Http, type ObservedCall, type RequestObserver } from '../../clients/http.ts';
import type { Loopback } from '../fixtures/loopback.ts';

/** An observer that lets everything pass and remembers how it ended. */
export interface Recorder extends RequestObserver {
  readonly ended: readonly (CallResult & ObservedCall)[];
}

/** Makes an observer that remembers. */
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

/** Makes the HTTP client of a system that may call the given server. */
export function httpTo(
  server: Pick<Loopback, 'host'>,
  system: RemoteSystem,
  observer: RequestObserver = createRecorder(),
): Http {
  return createHttp({ system, egress: createEgress([server.host]), observer });
}

/** The error of a call that must fail as one of ours; throws when it succeeds or fails otherwise. */
export async function failureOf(call: Promise<unknown>): Promise<RemoteError> {
  const outcome = await call.then(
    () => new Error('The call succeeded.'),
    (error: unknown) => error,
  );
  if (outcome instanceof RemoteError) return outcome;
  throw outcome instanceof Error ? outcome : new Error('The call failed with something that is no error.');
}
