import type { WorkflowExecutionInfo } from '@temporalio/client';

interface FirstRun {
  readonly firstRunId?: string | null;
}

/** A workflow execution, listed or described. The two forms have the id of the first execution at different places. */
export interface KnownExecution extends Pick<WorkflowExecutionInfo, 'memo' | 'runId'> {
  readonly raw: FirstRun & { readonly workflowExecutionInfo?: FirstRun | null };
}

/**
 * Returns the run id of a workflow: the one in its memo, if the API started it, or else the id of its first execution.
 */
export function runIdOf({ memo, raw, runId }: KnownExecution): string {
  const given: unknown = memo?.['runId'];
  if (typeof given === 'string') return given;
  const first = raw.firstRunId ?? raw.workflowExecutionInfo?.firstRunId;
  return first === undefined || first === null || first === '' ? runId : first;
}
