import { z } from 'zod';
import { ApiError } from '../api-error.ts';
import { endpoint } from './endpoint.ts';
import { findRun, runId } from './find-run.ts';
import { cancelWorkflow } from './workflow-of-run.ts';

/** `POST /api/runs/{runId}/cancel`. */
export const cancelRun = endpoint({
  method: 'post',
  path: '/runs/{runId}/cancel',
  name: 'cancelRun',
  summary: 'Asks the workflow of a run to end; what it has written stays written and counted.',
  scope: 'run',
  action: 'run.cancel',
  params: { runId },
  answer: z.strictObject({ cancelling: z.literal(true) }),
  refusals: [404, 409],
  handle:
    (deps) =>
    async ({ params }) => {
      const run = await findRun(deps, params.runId);
      if (run.status !== 'running')
        throw new ApiError(409, 'run_ended', `Run ${run.runId} has ended already (${run.status}).`);
      await cancelWorkflow(deps, run);
      return { cancelling: true as const };
    },
});
