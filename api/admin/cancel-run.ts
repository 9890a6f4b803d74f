import { WorkflowNotFoundError } from '@temporalio/client';
import { z } from 'zod';
import { ApiError } from '../api-error.ts';
import { TEMPORAL_LIMIT_MS, type AdminDeps } from './admin-deps.ts';
import { endpoint } from './endpoint.ts';
import { findRun, runId } from './find-run.ts';

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

/** Cancels the workflow of a run. One that Temporal no longer runs can end nothing itself: its run is ended here. */
export async function cancelWorkflow(
  { services: { store, temporal } }: AdminDeps,
  run: { readonly runId: string; readonly workflowId: string },
): Promise<void> {
  const handle = temporal.client.workflow.getHandle(run.workflowId, undefined, { firstExecutionRunId: run.runId });
  try {
    await temporal.withDeadline(TEMPORAL_LIMIT_MS, () => handle.cancel());
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
    await store.runs.abandon(run.runId);
  }
}
