import { WorkflowNotFoundError } from '@temporalio/client';
import type { RequestHandler } from 'express';
import { ApiError } from '../api-error.ts';
import { TEMPORAL_LIMIT_MS, type AdminDeps } from './admin-deps.ts';
import { findRun } from './find-run.ts';

/** `POST /api/runs/:runId/cancel`: asks the run's workflow to end; what it has written stays written and counted. */
export function createCancelRun(deps: AdminDeps): RequestHandler<{ runId: string }> {
  return async (request, response) => {
    const run = await findRun(deps, request.params.runId);
    if (run.status !== 'running')
      throw new ApiError(409, 'run_ended', `Run ${run.runId} has ended already (${run.status}).`);
    await cancelWorkflow(deps, run);
    response.json({ cancelling: true });
  };
}

/** Cancels the workflow of a run. One that Temporal no longer runs can end nothing itself: its run is ended here. */
export async function cancelWorkflow(
  { services: { store, temporal } }: AdminDeps,
  { runId, workflowId }: { readonly runId: string; readonly workflowId: string },
): Promise<void> {
  const handle = temporal.client.workflow.getHandle(workflowId, undefined, { firstExecutionRunId: runId });
  try {
    await temporal.withDeadline(TEMPORAL_LIMIT_MS, () => handle.cancel());
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
    await store.runs.abandon(runId);
  }
}
