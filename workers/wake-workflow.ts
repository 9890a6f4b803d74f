import type { Client } from '@temporalio/client';
import { CHANGED_SIGNAL, TASK_QUEUE, priorityOf, type WORKFLOW_TYPES } from '../workflows/contract.ts';
import { searchAttributesOf } from '../workflows/search-attributes.ts';

/** A workflow that gathers what has changed, and what it is started with where it does not run. */
export interface WokenWorkflow {
  readonly type: (typeof WORKFLOW_TYPES)[keyof typeof WORKFLOW_TYPES];
  readonly workflowId: string;
  readonly input: { readonly connectionId: string; readonly legalEntity?: string };
  readonly summary: string;
  /** Temporal's, 1 to 5; absent: 3. */
  readonly priorityKey?: number;
  /** When it begins where it does not run, in ms from now; absent: at once. */
  readonly startDelay?: number;
}

/** Tells a workflow that something has changed, and starts it where it does not run: a workflow cannot, so a step does. */
export async function wakeWorkflow(client: Client, woken: WokenWorkflow): Promise<void> {
  const { type, workflowId, input, summary, priorityKey, startDelay } = woken;
  const { connectionId, legalEntity } = input;
  await client.workflow.signalWithStart(type, {
    taskQueue: TASK_QUEUE,
    workflowId,
    args: [input],
    signal: CHANGED_SIGNAL,
    ...(startDelay === undefined ? {} : { startDelay }),
    staticSummary: summary,
    typedSearchAttributes: searchAttributesOf(connectionId, legalEntity),
    priority: priorityOf(connectionId, priorityKey),
  });
}
