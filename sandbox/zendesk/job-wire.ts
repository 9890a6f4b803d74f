import type { Call, Result } from './call.ts';
import { ok } from './call.ts';
import type { JobWork } from './job-run.ts';
import type { Job } from './jobs.ts';
import { inflightJobsHeader } from './rate-limits.ts';

/** Returns a job in JSON (recorded by zenpy; `job_type` since about 2024). */
export function showJob({ id, title, total, progress, status, message, results }: Job, baseUrl: string): object {
  return {
    id,
    job_type: title,
    url: `${baseUrl}/api/v2/job_statuses/${id}.json`,
    total,
    progress,
    status,
    message,
    results,
  };
}

/** Queues a bulk job and returns its status. Throws TooManyJobs. */
export function submitJob({ account, baseUrl, jobFault }: Call, work: JobWork): Result {
  const { jobs, settings } = account;
  const job = jobs.submit(work, jobFault);
  return ok({ job_status: showJob(job, baseUrl) }, inflightJobsHeader(jobs.openCount(), settings.maxOpenJobs));
}

/** Returns the parts of a job's work that depend on its action and resource. */
export function jobKind(
  action: 'Create' | 'Update' | 'Delete',
  resource: 'Organization' | 'User' | 'Organization Membership',
): Pick<JobWork, 'title' | 'jobClass' | 'isUnordered' | 'progressMessage' | 'failure'> {
  const compact = resource.replace(' ', '');
  const doing = { Create: 'Creating', Update: 'Updating', Delete: 'Deleting' }[action];
  return {
    title: `Bulk ${action} ${resource}`,
    jobClass: `Bulk${action}${compact}Job`,
    failure: resource === 'User' ? `User${action}Error` : `${compact}${action}Failed`,
    isUnordered: action === 'Create',
    progressMessage: (done) => `${doing} ${resource.toLowerCase()} #${done}`,
  };
}

/** Returns the result of an updated row (recorded by zenpy). */
export function updatedRow(id: number): object {
  return { action: 'update', id, status: 'Updated', success: true };
}

/** Returns the result of a deleted row (recorded by zenpy). */
export function deletedRow(id: number): object {
  return { action: 'delete', id, status: 'Deleted', success: true };
}
