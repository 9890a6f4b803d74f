import { workflowInfo } from '@temporalio/workflow';
import type { RunRef } from '../steps.ts';

/**
 * Returns the run of this workflow. Its id is the one that the API generated, or else the id of the first execution,
 * which stays the same after continue-as-new and reset.
 */
export function ownRun({ connectionId, runId: given }: { connectionId: string; runId?: string | undefined }): RunRef {
  const { workflowId, runId, firstExecutionRunId } = workflowInfo();
  const own = firstExecutionRunId === '' ? runId : firstExecutionRunId;
  return { runId: given ?? own, connectionId, workflowId };
}
