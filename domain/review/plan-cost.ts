import { firstSyncCost } from '../connection/first-sync-cost.ts';
import type { PlanCost, PlanSlice } from './plan.ts';

/**
 * Estimates the cost of applying a plan: reading both sides again, and writing in bulk jobs. `perMinute` is the number
 * of requests a minute that Ledgerdesk may make, null if it is unknown.
 */
export function planCost(at: {
  readonly slices: readonly PlanSlice[];
  readonly missingFields: number;
  readonly perMinute: number | null;
}): PlanCost {
  const { slices, missingFields, perMinute } = at;
  const writes = slices.map(({ create, update, adopt, retire }) => create + update + adopt + retire);
  const { zendesk } = firstSyncCost({ slices: writes, organizations: 0, missingFields }, null);
  // Bulk jobs write no tags of organizations that exist, so each adopted one needs a further request.
  const tags = slices.reduce((sum, { adopt }) => sum + adopt, 0);
  const { dynamics } = firstSyncCost({ slices: slices.map(({ read }) => read), organizations: 0 }, null);
  const requests = zendesk + tags;
  return {
    dynamics,
    zendesk: requests,
    minutes: perMinute === null ? 1 : Math.max(1, Math.ceil(requests / perMinute)),
  };
}
