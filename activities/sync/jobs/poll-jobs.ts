import type { ShownJob } from '../../../clients/zendesk/jobs.ts';
import { isHiddenLost, isShownLost, nextQuestion, type JobQuestion } from '../../../domain/sync/job-watch.ts';
import type { Job } from '../../../store/sync/jobs.ts';
import type { SliceRef, Steps } from '../../../workflows/steps.ts';
import type { StepContext } from '../../dependencies.ts';
import { hasEnded } from './job-status.ts';
import { openSlice, type OpenSlice } from '../open-slice.ts';
import { isOnlyUpdate, recordIfWritten } from './record-jobs.ts';
import { recordWritten } from './record-written.ts';

/**
 * Polls all open jobs of a slice once, and records which have ended or are lost. For a single update, reads its records
 * first, which usually makes the poll unnecessary. About a job that Zendesk does not show, it asks seldom, and asks for
 * the records of the job in between.
 */
export async function pollJobs(context: StepContext, ref: SliceRef): ReturnType<Steps['pollJobs']> {
  const { store } = context;
  const slice = await openSlice(store, ref);
  const open = await store.jobs.list(slice, ['open']);
  const [first] = open;
  const isNew = first?.status === null && first.misses === 0;
  if (first !== undefined && isNew && (await isOnlyUpdate(context, slice, first))) {
    if ((await recordIfWritten(context, slice, first)) === 'all') return { open: 0, ended: 0 };
  }
  await askAbout(context, slice, open);
  const still = await store.jobs.list(slice, ['open']);
  const ended = await store.jobs.list(slice, ['finished', 'lost']);
  return { open: still.length, ended: ended.length };
}

/** A job, and the question that is due about it. */
interface AskedJob {
  readonly job: Job;
  readonly question: JobQuestion;
}

async function askAbout(context: StepContext, slice: OpenSlice, open: readonly Job[]): Promise<void> {
  const { store } = context;
  const { waits } = store.jobs;
  const asked = open.flatMap((job): AskedJob[] => {
    const question = nextQuestion(job, waits);
    return question === null ? [] : [{ job, question }];
  });
  // One request shows all jobs, also those about which no question is due.
  const isStatusDue = asked.some(({ question }) => question !== 'records');
  const shown = isStatusDue ? await saveShown(context, open) : new Set<number>();
  const hidden = asked.filter(({ job }) => !shown.has(job.no));
  const byRecords = hidden.filter(({ question }) => question !== 'status').map(({ job }) => job);
  const { recorded, begun } = await recordWritten(context, slice, byRecords);
  // A job that has begun is not queued any more, so its status may be shown now.
  const found =
    isStatusDue || begun.length === 0 ? recorded : new Set([...recorded, ...(await saveShown(context, begun))]);
  for (const { job, question } of hidden.filter(({ job: { no } }) => !found.has(no))) {
    const state = isHiddenLost(job, question, waits) ? 'lost' : 'open';
    await store.jobs.saveState(job.no, { state, misses: job.misses + 1 });
  }
}

/** Asks for the status of jobs and saves what Zendesk shows. Returns the numbers of the jobs that it shows. */
async function saveShown(context: StepContext, jobs: readonly Job[]): Promise<ReadonlySet<number>> {
  const { store, remote } = context;
  const ids = jobs.flatMap(({ zendeskJobId }) => zendeskJobId ?? []);
  const shown = new Map((await remote(({ zendesk }) => zendesk.showJobs(ids))).map((status) => [status.id, status]));
  const saved = new Set<number>();
  for (const job of jobs) {
    const status = shown.get(job.zendeskJobId ?? '');
    if (status === undefined) continue;
    await store.jobs.saveState(job.no, stateOfShown(context, job, status));
    saved.add(job.no);
  }
  return saved;
}

function stateOfShown({ store }: StepContext, job: Job, { status, progress, results, shownAt }: ShownJob) {
  const seen = { status, progress };
  if (hasEnded({ status })) return { state: 'finished' as const, ...seen, results, shownAt };
  const quietMs = status === job.status && progress === job.progress ? job.quietMs : 0;
  const isLost = isShownLost({ ...job, quietMs }, status, store.jobs.waits);
  return { state: isLost ? ('lost' as const) : ('open' as const), ...seen, misses: 0 };
}
