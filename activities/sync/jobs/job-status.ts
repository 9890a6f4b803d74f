import type { JobStatus } from '../../../clients/zendesk/job-wire.ts';

/** Whether a bulk job has ended (Zendesk docs, Job Statuses; `killed` in older ones). An unknown word has not. */
export function hasEnded({ status }: Pick<JobStatus, 'status'>): boolean {
  return status === 'completed' || status === 'failed' || status === 'killed';
}
