import type { ShownJob } from '../../../clients/zendesk/jobs.ts';
import type { Job } from '../../../store/sync/jobs.ts';
import type { SliceRef, Steps } from '../../../workflows/steps.ts';
import type { StepContext } from '../../dependencies.ts';
import { hasEnded } from './job-status.ts';
import { openSlice } from '../open-slice.ts';
import { confirmUpdate, isOnlyUpdate } from './record-jobs.ts';

/** A job that Zendesk does not show so often in a row is lost: right after its creation it may be missing once or twice. */
const MAX_MISSES = 5;
/** A job that has not ended by then is taken for lost; a hundred rows take Zendesk seconds. */
const LONGEST_JOB_MS = 15 * 60_000;

/**
 * Asks once about all open jobs of a slice, and records which have ended or are lost. A single update is first confirmed by reading
 * its records, which mostly takes the place of asking about the job.
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
  return { state: ageMs > LONGEST_JOB_MS ? ('lost' as const) : ('open' as const), misses: 0, status };
}
