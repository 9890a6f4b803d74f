import type { Outcome } from '../../core/sender.ts';
import type { Endpoint } from './endpoints.ts';

/** What follows an attempt: nothing, because it was good; nothing, because it is given up; or another one. */
export type Verdict = 'delivered' | 'failed' | 'dead-lettered' | { readonly againAfterMs: number };

const S = 1_000;
const M = 60 * S;
const H = 60 * M;
const GRID_WAITS = [10 * S, 30 * S, M, 5 * M, 10 * M, 30 * M, H];
const GRID_ATTEMPTS = 30;

/** Judges an attempt by the rules of its transport; times are simulated ones. */
export function verdictOn(endpoint: Endpoint, outcome: Outcome, attempts: number): Verdict {
  const status = outcome.kind === 'answered' ? outcome.status : undefined;
  if (endpoint.transport !== 'https') return gridVerdict(status, attempts);
  if (status !== undefined && status >= 200 && status < 300) return 'delivered';
  return endpoint.payload === 'data' ? dataverseVerdict(status, attempts) : applicationVerdict(attempts);
}

/** F&O itself tries three times, a second apart; then the event waits for an operator (Microsoft docs). */
function applicationVerdict(attempts: number): Verdict {
  return attempts < 3 ? { againAfterMs: S } : 'failed';
}

/** Dataverse repeats once, and only after a gateway's error. */
function dataverseVerdict(status: number | undefined, attempts: number): Verdict {
  return attempts < 2 && [502, 503, 504].includes(status ?? 504) ? { againAfterMs: S } : 'failed';
}

/** Success is 200 to 204; 400 and 413 are final; the rest is tried for a day (Microsoft docs, Event Grid). */
function gridVerdict(status: number | undefined, attempts: number): Verdict {
  if (status !== undefined && status >= 200 && status <= 204) return 'delivered';
  if (status === 400 || status === 413 || attempts >= GRID_ATTEMPTS) return 'dead-lettered';
  const wait = GRID_WAITS[attempts - 1] ?? H;
  const least = [401, 403, 404].includes(status ?? 0) ? 5 * M : status === 503 ? 30 * S : 0;
  return { againAfterMs: Math.max(wait, least) };
}
