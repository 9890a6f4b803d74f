import { RemoteError } from '../../../clients/errors.ts';
import { keyOf } from '../../../domain/sync/record.ts';
import type { JobToSubmit, NextJob } from '../../../store/sync/jobs.ts';
import type { SliceRef, Steps } from '../../../workflows/steps.ts';
import type { StepContext } from '../../dependencies.ts';
import { targetOf } from '../../targets.ts';
import { createSingly, isBulkForbidden, type SingleTarget } from './create-singly.ts';
import { openSlice, type OpenSlice } from '../open-slice.ts';
import type { Target } from '../target.ts';

/** Jobs per step: enough to keep histories short, few enough that few rows must be looked up if a worker is lost. */
const JOBS_PER_STEP = 25;
/** Jobs per step whose records are created one by one, so that the step stays far below its time limit. */
const SINGLE_JOBS_PER_STEP = 3;

/** Submits bulk jobs. Stores each job before it submits it. `clarifyJobs` clarifies a job that gets no answer. */
export async function submitJobs(context: StepContext, ref: SliceRef): ReturnType<Steps['submitJobs']> {
  const { store } = context;
  const slice = await openSlice(store, ref);
  for (const { no } of await store.jobs.list(slice, ['submitting'])) await store.jobs.unsure(no);
  let next: NextJob | undefined;
  let single = 0;
  for (let count = 0; count < JOBS_PER_STEP && single < SINGLE_JOBS_PER_STEP; count += 1) {
    if ((await store.jobs.list(slice, ['unsure'])).length > 0) {
      return { open: 0, left: true, unsure: true, more: true };
    }
    next = await store.jobs.next(slice.connectionId, slice);
    if (next === 'none' || next === 'full') break;
    if (await submit(context, slice, next.job)) single += 1;
  }
  const open = await store.jobs.list(slice, ['open']);
  return { open: open.length, left: next !== 'none', unsure: false, more: typeof next === 'object' };
}

/** Submits a job. Returns whether its records were created one by one. */
async function submit(context: StepContext, slice: OpenSlice, job: JobToSubmit): Promise<boolean> {
  const target = targetOf(slice.target);
  const isSingle = job.operation === 'create' && isSingleTarget(target);
  try {
    if ((await target.recheckAdoptions?.(context, slice, job)) === true) return false;
    if (!isSingle || !(await isBulkForbidden(context, slice))) return await submitBulk(context, slice, { job, target });
    await createSingly(context, slice, { target, job });
    return true;
  } catch (error) {
    await afterFailure(context, slice, { job, error });
    return false;
  }
}

function isSingleTarget(target: Target): target is SingleTarget {
  return target.createOne !== undefined;
}

/**
 * Submits a bulk job. Zendesk answers 403 to bulk creation of users unless it is enabled for the account (Zendesk docs,
 * Users).
 */
async function submitBulk(
  context: StepContext,
  slice: OpenSlice,
  { job, target }: { job: JobToSubmit; target: Target },
): Promise<boolean> {
  const { store, remote } = context;
  try {
    const status = await remote(({ zendesk }) =>
      job.operation === 'create'
        ? target.create(zendesk, job.rows, slice.spec)
        : target.update(zendesk, job.rows, slice.spec),
    );
    await store.jobs.opened(job.no, status.id);
    return false;
  } catch (error) {
    const isForbidden = error instanceof RemoteError && error.kind === 'forbidden';
    if (!isForbidden || job.operation !== 'create' || !isSingleTarget(target)) throw error;
    await createSingly(context, slice, { target, job });
    return true;
  }
}

/** Updates the rows of a failed submission. Throws the errors that the workflow must handle, such as a rate limit. */
async function afterFailure(
  { store }: StepContext,
  slice: OpenSlice,
  failed: { job: JobToSubmit; error: unknown },
): Promise<void> {
  const { job, error } = failed;
  const kind = error instanceof RemoteError && error.system === 'zendesk' ? error.kind : undefined;
  if (kind === 'unsure') return store.jobs.unsure(job.no, isServerError(error));
  if (kind === 'refused' && error instanceof RemoteError) {
    if (job.rows.length > 1) return store.jobs.returnRows(job.no, { smaller: true });
    const refusal = error.detail;
    const transitions = job.rows.map(({ record }) => ({ ...keyOf(record), state: 'refused' as const, refusal }));
    return store.changes.record(slice, { transitions, job: job.no });
  }
  await store.jobs.returnRows(job.no, { smaller: false });
  throw error;
}

/** Returns whether Zendesk, or a gateway in front of it, answered with a server error. */
function isServerError(error: unknown): boolean {
  return error instanceof RemoteError && (error.status ?? 0) >= 500;
}
