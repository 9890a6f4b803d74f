import type { JobStatus } from '../../../clients/zendesk/job-wire.ts';

/**
 * Returns whether a bulk job has ended (Zendesk docs, Job Statuses; `killed` in older versions). An unknown status has
 * not.
 */
export function hasEnded({ status }: Pick<JobStatus, 'status'>): boolean {
  return status === 'completed' || status === 'failed' || status === 'killed';
}
