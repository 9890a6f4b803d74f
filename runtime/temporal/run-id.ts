import type { WorkflowExecutionDescription } from '@temporalio/client';

/**
 * Returns the id of the run that a workflow does: the one that the API gave it, which is in its memo, else the id of its first
 * execution.
 */
export function runIdOf({ memo, raw, runId }: WorkflowExecutionDescription): string {
  const given: unknown = memo?.['runId'];
  if (typeof given === 'string') return given;
  const first = raw.workflowExecutionInfo?.firstRunId;
  return first === undefined || first === null || first === '' ? runId : first;
}
