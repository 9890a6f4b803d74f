import { setTimeout as sleep } from 'node:timers/promises';
import { WorkflowNotFoundError } from '@temporalio/client';
import { z } from 'zod';
import { masterSyncId } from '../../workflows/ids.ts';
import { TEMPORAL_LIMIT_MS, type AdminDeps } from './admin-deps.ts';
import { connectionId } from '../connection-file/fields.ts';
import { endpoint } from './endpoint.ts';
import { connectionMissing, findConnection } from './find-connection.ts';
import { removeSchedules } from './schedules.ts';
import { cancelWorkflow, terminateWorkflow } from './workflow-of-run.ts';

const CANCEL_GRACE_MS = 8_000;
const POLL_MS = 100;

/** `DELETE /api/connections/{id}`. */
export const removeConnection = endpoint({
  method: 'delete',
  path: '/connections/{id}',
  name: 'removeConnection',
  summary: 'Ends what runs, then erases the connection and all that is kept of it.',
  scope: 'admin',
  action: 'connection.remove',
  params: { id: connectionId },
  answer: z.strictObject({ removed: z.literal(true) }),
  refusals: [404],
  handle:
    (deps) =>
    async ({ params }) => {
      const { store } = deps.services;
      const { id } = await findConnection(store, params.id);
      await removeSchedules(deps, id);
      await endRuns(deps, id);
      if (!(await store.connections.remove(id))) throw connectionMissing(id);
      return { removed: true as const };
    },
});

/** Cancels the runs and waits until they end. One that does not end (no worker runs) is terminated, since its rows are erased. */
async function endRuns(deps: AdminDeps, id: string): Promise<void> {
  const { store } = deps.services;
  const deadline = performance.now() + CANCEL_GRACE_MS;
  for (const run of await store.runs.listRunning(id)) await cancelWorkflow(deps, run);
  let left = await store.runs.listRunning(id);
  while (left.length > 0 && performance.now() < deadline) {
    await sleep(POLL_MS);
    left = await store.runs.listRunning(id);
  }
  for (const run of left) await terminateWorkflow(deps, run, REASON);
  // A sync that no worker has begun yet has no row.
  await terminateNewest(deps, masterSyncId(id));
}

const REASON = 'The connection was removed.';

async function terminateNewest({ services: { temporal } }: AdminDeps, workflowId: string): Promise<void> {
  try {
    const handle = temporal.client.workflow.getHandle(workflowId);
    await temporal.withDeadline(TEMPORAL_LIMIT_MS, () => handle.terminate(REASON));
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
  }
}
