import type { Client } from '@temporalio/client';
import { WORKFLOW_TYPES } from '../workflows/contract.ts';
import { alertId } from '../workflows/ids.ts';
import { wakeWorkflow } from './wake-workflow.ts';

/** Starts or signals the delivery of a connection's alerts, a workflow of its own: no sync waits for a receiver that is down. */
export async function wakeAlerts(client: Client, connectionId: string): Promise<void> {
  await wakeWorkflow(client, {
    type: WORKFLOW_TYPES.deliverAlerts,
    workflowId: alertId(connectionId),
    input: { connectionId },
    summary: `Deliver the alerts of ${connectionId}`,
  });
}
