import { randomUUID } from 'node:crypto';
import type { TemporalConnection } from './temporal-connection.ts';

/** No worker serves this task queue. */
const TASK_QUEUE = 'ledgerdesk-proofs';

/** Starts a workflow that does nothing, and ends it. Throws if Temporal starts no workflows. */
export async function proveStart({ client }: Pick<TemporalConnection, 'client'>): Promise<void> {
  const handle = await client.workflow.start('proveStart', {
    taskQueue: TASK_QUEUE,
    workflowId: `prove-start/${randomUUID()}`,
    workflowExecutionTimeout: '10 seconds',
  });
  await handle.terminate('It has proved that a workflow can be started.').catch(() => undefined);
}
