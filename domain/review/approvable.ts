import type { PlanStatus } from './plan.ts';

/** The part of a plan that decides whether it can be approved. */
export interface ApprovablePlan {
  readonly planId: string;
  readonly connectionId: string;
  readonly status: PlanStatus;
  readonly hash: string;
  readonly expiresAt: string;
}

/**
 * Returns why a plan cannot be approved by this hash; undefined if it can. A plan that was approved by the same hash
 * before is not refused, because the approval may have been repeated after a lost answer.
 */
export function whyNotApprovable(plan: ApprovablePlan, hash: string): { code: string; message: string } | undefined {
  const { planId, connectionId, status } = plan;
  const again = `To make a new plan, run: ledgerdesk preview ${connectionId}`;
  if (hash !== plan.hash) {
    const message = `The hash is not that of plan ${planId}. Check what you approve: ledgerdesk plan ${planId}`;
    return { code: 'hash_differs', message };
  }
  if (status === 'expired')
    return { code: 'plan_expired', message: `The plan ${planId} expired at ${plan.expiresAt}. ${again}` };
  if (status === 'superseded') {
    const message = `Another plan of the same records was applied, or the settings changed, since plan ${planId} was made. ${again}`;
    return { code: 'plan_superseded', message };
  }
  if (status === 'discarded') return { code: 'plan_discarded', message: `The plan ${planId} was discarded. ${again}` };
  return undefined;
}
