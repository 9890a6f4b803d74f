import type { Client } from '@temporalio/client';
import { CHANGED_SIGNAL, type WORKFLOW_TYPES } from '../workflows/contract.ts';
import { startOptions, type ConnectionInput, type WorkflowToStart } from '../workflows/start-options.ts';

/** A workflow that collects what has changed, and what it is started with where it is not running. */
export interface WokenWorkflow extends WorkflowToStart<ConnectionInput> {
  readonly type: (typeof WORKFLOW_TYPES)[keyof typeof WORKFLOW_TYPES];
  /** When it begins where it is not running, in ms from now; at once when absent. */
  readonly startDelay?: number;
}

/** Signals a workflow that something has changed, and starts it where it is not running: a workflow cannot, so a step does. */
export async function wakeWorkflow(client: Client, { type, startDelay, ...wanted }: WokenWorkflow): Promise<void> {
  await client.workflow.signalWithStart(type, {
    ...startOptions(wanted),
    signal: CHANGED_SIGNAL,
    ...(startDelay === undefined ? {} : { startDelay }),
  });
}
