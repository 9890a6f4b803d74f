import type { Outcome } from '../../core/sender.ts';

const AFTER_CONFLICT_MS = 5_000;
const AFTER_TIMEOUT_MS = 5_000;
const MAX_RETRIES = 3;
const MAX_TIMEOUT_RETRIES = 5;

/**
 * Returns the wait before the next attempt in simulated milliseconds; undefined if there is none. Zendesk retries after
 * a 409, after a 429 or 503 with a Retry-After below 60 seconds, and after a timeout (Zendesk docs, Webhook retries).
 */
export function retryAfterMs(outcome: Outcome, retriesSoFar: number): number | undefined {
  if (outcome.kind === 'timeout') return retriesSoFar < MAX_TIMEOUT_RETRIES ? AFTER_TIMEOUT_MS : undefined;
  if (outcome.kind !== 'answered' || retriesSoFar >= MAX_RETRIES) return undefined;
  if (outcome.status === 409) return AFTER_CONFLICT_MS;
  if (outcome.status !== 429 && outcome.status !== 503) return undefined;
  const text = outcome.headers['retry-after'] ?? '';
  const seconds = /^\d+$/.test(text) ? Number(text) : Infinity;
  return seconds < 60 ? Math.max(1, seconds) * 1000 : undefined;
}
