import { RemoteError, type RemoteSystem } from '../../../clients/errors.ts';
import type { PingCheck } from '../../../domain/connection/ping-check.ts';
import { ConnectionStateError } from '../../../store/connection/connections.ts';
import { GateClosedError } from '../../../store/connection/rate-gates.ts';

/** The result of one check. */
export type CheckResult = Pick<PingCheck, 'status' | 'detail'> & { readonly fix?: string };

/** One check of a ping: its name, its system, and a function that returns its result or throws. */
export interface Check {
  readonly name: string;
  readonly system: RemoteSystem;
  readonly run: () => Promise<CheckResult>;
  /** True when a failure is only a warning, because a sync can run without it. */
  readonly optional?: boolean;
}

/** Runs a check and turns an error into a result that says what to do. The system of the error is the one to fix. */
export async function runCheck(
  { name, system, run, optional = false }: Check,
  onFailure: (error: RemoteError) => void,
): Promise<PingCheck> {
  try {
    const { status, detail, fix = '' } = await run();
    return { name, system, status, detail, fix };
  } catch (error) {
    if (error instanceof RemoteError) onFailure(error);
    const failed = failureOf(error, system);
    if (failed === undefined) throw error;
    return { name, system, status: optional ? 'warn' : 'fail', ...failed };
  }
}

/** Returns the result of a check without a problem. */
export function ok(detail: string): CheckResult {
  return { status: 'ok', detail };
}

type Failure = Pick<PingCheck, 'detail' | 'fix'> & Partial<PingCheck>;

function failureOf(error: unknown, checked: RemoteSystem): Failure | undefined {
  if (error instanceof GateClosedError) {
    const system = error.system as RemoteSystem;
    return { system, status: 'warn', detail: error.message, fix: 'Wait for this time, then run the ping again.' };
  }
  // The connection lacks a credential. That of F&O is used in Entra.
  if (error instanceof ConnectionStateError)
    return { system: checked === 'dynamics' ? 'entra' : checked, detail: error.message, fix: error.message };
  if (!(error instanceof RemoteError)) return undefined;
  const answer = [error.status, error.code].filter((word) => word !== null).join(' ') || 'no answer';
  const detail = `${answer} to "${error.operation}"`;
  if (error.kind === 'limited')
    return { system: error.system, status: 'warn', detail, fix: 'Wait a moment, then run the ping again.' };
  return { system: error.system, detail, fix: error.advice };
}
