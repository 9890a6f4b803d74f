/** One check of a ping. `system` is the system to fix. `fix` says how, and is empty when nothing needs to be done. */
export interface PingCheck {
  readonly name: string;
  readonly system: 'entra' | 'dynamics' | 'zendesk';
  readonly status: 'ok' | 'warn' | 'fail';
  readonly detail: string;
  readonly fix: string;
}

/** Returns whether a sync can run with these results. Warnings do not prevent it. */
export function isWorkable(checks: readonly PingCheck[]): boolean {
  return checks.every(({ status }) => status !== 'fail');
}
