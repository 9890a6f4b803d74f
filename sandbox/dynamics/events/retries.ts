import type { Outcome } from '../../core/sender.ts';
import type { Endpoint } from './endpoints.ts';

/** The step after an attempt: the delivery has ended, or another attempt follows. */
export type NextStep = 'delivered' | 'failed' | 'dead-lettered' | { readonly againAfterMs: number };

const S = 1_000;
const M = 60 * S;
const H = 60 * M;
const GRID_WAITS = [10 * S, 30 * S, M, 5 * M, 10 * M, 30 * M, H];
const GRID_ATTEMPTS = 30;

/** Returns the step after an attempt, by the rules of the transport. Times are simulated. */
export function nextStepAfter(endpoint: Endpoint, outcome: Outcome, attempts: number): NextStep {
  const status = outcome.kind === 'answered' ? outcome.status : undefined;
  if (endpoint.transport !== 'https') return nextGridStep(status, attempts);
  if (status !== undefined && status >= 200 && status < 300) return 'delivered';
  return endpoint.payload === 'data' ? nextDataverseStep(status, attempts) : nextApplicationStep(attempts);
}

/** F&O itself tries three times, a second apart. Then the event waits for an operator (Microsoft docs). */
function nextApplicationStep(attempts: number): NextStep {
  return attempts < 3 ? { againAfterMs: S } : 'failed';
}

/** Dataverse retries once, and only after an error of a gateway. */
function nextDataverseStep(status: number | undefined, attempts: number): NextStep {
  return attempts < 2 && [502, 503, 504].includes(status ?? 504) ? { againAfterMs: S } : 'failed';
}

/** Success is 200 to 204. A 400 or 413 is final. Everything else is retried for a day (Microsoft docs, Event Grid). */
function nextGridStep(status: number | undefined, attempts: number): NextStep {
  if (status !== undefined && status >= 200 && status <= 204) return 'delivered';
  if (status === 400 || status === 413 || attempts >= GRID_ATTEMPTS) return 'dead-lettered';
  const wait = GRID_WAITS[attempts - 1] ?? H;
  const least = [401, 403, 404].includes(status ?? 0) ? 5 * M : status === 503 ? 30 * S : 0;
  return { againAfterMs: Math.max(wait, least) };
}
