import {
  CancellationScope,
  continueAsNew,
  isCancellation,
  setCurrentDetails,
  workflowInfo,
} from '@temporalio/workflow';
import { applyChanges, drainJobs } from './apply-changes.ts';
import type { Problem, SyncLegalEntityInput, SyncLegalEntityResult } from '../contract.ts';
import { createPerformer, type Performer } from '../step-proxy.ts';
import { endsTheRun, problemOf } from '../problem.ts';
import type { SliceRef } from '../steps.ts';

/**
 * One wave of one legal entity of a run: either reads its records into the store and judges whether the reading is
 * complete, or applies what was planned for them. Where it stands is in the store, so a new history begins where the
 * old one stopped.
 */
export async function syncLegalEntity(input: SyncLegalEntityInput): Promise<SyncLegalEntityResult> {
  const onWait = (reason: string | null): void => setCurrentDetails(reason ?? '');
  const performer = createPerformer({ fairnessKey: input.connectionId, waitedMs: input.waitedMs, onWait });
  for (const slice of slicesOf(input)) {
    const state =
      input.wave === 'read' ? await read(performer, slice, input) : await applySlice(performer, slice, input);
    if (typeof state !== 'string') return { waitedMs: performer.waitedMs(), contactsProblem: state };
    if (state === 'long') return continueAsNew<typeof syncLegalEntity>({ ...input, waitedMs: performer.waitedMs() });
  }
  return { waitedMs: performer.waitedMs(), contactsProblem: null };
}

function slicesOf({ runId, connectionId, runWorkflowId, legalEntity, kinds }: SyncLegalEntityInput): SliceRef[] {
  return kinds.map((kind) => ({ runId, connectionId, workflowId: runWorkflowId, legalEntity, kind }));
}

/** Reads a slice. Contacts come last, and accounts do not wait for them: why they could not be read is only told. */
async function read(
  performer: Performer,
  slice: SliceRef,
  input: SyncLegalEntityInput,
): Promise<'done' | 'long' | Problem> {
  if (slice.kind !== 'contact') return readSlice(performer, slice, input);
  try {
    return await readSlice(performer, slice, input);
  } catch (error) {
    const problem = problemOf(error);
    if (isCancellation(error) || endsTheRun(problem)) throw error;
    const reading = { ...slice, kinds: [slice.kind] };
    await performer.perform('discardReading', reading, `${slice.legalEntity}: forget the failed reading of contacts`);
    return problem;
  }
}

const isLong = (): boolean => workflowInfo().continueAsNewSuggested;

async function readSlice(performer: Performer, slice: SliceRef, input: SyncLegalEntityInput): Promise<'done' | 'long'> {
  const what = `${slice.legalEntity} ${slice.kind}s`;
  let read = 0;
  for (let page = 1; ; page += 1) {
    if (isLong()) return 'long';
    const got = await performer.perform('readRecordsPage', slice, `${what}: read page ${page} from Dynamics 365`);
    read += got.read;
    setCurrentDetails(`${what}: ${read} read`);
    if (got.done) break;
  }
  const judged = { ...slice, acceptShrink: input.acceptShrink };
  await performer.perform('acceptReading', judged, `${what}: judge whether the reading is complete`);
  return 'done';
}

async function applySlice(
  performer: Performer,
  slice: SliceRef,
  input: SyncLegalEntityInput,
): Promise<'done' | 'long'> {
  try {
    return await applyChanges(performer, slice, { unread: input.unread, isLong });
  } catch (error) {
    if (isCancellation(error)) await CancellationScope.nonCancellable(() => drainJobs(performer, slice));
    throw error;
  }
}
