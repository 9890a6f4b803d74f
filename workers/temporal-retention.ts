import type { Client } from '@temporalio/client';

/** Returns the retention period of ended workflows in the namespace, in milliseconds. */
export async function temporalRetentionMs({ workflowService, options }: Client): Promise<number> {
  const { config } = await workflowService.describeNamespace({ namespace: options.namespace });
  return Number(config?.workflowExecutionRetentionTtl?.seconds ?? 0) * 1_000;
}
