import { WorkflowNotFoundError, type WorkflowExecutionDescription, type WorkflowHandle } from '@temporalio/client';
import { runIdOf } from '../../runtime/temporal/run-id.ts';
import { TEMPORAL_LIMIT_MS, type AdminDeps } from './admin-deps.ts';

/** A run and its workflow id. A later run may have the same workflow id. */
export interface RunWorkflow {
  readonly runId: string;
  readonly workflowId: string;
}

/**
 * Describes the workflow of a run, even if a later run has the same workflow id. Returns undefined if Temporal does not
 * have it.
 */
export async function describeWorkflow(
  { services: { temporal } }: AdminDeps,
  { workflowId, runId }: RunWorkflow,
): Promise<WorkflowExecutionDescription | undefined> {
  const { workflow } = temporal.client;
  return undefinedIfNotFound(async () => {
    const newest = await workflow.getHandle(workflowId).describe();
    if (runIdOf(newest) === runId) return newest;
    for await (const execution of workflow.list({ query: `WorkflowId = '${workflowId}'` }))
      if (runIdOf(execution) === runId) return workflow.getHandle(workflowId, execution.runId).describe();
    return undefined;
  });
}

/**
 * Cancels the workflow of a run. If the workflow no longer runs, it cannot end its run, so the run is marked as ended
 * here.
 */
export async function cancelWorkflow(deps: AdminDeps, run: RunWorkflow): Promise<void> {
  const isCancelled = await withRunning(deps, run, (handle) => handle.cancel());
  if (!isCancelled) await deps.services.store.runs.abandon(run.runId);
}

/** Terminates the workflow of a run that did not end when it was cancelled. */
export async function terminateWorkflow(deps: AdminDeps, run: RunWorkflow, reason: string): Promise<void> {
  await withRunning(deps, run, (handle) => handle.terminate(reason));
}

/**
 * Calls Temporal for the workflow of a run, even if it has continued as new. Returns false if the workflow does not
 * run.
 */
function withRunning(
  deps: AdminDeps,
  run: RunWorkflow,
  call: (handle: WorkflowHandle) => Promise<unknown>,
): Promise<boolean> {
  const { temporal } = deps.services;
  return temporal.withDeadline(TEMPORAL_LIMIT_MS, async () => {
    const description = await describeWorkflow(deps, run);
    if (description?.status.name !== 'RUNNING') return false;
    const first = description.raw.workflowExecutionInfo?.firstRunId;
    const chain = first === undefined || first === null || first === '' ? {} : { firstExecutionRunId: first };
    const handle = temporal.client.workflow.getHandle(run.workflowId, undefined, chain);
    return (await undefinedIfNotFound(async () => (await call(handle), true))) ?? false;
  });
}

async function undefinedIfNotFound<Result>(call: () => Promise<Result>): Promise<Result | undefined> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined;
    throw error;
  }
}
