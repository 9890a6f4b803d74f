import { workflowInfo } from '@temporalio/workflow';
import type { RunRef } from '../steps.ts';

/**
 * Returns the run of the workflow: its id is the one that the API made, else the id of the first execution, which continue-as-new
 * and reset keep.
 */
export function ownRun({ connectionId, runId: given }: { connectionId: string; runId?: string | undefined }): RunRef {
  const { workflowId, runId, firstExecutionRunId } = workflowInfo();
  const own = firstExecutionRunId === '' ? runId : firstExecutionRunId;
  return { runId: given ?? own, connectionId, workflowId };
}
