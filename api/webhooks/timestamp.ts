/**
 * The format of Zendesk's timestamps. It is strict because no separator divides the timestamp from the body in the
 * signed text.
 */
const FORMAT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;

/**
 * The largest difference from our clock, in both directions. Zendesk signs every attempt anew (recorded deliveries).
 */
const TOLERANCE_MS = 300_000;

/** Returns true if a timestamp has Zendesk's format and is recent by our clock. */
export function isRecent(timestamp: string, now: Date): boolean {
  if (!FORMAT.test(timestamp)) return false;
  const age = now.getTime() - Date.parse(timestamp);
  return Math.abs(age) <= TOLERANCE_MS;
}
