import type { RunRef, Steps } from '../../workflows/steps.ts';
import type { StepContext } from '../dependencies.ts';
import { hasEnded } from './jobs/job-status.ts';

/** The time after which a job has certainly ended that Zendesk does not show, or whose id is not known. */
const LOST_JOB_MS = 120_000;

/**
 * Releases the claims of ended runs. A claim has no time limit: its run must have ended in Temporal, and the bulk jobs
 * of that run must have ended in Zendesk, because they may still write.
 */
export async function takeOverClaims(context: StepContext, run: RunRef): ReturnType<Steps['takeOverClaims']> {
  const { store, isRunOver } = context;
  let waiting = 0;
  for (const owner of await store.planning.foreignClaims(run)) {
    if (!(await isRunOver(owner))) continue;
    if (await mayStillWrite(context, owner.runId)) waiting += 1;
    else await store.planning.releaseClaims(run.connectionId, owner.runId);
  }
  return { waiting };
}

async function mayStillWrite({ store, remote }: StepContext, runId: string): Promise<boolean> {
  const jobs = await store.planning.openJobs(runId);
  if (jobs.some(({ zendeskJobId, ageMs }) => zendeskJobId === null && ageMs < LOST_JOB_MS)) return true;
  const ids = jobs.flatMap(({ zendeskJobId }) => (zendeskJobId === null ? [] : [zendeskJobId]));
  if (ids.length === 0) return false;
  const shown = new Map((await remote(({ zendesk }) => zendesk.showJobs(ids))).map((job) => [job.id, job]));
  return jobs.some(({ zendeskJobId, ageMs }) => {
    const job = shown.get(zendeskJobId ?? '');
    return job === undefined ? ageMs < LOST_JOB_MS : !hasEnded(job);
  });
}
