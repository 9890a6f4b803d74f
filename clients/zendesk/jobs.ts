import { z } from 'zod';
import { showManyQueries } from './batches.ts';
import { jobWire, type JobStatus } from './job-wire.ts';
import type { ZendeskSession } from './session.ts';

/** The calls about bulk jobs. */
export interface JobCalls {
  /** At most 100; a job that Zendesk no longer keeps (after a day), or not yet shows, is absent. */
  showJobs(ids: readonly string[]): Promise<readonly JobStatus[]>;
  /** The jobs that Zendesk still lists. */
  listJobs(): Promise<readonly JobStatus[]>;
}

const jobs = z.looseObject({ job_statuses: z.array(jobWire) }).transform((wire) => wire.job_statuses);

/** Makes the calls about bulk jobs. */
export function jobCalls(session: ZendeskSession): JobCalls {
  return {
    async showJobs(ids) {
      const found: JobStatus[] = [];
      for (const query of showManyQueries({ ids })) {
        const path = `job_statuses/show_many?${query}`;
        found.push(...(await session.get(jobs, { operation: 'show jobs', path })));
      }
      return found;
    },
    listJobs: () => session.list(jobs, { operation: 'list jobs', path: 'job_statuses', pages: 'cursor' }),
  };
}
