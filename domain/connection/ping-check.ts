/** One thing that a ping has looked at. `system` is the one to be mended; `fix` says how, empty when nothing is to be done. */
export interface PingCheck {
  readonly name: string;
  readonly system: 'entra' | 'dynamics' | 'zendesk';
  readonly status: 'ok' | 'warn' | 'fail';
  readonly detail: string;
  readonly fix: string;
}

/** Whether a connection can be worked with: warnings are no hindrance. */
export function isWorkable(checks: readonly PingCheck[]): boolean {
  return checks.every(({ status }) => status !== 'fail');
}
