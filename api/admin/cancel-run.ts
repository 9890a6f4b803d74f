import { z } from 'zod';
import { ApiError } from '../api-error.ts';
import { endpoint } from './endpoint.ts';
import { findRun, runId } from './find-run.ts';
import { cancelWorkflow } from './workflow-of-run.ts';

/** Defines the endpoint `POST /api/runs/{runId}/cancel`. */
export const cancelRun = endpoint({
  method: 'post',
  path: '/runs/{runId}/cancel',
  name: 'cancelRun',
  summary: 'Cancels a run. Changes that it has already written are kept and counted.',
  scope: 'run',
  action: 'run.cancel',
  params: { runId },
  response: z.strictObject({ cancelling: z.literal(true) }),
  errors: [404, 409],
  handle:
    (deps) =>
    async ({ params }) => {
      const run = await findRun(deps, params.runId);
      if (run.status !== 'running')
        throw new ApiError(409, 'run_ended', `Run ${run.runId} has already ended (${run.status}).`);
      await cancelWorkflow(deps, run);
      return { cancelling: true as const };
    },
});
