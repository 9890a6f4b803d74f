/** What says only that another message of the same log is the reason. */
const GENERIC = /^validate(write|field|delete) failed on /i;

/**
 * Cuts a message of F&O down to what its business logic said: `… Infolog: Warning: A.; Warning: B..` becomes `A.; B.`. A
 * message without an infolog stays as it is.
 */
export function infologOf(message: string): string {
  const [, log = ''] = /\bInfolog:\s*(.*)$/s.exec(message) ?? [];
  const entries = log
    .split(/;\s+(?=(?:info|warning|error):)/i)
    .map((entry) => entry.replace(/^\s*(?:info|warning|error):\s*/i, '').replace(/\.*\s*$/, ''))
    .filter((entry) => entry !== '');
  const reasons = entries.filter((entry) => !GENERIC.test(entry));
  const told = reasons.length > 0 ? reasons : entries;
  return told.length === 0 ? message : told.map((entry) => `${entry}.`).join('; ');
}
