import { WorkflowNotFoundError, type Client } from '@temporalio/client';

/**
 * Whether the run that owns a claim is over, by Temporal's word: its workflow is closed, or gone, or another one runs under
 * its id. `runId` is the first execution run id, which continue-as-new keeps.
 */
export async function isRunOver(client: Client, owner: { workflowId: string; runId: string }): Promise<boolean> {
  try {
    const { status, raw } = await client.workflow.getHandle(owner.workflowId).describe();
    const firstRunId = raw.workflowExecutionInfo?.firstRunId ?? '';
    return status.name !== 'RUNNING' || (firstRunId !== '' && firstRunId !== owner.runId);
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return true;
    throw error;
  }
}
