import { RemoteError, type RemoteSystem } from '../../../clients/errors.ts';
import type { PingCheck } from '../../../domain/connection/ping-check.ts';
import { ConnectionStateError } from '../../../store/connection/connections.ts';
import { GateClosedError } from '../../../store/connection/rate-gates.ts';

/** The result of one check. */
export type CheckResult = Pick<PingCheck, 'status' | 'detail'> & { readonly fix?: string };

/** One check of a ping: its name, the system that it is about, and what it does, which may fail. */
export interface Check {
  readonly name: string;
  readonly system: RemoteSystem;
  readonly run: () => Promise<CheckResult>;
  /** Whether a failure is only worth a warning, since nothing that a sync needs depends on it. */
  readonly optional?: boolean;
}

/** Runs a check, and turns a failure into a result that says what to do. The system that failed is the one to fix. */
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

/** Returns the result of a check that found nothing to fix. */
export function ok(detail: string): CheckResult {
  return { status: 'ok', detail };
}

type Failure = Pick<PingCheck, 'detail' | 'fix'> & Partial<PingCheck>;

function failureOf(error: unknown, asked: RemoteSystem): Failure | undefined {
  if (error instanceof GateClosedError) {
    const system = error.system as RemoteSystem;
    return { system, status: 'warn', detail: error.message, fix: 'Wait until then, and ping again.' };
  }
  // What a connection lacks is a credential, and Entra is the one that would accept that of F&O.
  if (error instanceof ConnectionStateError)
    return { system: asked === 'dynamics' ? 'entra' : asked, detail: error.message, fix: error.message };
  if (!(error instanceof RemoteError)) return undefined;
  const answer = [error.status, error.code].filter((word) => word !== null).join(' ') || 'no answer';
  const detail = `${answer} to "${error.operation}"`;
  if (error.kind === 'limited')
    return { system: error.system, status: 'warn', detail, fix: 'Wait a moment, and ping again.' };
  return { system: error.system, detail, fix: error.advice };
}
