import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import { runIdOf } from '../runtime/temporal/run-id.ts';

/**
 * Returns whether the run that owns a claim is over, by what Temporal says: its workflow is closed, or gone, or another run has its
 * workflow id.
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
