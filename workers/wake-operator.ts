import type { Client } from '@temporalio/client';
import { WORKFLOW_TYPES, type TellOperatorInput } from '../workflows/contract.ts';
import { alertId } from '../workflows/ids.ts';
import { wakeWorkflow } from './wake-workflow.ts';

/** Has the alerts of a connection told, by a workflow of its own: no sync waits for a receiver that is away. */
export async function wakeOperator(client: Client, connectionId: string): Promise<void> {
  const input: TellOperatorInput = { connectionId };
  await wakeWorkflow(client, {
    type: WORKFLOW_TYPES.tellOperator,
    workflowId: alertId(connectionId),
    input,
    summary: `Tell the operator what has changed with ${connectionId}`,
  });
}
