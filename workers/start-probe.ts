import type { Client } from '@temporalio/client';
import { WORKFLOW_TYPES } from '../workflows/contract.ts';
import { probeId } from '../workflows/ids.ts';
import { startOptions } from '../workflows/start-options.ts';

/** Starts the workflow that tries rejected credentials again every `everyMs` milliseconds, unless it is running. */
export async function startProbe(client: Client, connectionId: string, everyMs: number): Promise<void> {
  await client.workflow.start(WORKFLOW_TYPES.probeCredentials, {
    ...startOptions({
      workflowId: probeId(connectionId),
      input: { connectionId, everyMs },
      summary: `Try the rejected credentials of ${connectionId} again`,
    }),
    workflowIdReusePolicy: 'ALLOW_DUPLICATE',
    workflowIdConflictPolicy: 'USE_EXISTING',
  });
}
