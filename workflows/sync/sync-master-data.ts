import { continueAsNew, setCurrentDetails, workflowInfo } from '@temporalio/workflow';
import { concludeRun, type Conclusion } from './conclude.ts';
import type { SyncMasterDataInput, SyncMasterDataResult } from '../contract.ts';
import { describeTotals } from './details.ts';
import { makeFindable } from '../make-findable.ts';
import { BEGINNING, STRETCHES, type MasterRun } from './master-stages.ts';
import { ownRun } from './own-run.ts';
import { createPerformer } from '../step-proxy.ts';
import { endsTheRun, runError } from '../problem.ts';

const BUSY_WAIT_MS = 3_000;

/**
 * The master sync of a connection: reads every legal entity into the store, settles external ids and names once for all,
 * then applies the changes per legal entity. One entity that fails does not stop the others; the run then ends as failed,
 * with a sentence for each. When another run has the connection, this one joins it, or waits for it if it asks for more.
 */
export async function syncMasterData(input: SyncMasterDataInput): Promise<SyncMasterDataResult> {
  makeFindable(input.connectionId, input.legalEntity);
  const onWait = (reason: string | null): void => setCurrentDetails(reason ?? '');
  const performer = createPerformer({ fairnessKey: input.connectionId, waitedMs: 0, onWait });
  const run = ownRun(input.connectionId);
  const master: MasterRun = { run, performer, input };
  const joined = input.progress === undefined ? await begin(master) : null;
  if (joined !== null) return { joined };
  return { runId: run.runId, totals: await concludeRun(performer, run, () => goThrough(master)) };
}

/** Takes the connection for this run; answers the run that already does the same, if there is one. */
async function begin({ performer, run, input }: MasterRun): Promise<string | null> {
  const scope = {
    legalEntity: input.legalEntity?.toLowerCase(),
    full: input.full ?? false,
    acceptShrink: input.acceptShrink ?? false,
  };
  for (;;) {
    const begun = await performer.perform('beginRun', { ...run, ...scope, kind: 'master' }, 'Begin the run');
    if (begun.state === 'begun') return null;
    if (begun.state === 'joined') return begun.runId;
    await performer.pause(BUSY_WAIT_MS, `Run ${begun.runId} of this connection must end first`);
  }
}

async function goThrough(master: MasterRun): Promise<Conclusion> {
  const { performer, run, input } = master;
  let progress = input.progress ?? BEGINNING;
  while (progress.stage !== 'done') {
    progress = await STRETCHES[progress.stage](master, progress);
    if (progress.problems.some(endsTheRun)) break;
    if (progress.stage === 'apply') {
      setCurrentDetails(describeTotals(await performer.perform('countOutcomes', run, 'Count what was read')));
    }
    if (workflowInfo().continueAsNewSuggested) {
      const waitedMs = progress.waitedMs + performer.waitedMs();
      await continueAsNew<typeof syncMasterData>({ ...input, progress: { ...progress, waitedMs } });
    }
  }
  return { error: runError(progress.problems), waitedMs: progress.waitedMs + performer.waitedMs() };
}
