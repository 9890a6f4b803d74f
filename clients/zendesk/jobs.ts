import { z } from 'zod';
import { RemoteError } from '../errors.ts';
import { showManyQueries } from './batches.ts';
import { jobWire, type JobStatus } from './job-wire.ts';
import type { ZendeskSession } from './session.ts';

/** A job and the time of the response, by Zendesk's clock (ISO-8601 UTC; null if Zendesk sent no date). */
export interface ShownJob extends JobStatus {
  readonly shownAt: string | null;
}

/** The requests about bulk jobs. */
export interface JobCalls {
  /** Reads at most 100 jobs. A job that Zendesk no longer keeps (after a day), or does not show yet, is absent. */
  showJobs(ids: readonly string[]): Promise<readonly ShownJob[]>;
  /** Lists the jobs that Zendesk still keeps. */
  listJobs(): Promise<readonly JobStatus[]>;
}

/** A list of jobs. While statuses are hidden, the list may be missing, or contain jobs without a status. */
const jobs = z
  .looseObject({ job_statuses: z.array(jobWire.or(z.unknown().transform(() => null))).nullish() })
  .transform((wire): readonly JobStatus[] => (wire.job_statuses ?? []).filter((job) => job !== null));

/** Creates the requests about bulk jobs. */
export function jobCalls(session: ZendeskSession): JobCalls {
  return {
    async showJobs(ids) {
      const found: ShownJob[] = [];
      for (const query of showManyQueries({ ids })) found.push(...(await showSome(session, query)));
      return found;
    },
    listJobs: () => session.list(jobs, { operation: 'list jobs', path: 'job_statuses', pages: 'cursor' }),
  };
}

/** Reads some jobs. Zendesk answers 404 to a single unknown job, so a 404 to several shows none of them. */
async function showSome(session: ZendeskSession, query: string): Promise<readonly ShownJob[]> {
  try {
    const path = `job_statuses/show_many?${query}`;
    const { body, at } = await session.getDated(jobs, { operation: 'show jobs', path });
    return body.map((job) => ({ ...job, shownAt: at }));
  } catch (error) {
    if (error instanceof RemoteError && error.kind === 'missing') return [];
    throw error;
  }
}
