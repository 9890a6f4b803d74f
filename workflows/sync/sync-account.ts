import type { Totals } from '../../domain/sync/outcome.ts';
import type { SyncAccountInput } from '../contract.ts';
import { makeFindable } from '../make-findable.ts';
import { createSteps } from '../step-proxy.ts';
import { ownRun } from './own-run.ts';
import { syncRecord } from './sync-record.ts';

/** Synchronizes one record again, started by a person or by a retry. */
export async function syncAccount(input: SyncAccountInput): Promise<Totals> {
  makeFindable(input.connectionId, input.legalEntity);
  const proxy = createSteps(input.connectionId);
  return (await syncRecord(proxy, ownRun({ connectionId: input.connectionId }), input)).totals;
}
