import type { Client } from '@temporalio/client';
import { CHANGED_SIGNAL, TASK_QUEUE, WORKFLOW_TYPES, type TellOperatorInput } from '../workflows/contract.ts';
import { alertId } from '../workflows/ids.ts';
import { searchAttributesOf } from '../workflows/search-attributes.ts';

/** Has the alerts of a connection told, by a workflow of its own: no sync waits for a receiver that is away. */
export async function wakeOperator(client: Client, connectionId: string): Promise<void> {
  const input: TellOperatorInput = { connectionId };
  await client.workflow.signalWithStart(WORKFLOW_TYPES.tellOperator, {
    taskQueue: TASK_QUEUE,
    workflowId: alertId(connectionId),
    args: [input],
    signal: CHANGED_SIGNAL,
    staticSummary: `Tell the operator what has changed with ${connectionId}`,
    typedSearchAttributes: searchAttributesOf(connectionId),
    priority: { fairnessKey: connectionId.slice(0, 64) },
  });
}
