import type { JobStatus } from '../../clients/zendesk/job-wire.ts';
import type { Job } from '../../store/sync/jobs.ts';
import type { SliceRef, Steps } from '../../workflows/steps.ts';
import type { StepContext } from '../dependencies.ts';
import { hasEnded } from './job-status.ts';

/** A job that Zendesk does not show so often in a row is lost: right after its creation it may be missing once or twice. */
const MOST_MISSES = 5;
/** A job that has not ended by then is taken for lost; a hundred rows take Zendesk seconds. */
const LONGEST_JOB_MS = 15 * 60_000;

/** Asks once about all open jobs of a slice, and notes which have ended or are lost. */
export async function pollJobs({ store, far }: StepContext, slice: SliceRef): ReturnType<Steps['pollJobs']> {
  const open = await store.jobs.list(slice, ['open']);
  if (open.length > 0) {
    const ids = open.flatMap(({ zendeskJobId }) => (zendeskJobId === null ? [] : [zendeskJobId]));
    const shown = new Map((await far(({ zendesk }) => zendesk.showJobs(ids))).map((status) => [status.id, status]));
    for (const job of open) await store.jobs.saveState(job.no, seenState(job, shown.get(job.zendeskJobId ?? '')));
  }
  const still = await store.jobs.list(slice, ['open']);
  const ended = await store.jobs.list(slice, ['finished', 'lost']);
  return { open: still.length, ended: ended.length };
}

function seenState({ misses, ageMs }: Job, shown: JobStatus | undefined) {
  if (shown === undefined)
    return { state: misses + 1 >= MOST_MISSES ? ('lost' as const) : ('open' as const), misses: misses + 1 };
  const { status, results } = shown;
  if (hasEnded(shown)) return { state: 'finished' as const, status, results };
  return { state: ageMs > LONGEST_JOB_MS ? ('lost' as const) : ('open' as const), misses: 0, status };
}
