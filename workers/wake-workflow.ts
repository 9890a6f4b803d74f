import type { Client } from '@temporalio/client';
import { CHANGED_SIGNAL, type WORKFLOW_TYPES } from '../workflows/contract.ts';
import { startOptions, type ConnectionInput, type WorkflowToStart } from '../workflows/start-options.ts';

/** A workflow to wake, with the options to start it if it is not running. */
export interface WokenWorkflow extends WorkflowToStart<ConnectionInput> {
  readonly type: (typeof WORKFLOW_TYPES)[keyof typeof WORKFLOW_TYPES];
  /** The delay of a start in milliseconds, by default none. */
  readonly startDelay?: number;
}

/**
 * Signals a workflow that something has changed, and starts it if it is not running. A workflow itself cannot do this.
 */
export async function wakeWorkflow(client: Client, { type, startDelay, ...wanted }: WokenWorkflow): Promise<void> {
  await client.workflow.signalWithStart(type, {
    ...startOptions(wanted),
    signal: CHANGED_SIGNAL,
    ...(startDelay === undefined ? {} : { startDelay }),
  });
}
