import type { WorkflowExecutionInfo } from '@temporalio/client';

interface FirstRun {
  readonly firstRunId?: string | null;
}

/** An execution of a workflow as Temporal lists it, or describes it, which differ in where the id of the first execution is. */
export interface KnownExecution extends Pick<WorkflowExecutionInfo, 'memo' | 'runId'> {
  readonly raw: FirstRun & { readonly workflowExecutionInfo?: FirstRun | null };
}

/**
 * Returns the id of the run that a workflow does: the one that the API gave it, which is in its memo, else the id of its first
 * execution.
 */
export function runIdOf({ memo, raw, runId }: KnownExecution): string {
  const given: unknown = memo?.['runId'];
  if (typeof given === 'string') return given;
  const first = raw.firstRunId ?? raw.workflowExecutionInfo?.firstRunId;
  return first === undefined || first === null || first === '' ? runId : first;
}
