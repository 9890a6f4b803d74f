/** Zendesk's form of a time. It is strict because nothing separates it from the body that is signed with it. */
const FORM = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;

/** How far a signature's time may be from ours, both ways; Zendesk signs each attempt anew (recorded deliveries). */
const TOLERANCE_MS = 300_000;

/** Whether a timestamp has Zendesk's form and is recent by our clock. */
export function isRecent(timestamp: string, now: Date): boolean {
  if (!FORM.test(timestamp)) return false;
  const age = now.getTime() - Date.parse(timestamp);
  return Math.abs(age) <= TOLERANCE_MS;
}
