import type { Client } from '@temporalio/client';

/** For how long the namespace keeps workflows that have ended, in milliseconds. */
export async function temporalRetentionMs({ workflowService, options }: Client): Promise<number> {
  const { config } = await workflowService.describeNamespace({ namespace: options.namespace });
  return Number(config?.workflowExecutionRetentionTtl?.seconds ?? 0) * 1_000;
}
