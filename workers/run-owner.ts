import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import { runIdOf } from '../runtime/temporal/run-id.ts';

/**
 * Returns whether Temporal says that a run is over: its workflow is closed, does not exist, or belongs to another run.
 */
export async function isRunOver(client: Client, owner: { workflowId: string; runId: string }): Promise<boolean> {
  try {
    const description = await client.workflow.getHandle(owner.workflowId).describe();
    return description.status.name !== 'RUNNING' || runIdOf(description) !== owner.runId;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return true;
    throw error;
  }
}
