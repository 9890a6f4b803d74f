import { run } from './answers/run.ts';
import { endpoint } from './endpoint.ts';
import { findRun, runId } from './find-run.ts';

/** `GET /api/runs/{runId}`. */
export const showRun = endpoint({
  method: 'get',
  path: '/runs/{runId}',
  name: 'showRun',
  summary: 'A run as it stands, live while it is under way.',
  scope: 'read',
  params: { runId },
  answer: run,
  refusals: [404],
  handle:
    (deps) =>
    ({ params }) =>
      findRun(deps, params.runId),
});
