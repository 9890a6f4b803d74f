import { FarSystemError, type FarSystem } from '../../../clients/errors.ts';
import type { PingCheck } from '../../../domain/connection/ping-check.ts';
import { ConnectionProblem } from '../../../store/connection/connections.ts';
import { GateClosed } from '../../../store/connection/rate-gates.ts';

/** What a look at a system came to. */
export type Finding = Pick<PingCheck, 'status' | 'detail'> & { readonly fix?: string };

/** One thing to look at: its name, the system it is about, and the look, which may fail. */
export interface Look {
  readonly name: string;
  readonly system: FarSystem;
  readonly look: () => Promise<Finding>;
  /** A failure of this is only worth a warning: nothing that a sync needs depends on it. */
  readonly optional?: boolean;
}

/** Looks, and turns whatever goes wrong into a check that says what to do; the system that failed is the one to be mended. */
export async function check(
  { name, system, look, optional = false }: Look,
  onFailure: (error: FarSystemError) => void,
): Promise<PingCheck> {
  try {
    const { status, detail, fix = '' } = await look();
    return { name, system, status, detail, fix };
  } catch (error) {
    if (error instanceof FarSystemError) onFailure(error);
    const failed = failureOf(error, system);
    if (failed === undefined) throw error;
    return { name, system, status: optional ? 'warn' : 'fail', ...failed };
  }
}

/** A finding that all is well. */
export function ok(detail: string): Finding {
  return { status: 'ok', detail };
}

type Failure = Pick<PingCheck, 'detail' | 'fix'> & Partial<PingCheck>;

function failureOf(error: unknown, asked: FarSystem): Failure | undefined {
  if (error instanceof GateClosed) {
    const system = error.system as FarSystem;
    return { system, status: 'warn', detail: error.message, fix: 'Wait until then, and ping again.' };
  }
  // What a connection lacks is a credential, and that of F&O is Entra's to judge.
  if (error instanceof ConnectionProblem)
    return { system: asked === 'dynamics' ? 'entra' : asked, detail: error.message, fix: error.message };
  if (!(error instanceof FarSystemError)) return undefined;
  const answer = [error.status, error.code].filter((word) => word !== null).join(' ') || 'no answer';
  const detail = `${answer} to "${error.operation}"`;
  if (error.kind === 'limited')
    return { system: error.system, status: 'warn', detail, fix: 'Wait a moment, and ping again.' };
  return { system: error.system, detail, fix: error.advice };
}
