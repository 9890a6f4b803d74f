import type { Client } from '@temporalio/client';
import { WORKFLOW_TYPES } from '../workflows/contract.ts';
import { alertId } from '../workflows/ids.ts';
import { wakeWorkflow } from './wake-workflow.ts';

/**
 * Starts or signals the workflow that delivers the alerts of a connection, so that no sync waits for their receiver.
 */
export async function wakeAlerts(client: Client, connectionId: string): Promise<void> {
  await wakeWorkflow(client, {
    type: WORKFLOW_TYPES.deliverAlerts,
    workflowId: alertId(connectionId),
    input: { connectionId },
    summary: `Deliver the alerts of ${connectionId}`,
  });
}
