/** How long to wait when a system says "too many requests" without saying how long (Microsoft's samples use 30 s too). */
const DEFAULT_RETRY_AFTER_MS = 30_000;
const SHORTEST_MS = 1_000;
const LONGEST_MS = 15 * 60_000;

/**
 * Reads a Retry-After header (whole or fractional seconds, or an HTTP date) as milliseconds to wait, clamped to 1 s … 15 min.
 * A header that is missing or unreadable counts as 30 s. `nowMs` is the reader's clock, for the date form.
 */
export function readRetryAfterMs(header: string | undefined, nowMs: number): number {
  const text = header?.trim() ?? '';
  if (text === '') return DEFAULT_RETRY_AFTER_MS;
  const seconds = Number(text);
  const waitMs = Number.isFinite(seconds) ? seconds * 1_000 : Date.parse(text) - nowMs;
  if (Number.isNaN(waitMs)) return DEFAULT_RETRY_AFTER_MS;
  return Math.min(LONGEST_MS, Math.max(SHORTEST_MS, waitMs));
}
