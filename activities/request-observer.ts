import type { RemoteSystem } from '../clients/errors.ts';
import type { CallResult, ObservedCall, RequestObserver } from '../clients/http.ts';
import { readRateHeaders } from '../clients/zendesk/rate-headers.ts';
import type { GateTicket } from '../store/connection/rate-gates.ts';
import type { Store } from '../store/store.ts';
import type { ActivityDependencies } from './dependencies.ts';

/**
 * The work whose requests are observed. `share` is the part of Zendesk's rate limit that is left to other apps, 0 to 1.
 */
export interface ObservedRun {
  readonly connectionId: string;
  /** The run for which requests are counted; undefined outside a run. */
  readonly runId: string | undefined;
  readonly share: () => number;
}

const MAX_WINDOW_MS = 60_000;

/** The token that `before` returns and `after` gets. */
interface Begun {
  readonly ticket: GateTicket;
  /** By a monotonic clock, in milliseconds. */
  readonly atMs: number;
}

/**
 * Creates an observer that counts every request and checks the rate gates before it. A closed gate throws a
 * GateClosedError, and the request is not sent. A 429 closes the gate for all workers. Another answer opens the gate
 * that the request has probed. A success shows that an earlier refusal was temporary.
 */
export function createRequestObserver(
  { store, countRequest }: Pick<ActivityDependencies, 'store' | 'countRequest'>,
  run: ObservedRun,
): RequestObserver {
  const { connectionId, runId } = run;
  const reached = new Set<RemoteSystem>();
  const succeeded = new Set<string>();
  return {
    async before({ system, buckets }) {
      const ticket = await store.gates.enter({ connectionId, system, buckets });
      if (runId !== undefined) await store.runs.countRequest(runId, system);
      return { ticket, atMs: performance.now() } satisfies Begun;
    },
    async after(call, token, result) {
      const { ticket, atMs } = token as Begun;
      const durationMs = performance.now() - atMs;
      countRequest({ connectionId, system: call.system, status: result.status, durationMs });
      await updateGate(store, ticket, result);
      if (runId !== undefined && result.error?.kind === 'limited') await store.runs.countLimited(runId, call.system);
      if (result.status !== null && !reached.has(call.system)) {
        reached.add(call.system);
        await store.connections.markReached(connectionId, call.system);
      }
      // The first success of each operation is enough, because work whose request is refused ends.
      if (isSuccessful(result) && !succeeded.has(`${call.system} ${call.operation}`)) {
        succeeded.add(`${call.system} ${call.operation}`);
        await store.refusals.succeed(connectionId, call);
      }
      if (call.system === 'zendesk') await leaveShare(store, { call, ticket, result, share: run.share() });
    },
  };
}

function isSuccessful({ status, error }: CallResult): boolean {
  return status !== null && status < 300 && error === undefined;
}

/** Returns an observer that also passes each answer to `watch`. */
export function watched(
  observer: RequestObserver,
  watch: (result: CallResult, call: ObservedCall) => void,
): RequestObserver {
  return {
    before: (call) => observer.before(call),
    async after(call, token, result) {
      watch(result, call);
      await observer.after(call, token, result);
    },
  };
}

async function updateGate(store: Store, ticket: GateTicket, { status, error }: CallResult): Promise<void> {
  if (error?.kind === 'limited')
    await store.gates.close(ticket, error.bucket ?? 'account', error.retryAfterMs ?? 30_000);
  else if (status !== null && status < 500) await store.gates.succeed(ticket);
  else await store.gates.release(ticket);
}

/**
 * Closes the rate gate until the window resets when only the share of people and other apps is left. This happens after
 * an answer, so each window allows at least one request: other apps can slow the sync down, but not stop it.
 */
async function leaveShare(
  store: Store,
  seen: { call: ObservedCall; ticket: GateTicket; result: CallResult; share: number },
): Promise<void> {
  const rate = readRateHeaders(seen.result.headers);
  if (rate === null || seen.result.error !== undefined || rate.remaining > rate.limit * seen.share) return;
  const waitMs = Math.min(MAX_WINDOW_MS, Math.max(1, rate.resetSeconds ?? 60) * 1_000);
  await store.gates.yieldToOthers(seen.ticket, waitMs);
}
