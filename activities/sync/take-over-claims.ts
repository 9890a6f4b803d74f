import type { RunRef, Steps } from '../../workflows/steps.ts';
import type { StepContext } from '../dependencies.ts';
import { hasEnded } from './jobs/job-status.ts';

/** A job whose id was lost with the process that submitted it has ended for certain after this. */
const LOST_JOB_MS = 120_000;

/**
 * Takes over the claims of runs that are over. A claim has no clock: its owner must be closed, and the bulk jobs which the
 * owner left in Zendesk must have ended, for they may still write.
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
  const shown = await remote(({ zendesk }) => zendesk.showJobs(ids));
  return shown.some((job) => !hasEnded(job));
}
