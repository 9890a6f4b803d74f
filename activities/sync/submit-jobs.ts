import { FarSystemError } from '../../clients/errors.ts';
import type { JobToSubmit, NextJob } from '../../store/sync/jobs.ts';
import type { SliceRef, Steps } from '../../workflows/steps.ts';
import { createUsersSingly } from '../contacts/create-users-singly.ts';
import type { StepContext } from '../dependencies.ts';
import { findDoubtfulAdoptions } from '../accounts/find-doubtful-adoptions.ts';
import { targetOf } from '../targets.ts';

/** Jobs per step: enough to keep histories short, few enough that a lost worker leaves little to look up. */
const JOBS_PER_STEP = 25;
/** The same of jobs whose users are created one by one: so that a step stays far from its time limit. */
const SINGLE_JOBS_PER_STEP = 3;

/** Submits bulk jobs. Each is written down before it is asked for; one that gets no answer is left for `clarifyJobs`. */
export async function submitJobs(context: StepContext, slice: SliceRef): ReturnType<Steps['submitJobs']> {
  const { store } = context;
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

/** Submits a job; answers whether its users were created one by one. */
async function submit(context: StepContext, slice: SliceRef, job: JobToSubmit): Promise<boolean> {
  try {
    if (await findDoubtfulAdoptions(context, slice, job)) return false;
    if (!(await isCreateOfUsersSingly(context, slice, job))) return await submitBulk(context, slice, job);
    await createUsersSingly(context, slice, job);
    return true;
  } catch (error) {
    await afterFailure(context, slice, { job, error });
    return false;
  }
}

async function submitBulk(context: StepContext, slice: SliceRef, job: JobToSubmit): Promise<boolean> {
  const { store, far } = context;
  const target = targetOf(slice.kind);
  try {
    const status = await far(({ zendesk }) =>
      job.operation === 'create' ? target.create(zendesk, job.rows) : target.update(zendesk, job.rows),
    );
    await store.jobs.opened(job.no, status.id);
    return false;
  } catch (error) {
    if (!isBulkImportOff(slice, job, error)) throw error;
    await createUsersSingly(context, slice, job);
    return true;
  }
}

/** Zendesk answers 403 to the creation of users in bulk until it has switched that on for the account (Zendesk docs, Users). */
function isBulkImportOff({ kind }: SliceRef, { operation }: JobToSubmit, error: unknown): boolean {
  return kind === 'contact' && operation === 'create' && error instanceof FarSystemError && error.kind === 'forbidden';
}

async function isCreateOfUsersSingly({ store }: StepContext, slice: SliceRef, job: JobToSubmit): Promise<boolean> {
  if (slice.kind !== 'contact' || job.operation !== 'create') return false;
  return store.runs.hasNote(slice.runId, 'bulk_user_import_off');
}

/** What a failed submission means for its rows; throws what the workflow must know, e.g. that it has to wait. */
async function afterFailure(
  { store }: StepContext,
  slice: SliceRef,
  failed: { job: JobToSubmit; error: unknown },
): Promise<void> {
  const { job, error } = failed;
  const kind = error instanceof FarSystemError && error.system === 'zendesk' ? error.kind : undefined;
  if (kind === 'unsure') return store.jobs.unsure(job.no);
  if (kind === 'refused' && error instanceof FarSystemError) {
    if (job.rows.length > 1) return store.jobs.returnRows(job.no, { smaller: true });
    const marks = job.rows.map(({ record }) => ({ ...record, state: 'refused' as const, refusal: error.detail }));
    return store.work.record(slice, { marks, job: job.no });
  }
  await store.jobs.returnRows(job.no, { smaller: false });
  throw error;
}
