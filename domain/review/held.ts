import type { PlanLimit } from './plan.ts';

/** The codes of held runs: a limit is exceeded, or every run needs an approval. */
export type HeldCode = 'limits_exceeded' | 'approval_required';

/** Why a run is held. `reason` is a sentence. */
export interface Held {
  readonly code: HeldCode;
  readonly reason: string;
}

/** Returns why a run is held whose plan exceeds limits; undefined if it exceeds none. */
export function heldByLimits(limits: readonly PlanLimit[]): Held | undefined {
  const tripped = limits.filter((limit) => limit.tripped);
  if (tripped.length === 0) return undefined;
  const numbers = tripped.map(({ name, planned, allowed }) => `${name} ${planned} (at most ${allowed})`);
  const also = 'Changes by events since the last sync are included.';
  return {
    code: 'limits_exceeded',
    reason: `This sync would exceed the limits of the connection: it would ${numbers.join(', ')}. ${also}`,
  };
}

/** Returns why a run is held that would change something, although every run needs an approval. */
export function heldForApproval(operations: number): Held {
  return {
    code: 'approval_required',
    reason: `This sync would make ${operations} change(s), and review.every is "ask".`,
  };
}

/** Returns the error of a held run, which names its plan and the commands. */
export function heldError(
  { code, reason }: Held,
  { connectionId, planId, hash }: { readonly connectionId: string; readonly planId: string; readonly hash: string },
): { readonly code: HeldCode; readonly message: string } {
  return {
    code,
    message: `${reason} Nothing was written. To see the changes, run \`ledgerdesk plan ${planId} --changes\`. If they are right, approve the plan with \`ledgerdesk approve ${planId} --hash ${hash}\`, or let one sync go with \`ledgerdesk sync ${connectionId} --accept-limits\`.`,
  };
}
