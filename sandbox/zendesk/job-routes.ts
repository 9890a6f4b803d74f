import type { Call, Result, Route } from './call.ts';
import { ok } from './call.ts';
import { showJob } from './job-wire.ts';
import type { Job } from './jobs.ts';
import { parameterMissing, recordNotFound, tooManyValues } from './refusal.ts';

const R = 'job_statuses';

/** The statuses of bulk jobs (Zendesk docs, Job Statuses). */
export const JOB_ROUTES: readonly Route[] = [
  { method: 'GET', pattern: R, operation: `${R}.list`, handle: (call) => ok(list(call, call.account.jobs.recent())) },
  { method: 'GET', pattern: `${R}/show_many`, operation: `${R}.show_many`, handle: showMany },
  {
    method: 'GET',
    pattern: `${R}/:id`,
    operation: `${R}.show`,
    handle: ({ account, params, baseUrl }) =>
      ok({ job_status: showJob(account.jobs.lookUp(params['id'] ?? ''), baseUrl) }),
  },
];

function showMany(call: Call): Result {
  const ids = call.query.get('ids');
  if (ids === null) throw parameterMissing('ids');
  const wanted = [...new Set(ids.split(','))];
  if (wanted.length > 100) throw tooManyValues();
  const { jobs, settings } = call.account;
  const hidden = jobs.tooNew(wanted);
  const answer = list(call, jobs.known(wanted));
  if (hidden.length === 0 || settings.hiddenJobs === 'missing') return ok(answer);
  if (settings.hiddenJobs === 'not-found') throw recordNotFound();
  if (settings.hiddenJobs === 'no-list') return ok({ count: null });
  return ok({ ...answer, job_statuses: [...answer.job_statuses, ...hidden.map((id) => ({ id }))] });
}

interface JobList extends Readonly<Record<string, unknown>> {
  readonly job_statuses: readonly object[];
}

function list({ baseUrl }: Call, jobs: readonly Job[]): JobList {
  return {
    job_statuses: jobs.map((job) => showJob(job, baseUrl)),
    meta: { has_more: false, after_cursor: null, before_cursor: null },
    links: { prev: null, next: null },
    next_page: null,
    previous_page: null,
    count: jobs.length,
  };
}
