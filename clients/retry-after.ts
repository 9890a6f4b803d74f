/** The wait after a rate limit without a Retry-After. Microsoft's samples use 30 s too. */
const DEFAULT_RETRY_AFTER_MS = 30_000;
const SHORTEST_MS = 1_000;
const LONGEST_MS = 15 * 60_000;

/**
 * Returns the wait of a Retry-After header in milliseconds, clamped to 1 s … 15 min. The header holds whole or
 * fractional seconds, or an HTTP date, which is compared with `nowMs`. A missing or invalid header means 30 s.
 */
export function readRetryAfterMs(header: string | undefined, nowMs: number): number {
  const text = header?.trim() ?? '';
  if (text === '') return DEFAULT_RETRY_AFTER_MS;
  const seconds = Number(text);
  const waitMs = Number.isFinite(seconds) ? seconds * 1_000 : Date.parse(text) - nowMs;
  if (Number.isNaN(waitMs)) return DEFAULT_RETRY_AFTER_MS;
  return Math.min(LONGEST_MS, Math.max(SHORTEST_MS, waitMs));
}
