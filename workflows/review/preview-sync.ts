import { ApplicationFailure, continueAsNew, workflowInfo } from '@temporalio/workflow';
import { addSearchAttributes } from '../add-search-attributes.ts';
import type { MasterProgress, PreviewSyncInput, PreviewSyncResult } from '../contract.ts';
import { endsTheRun, runError } from '../problem.ts';
import { createSteps } from '../step-proxy.ts';
import { concludeRun } from '../sync/conclude.ts';
import { BEGINNING, STAGES, type MasterRun } from '../sync/master-stages.ts';
import { ownRun } from '../sync/own-run.ts';

const BUSY_WAIT_MS = 3_000;

/**
 * Makes a plan of what a sync would write, and writes nothing on either side: reads every legal entity and what has
 * changed in Zendesk like a sync, and then plans on copies. It waits for a run that is under way. Reasons that concern
 * single legal entities become warnings of the plan.
 */
export async function previewSync(input: PreviewSyncInput): Promise<PreviewSyncResult> {
  addSearchAttributes(input.connectionId, input.legalEntity);
  const proxy = createSteps(input.connectionId);
  const run = ownRun(input);
  const preview: MasterRun = { run, proxy, input };
  if (input.progress === undefined) await begin(preview);
  const state = { progress: input.progress ?? BEGINNING };
  const waitedMs = (): number => state.progress.waitedMs + proxy.waitedMs();
  const plan: { made: PreviewSyncResult | null } = { made: null };
  await concludeRun({ steps: proxy.steps, waitedMs }, run, async () => {
    await readBothSides(preview, state);
    const { problems, entities, incompleteEntities } = state.progress;
    const isUseless = entities.length === 0 || problems.some(endsTheRun);
    if (isUseless && problems.length > 0) return { error: runError(problems), waitedMs: waitedMs() };
    const asked = { ...run, why: ['asked'], incompleteEntities, problems };
    plan.made = await proxy.steps.makePlan(asked, 'Plan all changes, without writing them');
    return { error: null, waitedMs: waitedMs() };
  });
  if (plan.made === null) throw ApplicationFailure.nonRetryable('The preview ended without a plan.', 'failed');
  return plan.made;
}

async function begin({ proxy: { steps, pause }, run, input }: MasterRun): Promise<void> {
  const scope = { legalEntity: input.legalEntity?.toLowerCase(), full: input.full ?? false, acceptShrink: false };
  for (;;) {
    const begun = await steps.beginRun({ ...run, ...scope, kind: 'preview' }, 'Begin the preview');
    if (begun.state === 'begun') return;
    await pause(BUSY_WAIT_MS, 'Another run of this connection must end first');
  }
}

/** Reads F&O, and then, level by level, what has changed in Zendesk. */
async function readBothSides(preview: MasterRun, state: { progress: MasterProgress }): Promise<void> {
  for (;;) {
    const { stage, level, levels, problems } = state.progress;
    if (stage === 'done' || problems.some(endsTheRun)) return;
    if (stage === 'rank') {
      if (level + 1 === levels.length) return;
      state.progress = { ...state.progress, stage: 'changes', level: level + 1, after: '' };
      continue;
    }
    state.progress = await STAGES[stage](preview, state.progress);
    if (workflowInfo().continueAsNewSuggested) {
      const waitedMs = state.progress.waitedMs + preview.proxy.waitedMs();
      await continueAsNew<typeof previewSync>({
        ...(preview.input as PreviewSyncInput),
        progress: { ...state.progress, waitedMs },
      });
    }
  }
}
