import { WorkflowNotFoundError, type WorkflowExecutionDescription, type WorkflowHandle } from '@temporalio/client';
import { runIdOf } from '../../runtime/temporal/run-id.ts';
import { TEMPORAL_LIMIT_MS, type AdminDeps } from './admin-deps.ts';

/** A run and the id of its workflow, which another run may have by now. */
export interface RunWorkflow {
  readonly runId: string;
  readonly workflowId: string;
}

/** Describes the workflow of a run, also when a later run has the same workflow id; undefined when Temporal does not have it. */
export async function describeWorkflow(
  { services: { temporal } }: AdminDeps,
  { workflowId, runId }: RunWorkflow,
): Promise<WorkflowExecutionDescription | undefined> {
  const { workflow } = temporal.client;
  return unlessGone(async () => {
    const newest = await workflow.getHandle(workflowId).describe();
    if (runIdOf(newest) === runId) return newest;
    for await (const execution of workflow.list({ query: `WorkflowId = '${workflowId}'` }))
      if (runIdOf(execution) === runId) return workflow.getHandle(workflowId, execution.runId).describe();
    return undefined;
  });
}

/** Cancels the workflow of a run. One that Temporal no longer runs can end nothing itself: its run is ended here. */
export async function cancelWorkflow(deps: AdminDeps, run: RunWorkflow): Promise<void> {
  const isCancelled = await withRunning(deps, run, (handle) => handle.cancel());
  if (!isCancelled) await deps.services.store.runs.abandon(run.runId);
}

/** Terminates the workflow of a run that did not end when it was cancelled. */
export async function terminateWorkflow(deps: AdminDeps, run: RunWorkflow, reason: string): Promise<void> {
  await withRunning(deps, run, (handle) => handle.terminate(reason));
}

/** Calls Temporal about the workflow of a run, however often it has continued as new. Returns false when it does not run. */
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
    return (await unlessGone(async () => (await call(handle), true))) ?? false;
  });
}

async function unlessGone<Result>(call: () => Promise<Result>): Promise<Result | undefined> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined;
    throw error;
  }
}
