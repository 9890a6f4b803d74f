import {
  CancellationScope,
  continueAsNew,
  isCancellation,
  setCurrentDetails,
  workflowInfo,
} from '@temporalio/workflow';
import type { Problem, SyncLegalEntityInput, SyncLegalEntityResult } from '../contract.ts';
import { endsTheRun, problemOf } from '../problem.ts';
import { createSteps, type StepProxy } from '../step-proxy.ts';
import type { SliceRef } from '../steps.ts';
import { applyChanges, drainJobs, type Applied } from './apply-changes.ts';

/**
 * Does one stage of one legal entity of a run: either reads its records into the store and accepts a complete reading,
 * or plans and applies their changes. The progress is in the store, so a new history continues where the old one
 * stopped.
 */
export async function syncLegalEntity(input: SyncLegalEntityInput): Promise<SyncLegalEntityResult> {
  const proxy = createSteps(input.connectionId, input.waitedMs);
  return input.stage === 'read' ? readAll(proxy, input) : applyAll(proxy, input);
}

const isLong = (): boolean => workflowInfo().continueAsNewSuggested;

function sliceOf({ runId, connectionId, runWorkflowId, legalEntity }: SyncLegalEntityInput, kind: string): SliceRef {
  return { runId, connectionId, workflowId: runWorkflowId, legalEntity, kind };
}

function continueRun(proxy: StepProxy, input: SyncLegalEntityInput): Promise<never> {
  return continueAsNew<typeof syncLegalEntity>({ ...input, waitedMs: proxy.waitedMs() });
}

/**
 * Reads the kinds of a legal entity. If a dependent kind fails, or a kind for a reason that concerns no other kind, its
 * problem is reported, and the other kinds continue.
 */
async function readAll(proxy: StepProxy, input: SyncLegalEntityInput): Promise<SyncLegalEntityResult> {
  const notRead: { kind: string; problem: Problem }[] = [];
  for (const kind of [...input.kinds, ...input.dependentKinds]) {
    const result = await readKind(proxy, sliceOf(input, kind), input);
    if (result === 'long') return continueRun(proxy, input);
    if (result !== 'done') notRead.push({ kind, problem: result });
  }
  return { waitedMs: proxy.waitedMs(), notRead, fieldsChanged: false };
}

/** Codes that concern only the entity set of one kind. */
const CONCERNS_ONE_KIND = new Set(['column_missing']);

async function readKind(
  proxy: StepProxy,
  slice: SliceRef,
  input: SyncLegalEntityInput,
): Promise<'done' | 'long' | Problem> {
  try {
    return await readSlice(proxy, slice);
  } catch (error) {
    const problem = problemOf(error);
    const isAlone = input.dependentKinds.includes(slice.kind) || CONCERNS_ONE_KIND.has(problem.code);
    if (isCancellation(error) || endsTheRun(problem) || !isAlone) throw error;
    const { legalEntity, kind } = slice;
    const reading = { ...slice, kinds: [kind] };
    await proxy.steps.discardReading(reading, `${legalEntity}: discard the failed reading of ${kind}s`);
    return problem;
  }
}

async function readSlice({ steps }: StepProxy, slice: SliceRef): Promise<'done' | 'long'> {
  const what = `${slice.legalEntity} ${slice.kind}s`;
  let read = 0;
  for (let page = 1; ; page += 1) {
    if (isLong()) return 'long';
    const result = await steps.readRecordsPage(slice, `${what}: read page ${page} from Dynamics 365`);
    read += result.read;
    setCurrentDetails(`${what}: ${read} read`);
    if (result.done) break;
  }
  await steps.acceptReading(slice, `${what}: check that the reading is complete`);
  return 'done';
}

async function applyAll(proxy: StepProxy, input: SyncLegalEntityInput): Promise<SyncLegalEntityResult> {
  let [fieldsChanged, isDeferred] = [input.fieldsChanged ?? false, false];
  for (const kind of input.kinds) {
    const applied = await applySlice(proxy, sliceOf(input, kind), input);
    fieldsChanged ||= applied.fieldsChanged;
    isDeferred ||= applied.isDeferred;
    if (applied.isLong) return continueRun(proxy, { ...input, fieldsChanged });
  }
  return { waitedMs: proxy.waitedMs(), notRead: [], fieldsChanged, ...(isDeferred && { isDeferred }) };
}

async function applySlice(
  proxy: StepProxy,
  slice: SliceRef,
  { incompleteEntities }: SyncLegalEntityInput,
): Promise<Applied> {
  try {
    return await applyChanges(proxy, slice, { incompleteEntities, isLong });
  } catch (error) {
    if (isCancellation(error)) await CancellationScope.nonCancellable(() => drainJobs(proxy, slice));
    throw error;
  }
}
