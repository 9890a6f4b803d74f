import type { ShownJob } from '../../../clients/zendesk/jobs.ts';
import type { Job } from '../../../store/sync/jobs.ts';
import type { SliceRef, Steps } from '../../../workflows/steps.ts';
import type { StepContext } from '../../dependencies.ts';
import { hasEnded } from './job-status.ts';
import { openSlice } from '../open-slice.ts';
import { confirmUpdate, isOnlyUpdate } from './record-jobs.ts';

/** Consecutive polls without a job after which it counts as lost. A new job may be missing once or twice. */
const MAX_MISSES = 5;
/** The time after which an open job counts as lost. Zendesk needs seconds for a hundred rows. */
const MAX_JOB_MS = 15 * 60_000;

/**
 * Polls all open jobs of a slice once, and records which have ended or are lost. For a single update, reads its records
 * first, which usually makes the poll unnecessary.
 */
export async function pollJobs(context: StepContext, ref: SliceRef): ReturnType<Steps['pollJobs']> {
  const { store, remote } = context;
  const slice = await openSlice(store, ref);
  const open = await store.jobs.list(slice, ['open']);
  const [first] = open;
  const isNew = first?.status === null && first.misses === 0;
  if (first !== undefined && isNew && (await isOnlyUpdate(context, slice, first))) {
    if (await confirmUpdate(context, slice, first)) return { open: 0, ended: 0 };
  }
  if (open.length > 0) {
    const ids = open.flatMap(({ zendeskJobId }) => zendeskJobId ?? []);
    const shown = new Map((await remote(({ zendesk }) => zendesk.showJobs(ids))).map((status) => [status.id, status]));
    for (const job of open) await store.jobs.saveState(job.no, stateOf(job, shown.get(job.zendeskJobId ?? '')));
  }
  const still = await store.jobs.list(slice, ['open']);
  const ended = await store.jobs.list(slice, ['finished', 'lost']);
  return { open: still.length, ended: ended.length };
}

function stateOf({ misses, ageMs }: Job, shown: ShownJob | undefined) {
  if (shown === undefined)
    return { state: misses + 1 >= MAX_MISSES ? ('lost' as const) : ('open' as const), misses: misses + 1 };
  const { status, results, shownAt } = shown;
  if (hasEnded(shown)) return { state: 'finished' as const, status, results, shownAt };
  return { state: ageMs > MAX_JOB_MS ? ('lost' as const) : ('open' as const), misses: 0, status };
}
