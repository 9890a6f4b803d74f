import { workflowInfo } from '@temporalio/workflow';
import type { RunRef } from '../steps.ts';

/** The run that the workflow under way is: its first execution's id, which continue-as-new and reset keep. */
export function ownRun(connectionId: string): RunRef {
  const { workflowId, runId, firstExecutionRunId } = workflowInfo();
  return { runId: firstExecutionRunId === '' ? runId : firstExecutionRunId, connectionId, workflowId };
}
