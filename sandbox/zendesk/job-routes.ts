import type { Call, Result, Route } from './call.ts';
import { ok } from './call.ts';
import { showJob } from './job-wire.ts';
import type { Job } from './jobs.ts';
import { parameterMissing, tooManyValues } from './refusal.ts';

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
  return ok(list(call, call.account.jobs.known(wanted)));
}

function list({ baseUrl }: Call, jobs: readonly Job[]): object {
  return {
    job_statuses: jobs.map((job) => showJob(job, baseUrl)),
    meta: { has_more: false, after_cursor: null, before_cursor: null },
    links: { prev: null, next: null },
    next_page: null,
    previous_page: null,
    count: jobs.length,
  };
}
