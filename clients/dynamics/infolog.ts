/** Where the server's stack begins, when a message carries it. */
const STACK = /\r?\n\s+at \w+\..*$/s;

/** What says only that another message of the same log is the reason. */
const GENERIC = /^validate(write|field|delete) failed on /i;

/**
 * Cuts a message of F&O down to what its business logic said: `… Infolog: Warning: A.; Warning: B..` becomes `A.; B.`. Of a
 * message without an infolog only the server's stack is cut off.
 */
export function infologOf(message: string): string {
  const words = message.replace(STACK, '');
  const [, log = ''] = /\bInfolog:\s*(.*)$/s.exec(words) ?? [];
  const entries = log
    .split(/;\s+(?=(?:info|warning|error):)/i)
    .map((entry) => entry.replace(/^\s*(?:info|warning|error):\s*/i, '').replace(/\.*\s*$/, ''))
    .filter((entry) => entry !== '');
  const reasons = entries.filter((entry) => !GENERIC.test(entry));
  const told = reasons.length > 0 ? reasons : entries;
  return told.length === 0 ? words : told.map((entry) => `${entry}.`).join('; ');
}
