import type { Job } from '../../../store/sync/jobs.ts';
import type { JobRow } from '../../../store/sync/job-rows.ts';
import type { StepContext } from '../../dependencies.ts';
import type { OpenSlice } from '../open-slice.ts';
import { recordIfWritten, show, shareWritten, type ShareWritten } from './record-jobs.ts';

/** The maximum number of records in one request (Zendesk docs, Show Many Organizations and Show Many Users). */
const ROWS_PER_REQUEST = 100;

/** The numbers of the jobs whose rows are all written and recorded, and the jobs of which only some rows are written. */
export interface WrittenJobs {
  readonly recorded: ReadonlySet<number>;
  readonly begun: readonly Job[];
}

/**
 * Asks for the records of jobs that Zendesk does not show. Reads some rows of all of them in one request, and then all
 * rows of the jobs that seem to be done, which are recorded if they are.
 */
export async function recordWritten(
  context: StepContext,
  slice: OpenSlice,
  jobs: readonly Job[],
): Promise<WrittenJobs> {
  const recorded = new Set<number>();
  const begun: Job[] = [];
  for (const operation of ['create', 'update'] as const) {
    const some = jobs.filter((job) => job.operation === operation);
    for (const { job, share } of await sample(context, slice, some)) {
      const whole = share === 'all' ? await recordIfWritten(context, slice, job) : share;
      if (whole === 'all') recorded.add(job.no);
      if (whole === 'some') begun.push(job);
    }
  }
  return { recorded, begun };
}

interface Sampled {
  readonly job: Job;
  readonly share: ShareWritten;
}

/** Returns how much of the first rows of each job is written. A single job is read as a whole anyway. */
async function sample(context: StepContext, slice: OpenSlice, jobs: readonly Job[]): Promise<readonly Sampled[]> {
  const [first] = jobs;
  if (first === undefined || jobs.length === 1) return jobs.map((job) => ({ job, share: 'all' }));
  const perJob = Math.max(1, Math.floor(ROWS_PER_REQUEST / jobs.length));
  const firstRows = new Map<number, readonly JobRow[]>();
  for (const { no } of jobs) {
    const rows = await context.store.jobs.rows(slice.connectionId, slice, no);
    firstRows.set(no, rows.slice(0, perJob));
  }
  const { items } = await show(context, slice, { job: first, rows: [...firstRows.values()].flat() });
  return jobs.map((job) => {
    const rows = firstRows.get(job.no) ?? [];
    return { job, share: shareWritten(slice, { operation: job.operation, rows, items }) };
  });
}
