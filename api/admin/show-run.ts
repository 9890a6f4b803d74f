import { run } from './responses/run.ts';
import { endpoint } from './endpoint.ts';
import { findRun, runId } from './find-run.ts';
import { withReason } from './why-waiting.ts';

/** Defines the endpoint `GET /api/runs/{runId}`. */
export const showRun = endpoint({
  method: 'get',
  path: '/runs/{runId}',
  name: 'showRun',
  summary: 'Returns a run. While it is running, the counts are current, and `waiting` says why it waits.',
  scope: 'read',
  params: { runId },
  response: run,
  errors: [404],
  handle:
    (deps) =>
    async ({ params }) =>
      withReason(deps, await findRun(deps, params.runId)),
});
