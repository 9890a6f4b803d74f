import { continueAsNew, proxyActivities, setCurrentDetails, workflowInfo } from '@temporalio/workflow';
import { SWEEP_PARTS, type SweepPart } from '../../domain/operations/sweep.ts';
import type { SweepStoreResult } from '../contract.ts';
import { stepOptions } from '../step-proxy.ts';
import type { HousekeepingSteps } from '../steps.ts';

const SUMMARIES: Readonly<Record<SweepPart, string>> = {
  runs: 'Erase runs that ended long ago',
  events: 'Erase events that came in long ago, but not the memory that they did',
  tickets: 'Erase closed tickets that no annotation needs',
  audit: 'Erase old entries of the audit',
  access: 'Erase revoked tokens and consents that nobody completed',
  alerts: 'Erase old alerts, and deliver those that are waiting',
};

/**
 * Erases what is older than it is kept (LEDGERDESK_RETENTION_DAYS), in small batches, one part after the other. `erased` is for
 * continue-as-new.
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
  return `Erased: ${Object.entries(erased)
    .map(([part, count]) => `${count} ${part}`)
    .join(', ')}`;
}
