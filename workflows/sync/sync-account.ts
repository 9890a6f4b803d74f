import { setCurrentDetails } from '@temporalio/workflow';
import type { Totals } from '../../domain/sync/outcome.ts';
import type { SyncAccountInput } from '../contract.ts';
import { makeFindable } from '../make-findable.ts';
import { ownRun } from './own-run.ts';
import { createPerformer } from '../step-proxy.ts';
import { syncRecord } from './sync-record.ts';

/** The resync of one account or contact, started by a person or by a retry. */
export async function syncAccount(input: SyncAccountInput): Promise<Totals> {
  makeFindable(input.connectionId, input.legalEntity);
  const onWait = (reason: string | null): void => setCurrentDetails(reason ?? '');
  const performer = createPerformer({ fairnessKey: input.connectionId, waitedMs: 0, onWait });
  return (await syncRecord(performer, ownRun(input.connectionId), input)).totals;
}
