import { continueAsNew, proxyActivities, setCurrentDetails, workflowInfo } from '@temporalio/workflow';
import { SWEEP_PARTS, type SweepPart } from '../../domain/operations/sweep.ts';
import type { SweepStoreResult } from '../contract.ts';
import { stepOptions } from '../step-proxy.ts';
import type { HousekeepingSteps } from '../steps.ts';

const SUMMARIES: Readonly<Record<SweepPart, string>> = {
  runs: 'Delete old runs',
  events: 'Delete old events, except the keys by which repeated events are recognized',
  tickets: 'Delete old closed tickets that no annotation needs',
  audit: 'Delete old entries of the audit',
  access: 'Delete revoked tokens and consents that were not completed',
  alerts: 'Delete old alerts, and deliver waiting ones',
};

/**
 * Deletes rows whose retention period (LEDGERDESK_RETENTION_DAYS) is over, in small batches, one part after the other.
 * `erased` is for continue-as-new.
 */
export async function sweepStore({
  erased = {},
}: { readonly erased?: SweepStoreResult } = {}): Promise<SweepStoreResult> {
  let sum = erased;
  for (const part of SWEEP_PARTS) {
    if (sum[part] !== undefined) continue;
    sum = { ...sum, [part]: await sweepPart(part) };
    setCurrentDetails(describe(sum));
    if (workflowInfo().continueAsNewSuggested) await continueAsNew<typeof sweepStore>({ erased: sum });
  }
  return sum;
}

async function sweepPart(part: SweepPart): Promise<number> {
  const { sweep } = proxyActivities<HousekeepingSteps>(stepOptions(SUMMARIES[part], 'housekeeping'));
  let count = 0;
  let after: string | null = '';
  while (after !== null) {
    const step: Awaited<ReturnType<typeof sweep>> = await sweep({ part, after });
    count += step.erased;
    after = step.after;
  }
  return count;
}

function describe(erased: SweepStoreResult): string {
  return `Deleted: ${Object.entries(erased)
    .map(([part, count]) => `${count} ${part}`)
    .join(', ')}`;
}
