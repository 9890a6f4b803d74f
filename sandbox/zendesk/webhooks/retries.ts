import type { Outcome } from '../../core/sender.ts';

const AFTER_CONFLICT_MS = 5_000;
const AFTER_TIMEOUT_MS = 5_000;
const MOST_RETRIES = 3;
const MOST_TIMEOUT_RETRIES = 5;

/**
 * How many simulated milliseconds to wait before the next attempt; undefined: there is none (Zendesk docs, Webhook
 * retries): a 409, a 429 or 503 with a Retry-After below 60 seconds, and a timeout are retried, nothing else is.
 */
export function retryAfterMs(outcome: Outcome, retriesSoFar: number): number | undefined {
  if (outcome.kind === 'timeout') return retriesSoFar < MOST_TIMEOUT_RETRIES ? AFTER_TIMEOUT_MS : undefined;
  if (outcome.kind !== 'answered' || retriesSoFar >= MOST_RETRIES) return undefined;
  if (outcome.status === 409) return AFTER_CONFLICT_MS;
  if (outcome.status !== 429 && outcome.status !== 503) return undefined;
  const text = outcome.headers['retry-after'] ?? '';
  const seconds = /^\d+$/.test(text) ? Number(text) : Infinity;
  return seconds < 60 ? Math.max(1, seconds) * 1000 : undefined;
}
