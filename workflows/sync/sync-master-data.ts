import { continueAsNew, setCurrentDetails, workflowInfo } from '@temporalio/workflow';
import { concludeRun, type Conclusion } from './conclude.ts';
import type { MasterProgress, SyncMasterDataInput, SyncMasterDataResult } from '../contract.ts';
import { describeTotals } from './details.ts';
import { addSearchAttributes } from '../add-search-attributes.ts';
import { BEGINNING, STAGES, type MasterRun } from './master-stages.ts';
import { ownRun } from './own-run.ts';
import { withoutGo } from './without-go.ts';
import { createSteps } from '../step-proxy.ts';
import { endsTheRun, runError } from '../problem.ts';

const BUSY_WAIT_MS = 3_000;

/**
 * Synchronizes the master data of a connection: reads every legal entity into the store, reserves external ids and
 * names for all records, and applies the changes per legal entity. A legal entity that fails does not stop the others,
 * but the run ends as failed, with a sentence for each. If another run holds the connection, this one joins it, or
 * waits if it has to do more.
 */
export async function syncMasterData(input: SyncMasterDataInput): Promise<SyncMasterDataResult> {
  addSearchAttributes(input.connectionId, input.legalEntity);
  const proxy = createSteps(input.connectionId);
  const run = ownRun(input);
  const master: MasterRun = { run, proxy, input };
  const ended = input.progress === undefined ? await begin(master) : null;
  if (ended !== null) return ended;
  const state = { progress: input.progress ?? BEGINNING };
  const waitedMs = (): number => state.progress.waitedMs + proxy.waitedMs();
  const totals = await concludeRun({ steps: proxy.steps, waitedMs }, run, async () => {
    await runStages(master, state);
    return conclusionOf(state.progress, waitedMs());
  });
  const { held } = state.progress;
  return { runId: run.runId, totals, ...(held !== undefined && { held: held.planId }) };
}

/** Legal entities that could not be read are part of the message of a held run. */
function conclusionOf({ held, problems }: MasterProgress, waitedMs: number): Conclusion {
  if (held === undefined) return { error: runError(problems), waitedMs };
  const { code, message, planId } = held;
  const failed = runError(problems);
  return { error: { code, message: failed === null ? message : `${message} ${failed.message}` }, planId, waitedMs };
}

/**
 * Takes the connection for this run. Returns a result if the run ends at once: another one already does the same, or
 * nobody has given the go.
 */
async function begin({ proxy: { steps, pause }, run, input }: MasterRun): Promise<SyncMasterDataResult | null> {
  const scope = {
    legalEntity: input.legalEntity?.toLowerCase(),
    full: input.full ?? false,
    acceptShrink: input.acceptShrink ?? false,
  };
  for (;;) {
    const begun = await steps.beginRun({ ...run, ...scope, kind: 'master' }, 'Begin the run');
    if (begun.state === 'begun') return null;
    if (begun.state === 'joined') return { joined: begun.runId };
    if (begun.state === 'no_go') return withoutGo(begun.message);
    await pause(BUSY_WAIT_MS, `Run ${begun.runId} of this connection must end first`);
  }
}

/** Runs the stages that are left, and keeps the progress in `state`. */
async function runStages(master: MasterRun, state: { progress: MasterProgress }): Promise<void> {
  const { proxy, run, input } = master;
  while (state.progress.stage !== 'done') {
    const progress = await STAGES[state.progress.stage](master, state.progress);
    state.progress = progress;
    if (progress.problems.some(endsTheRun)) break;
    if (progress.stage === 'apply' && progress.level === 0) {
      setCurrentDetails(describeTotals(await proxy.steps.countOutcomes(run, 'Count the records that were read')));
    }
    if (workflowInfo().continueAsNewSuggested) {
      const waitedMs = progress.waitedMs + proxy.waitedMs();
      await continueAsNew<typeof syncMasterData>({ ...input, progress: { ...progress, waitedMs } });
    }
  }
}
