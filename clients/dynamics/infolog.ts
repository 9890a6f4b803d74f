/** The server's stack trace at the end of a message. */
const STACK = /\r?\n\s+at \w+\..*$/s;

/** A message that only says that another message of the same infolog is the reason. */
const GENERIC = /^validate(write|field|delete) failed on /i;

/**
 * Returns the messages of the business logic in a message of F&O: `… Infolog: Warning: A.; Warning: B..` becomes `A.;
 * B.`. A message without an infolog is returned without the server's stack trace.
 */
export function infologOf(message: string): string {
  const text = message.replace(STACK, '');
  const [, log = ''] = /\bInfolog:\s*(.*)$/s.exec(text) ?? [];
  const entries = log
    .split(/;\s+(?=(?:info|warning|error):)/i)
    .map((entry) => entry.replace(/^\s*(?:info|warning|error):\s*/i, '').replace(/\.*\s*$/, ''))
    .filter((entry) => entry !== '');
  const reasons = entries.filter((entry) => !GENERIC.test(entry));
  const shown = reasons.length > 0 ? reasons : entries;
  return shown.length === 0 ? text : shown.map((entry) => `${entry}.`).join('; ');
}
