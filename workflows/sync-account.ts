import { setCurrentDetails, workflowInfo } from '@temporalio/workflow';
import type { Totals } from '../domain/outcome.ts';
import { applyChanges } from './apply-changes.ts';
import { concludeRun } from './conclude.ts';
import type { SyncAccountInput } from './contract.ts';
import { createPerformer } from './perform.ts';

/**
 * The resync of one account or contact: reads it again from F&O and takes it through the same steps as a master sync, with
 * the external id and name that are reserved for it. A record that F&O no longer has keeps its organization or user.
 */
export async function syncAccount(input: SyncAccountInput): Promise<Totals> {
  const { workflowId, runId, firstExecutionRunId } = workflowInfo();
  const onWait = (reason: string | null): void => setCurrentDetails(reason ?? '');
  const performer = createPerformer({ fairnessKey: input.connectionId, waitedMs: 0, onWait });
  const run = {
    runId: firstExecutionRunId === '' ? runId : firstExecutionRunId,
    connectionId: input.connectionId,
    workflowId,
  };
  await performer.perform(
    'beginRun',
    { ...run, kind: 'account', full: false, acceptShrink: false },
    'Begin the resync',
  );
  return concludeRun(performer, run, async () => {
    const slice = { ...run, legalEntity: input.legalEntity.toLowerCase(), kind: input.kind };
    const what = input.kind === 'contact' ? 'contact' : 'account';
    const staged = { ...slice, key: input.accountNumber };
    const { found, unread } = await performer.perform('stageRecord', staged, `Read the ${what} from Dynamics 365`);
    if (found) await applyChanges(performer, slice, { unread, isLong: () => false });
    return { error: null, waitedMs: performer.waitedMs() };
  });
}
