import type { Clock } from '../core/clock.ts';
import type { JobAction } from '../core/fault-actions.ts';
import type { Random } from '../core/random.ts';
import { createHex } from './identifiers.ts';
import type { JobRun, JobWork } from './job-run.ts';
import { runJob } from './job-run.ts';
import { recordNotFound, Refusal } from './refusal.ts';
import type { ZendeskSettings } from './settings.ts';
import type { Timers } from '../core/timers.ts';
import { jobTimeOf, nowS } from './wire-time.ts';

/** The status of a bulk job (Zendesk docs, Job Statuses). */
type JobStatus = 'queued' | 'working' | 'completed' | 'failed';

/** A bulk job of the account. */
export interface Job {
  readonly id: string;
  /** For example "Bulk Create Organization". */
  readonly title: string;
  readonly total: number;
  progress: number | null;
  status: JobStatus;
  message: string | null;
  results: readonly object[] | null;
  endedAtS: number | undefined;
  /** True if the job can never be looked up. */
  isHidden: boolean;
  readonly submittedAtMs: number;
  lookups: number;
}

/** The bulk jobs of the account. */
export interface Jobs {
  /** Queues a job. Its rows are validated and written when it runs. Throws TooManyJobs. */
  submit(work: JobWork, fault?: JobAction): Job;
  /** Returns one job. Throws a 404. */
  lookUp(id: string): Job;
  /** Returns the jobs with these ids, without unknown ones. */
  known(ids: readonly string[]): Job[];
  /** Returns the ids of those of these jobs that are too new to be looked up. */
  tooNew(ids: readonly string[]): string[];
  /** Returns the newest 100 jobs. */
  recent(): Job[];
  /** Returns the number of queued and running jobs. */
  openCount(): number;
}

/** The dependencies of the jobs. */
export interface JobsOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly settings: ZendeskSettings;
  readonly timers: Timers;
}

/** Creates an account without jobs. */
export function createJobs(options: JobsOptions): Jobs {
  const { clock, random, settings } = options;
  const jobs = new Map<string, Job>();
  const isOpen = ({ status }: Job): boolean => status === 'queued' || status === 'working';
  const open = (): Job[] => [...jobs.values()].filter(isOpen);
  const forget = (): void => {
    const oldestS = nowS(clock) - settings.jobRetentionSeconds;
    for (const [id, { endedAtS = Infinity }] of jobs) if (endedAtS < oldestS) jobs.delete(id);
  };
  const known = (ids: readonly string[]): Job[] => {
    forget();
    return ids.flatMap((id) => jobs.get(id) ?? []).filter((job) => !job.isHidden && !isTooNew(job));
  };
  const isTooNew = ({ submittedAtMs }: Job): boolean =>
    clock.now().getTime() - submittedAtMs < settings.jobsHiddenSeconds * 1_000;
  return {
    submit: (work, fault) => {
      refuseTooMany(open(), work, settings);
      const job = newJob(`V3-${createHex(32, random)}`, work, clock.now().getTime());
      job.isHidden = fault?.kind === 'lose-job';
      jobs.set(job.id, job);
      schedule(options, { job, work, ...(fault ? { fault } : {}) });
      return job;
    },
    lookUp: (id) => {
      const [job] = known([id]);
      if (!job) throw recordNotFound();
      job.lookups += 1;
      if (settings.jobFirstLookup404 && job.lookups === 1) throw recordNotFound();
      return job;
    },
    known,
    tooNew: (ids) =>
      ids
        .flatMap((id) => jobs.get(id) ?? [])
        .filter(isTooNew)
        .map(({ id }) => id),
    recent: () => known([...jobs.keys()].reverse()).slice(0, 100),
    openCount: () => open().length,
  };
}

function newJob(id: string, { title, count }: JobWork, submittedAtMs: number): Job {
  const unknown = { progress: null, message: null, results: null, endedAtS: undefined };
  return { id, title, total: count, status: 'queued', submittedAtMs, isHidden: false, lookups: 0, ...unknown };
}

/** Zendesk's docs show this body, but not its status. */
function refuseTooMany(open: readonly Job[], { jobClass }: JobWork, settings: ZendeskSettings): void {
  if (open.length < settings.maxOpenJobs) return;
  throw new Refusal(settings.tooManyJobsStatus, {
    error: 'TooManyJobs',
    description: `Too many ${jobClass} jobs are currently queued or running. Try again later.`,
    current_job_ids: open.map(({ id }) => id),
  });
}

/**
 * A job is queued for a third of its time, after the time that it waits for other jobs. Its rows are written after two thirds, while its status is still "working".
 */
function schedule({ clock, random, settings, timers }: JobsOptions, run: JobRun & { readonly job: Job }): void {
  const { job, work, fault } = run;
  const lastsMs = settings.jobDelayMs * (0.75 + random() / 2);
  const stuckMs = fault?.kind === 'stick-job' ? fault.seconds * 1000 : 0;
  const begin = (): void => {
    Object.assign(job, { status: 'working', progress: 0, message: work.progressMessage(0) });
    timers.after(lastsMs / 3, write);
  };
  const write = (): void => {
    const results = runJob(run, { random, settings });
    const progress = Math.floor(job.total / 2);
    Object.assign(job, { progress, message: work.progressMessage(progress) });
    timers.after(lastsMs / 3 + stuckMs, () => {
      end(results);
    });
  };
  const end = (results: readonly object[] | null): void => {
    job.endedAtS = nowS(clock);
    job.results = results;
    job.status = results ? 'completed' : 'failed';
    job.progress = results ? job.total : null;
    job.message = results ? `Completed at ${jobTimeOf(job.endedAtS)}` : failureOf(fault);
    if (fault?.kind === 'forget-job') job.isHidden = true;
  };
  timers.after(lastsMs / 3 + settings.jobQueueSeconds * 1_000, begin);
}

function failureOf(fault: JobAction | undefined): string {
  return (fault?.kind === 'fail-job' ? fault.message : undefined) ?? 'Failed: the job was aborted';
}
