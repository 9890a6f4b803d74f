import { setTimeout as sleep } from 'node:timers/promises';
import { WorkflowNotFoundError } from '@temporalio/client';
import { z } from 'zod';
import { masterSyncId } from '../../workflows/ids.ts';
import { connectionId } from '../connection-file/fields.ts';
import { TEMPORAL_LIMIT_MS, type AdminDeps } from './admin-deps.ts';
import { endpoint } from './endpoint.ts';
import { connectionMissing, findConnection } from './find-connection.ts';
import { removeSchedules } from './schedules.ts';
import { cancelWorkflow, terminateWorkflow } from './workflow-of-run.ts';

const CANCEL_GRACE_MS = 8_000;
const POLL_MS = 100;

/** Defines the endpoint `DELETE /api/connections/{id}`. */
export const removeConnection = endpoint({
  method: 'delete',
  path: '/connections/{id}',
  name: 'removeConnection',
  summary: 'Cancels the running syncs of a connection, then deletes the connection and all its data in Ledgerdesk.',
  scope: 'admin',
  action: 'connection.remove',
  params: { id: connectionId },
  response: z.strictObject({ removed: z.literal(true) }),
  errors: [404],
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

/**
 * Cancels the runs and waits for their end. A run that does not end (no worker runs) is terminated, because its rows
 * are deleted.
 */
async function endRuns(deps: AdminDeps, id: string): Promise<void> {
  const { store } = deps.services;
  const deadline = performance.now() + CANCEL_GRACE_MS;
  for (const run of await store.runs.listRunning(id)) await cancelWorkflow(deps, run);
  let running = await store.runs.listRunning(id);
  while (running.length > 0 && performance.now() < deadline) {
    await sleep(POLL_MS);
    running = await store.runs.listRunning(id);
  }
  for (const run of running) await terminateWorkflow(deps, run, REASON);
  // A sync that no worker has started yet has no row.
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
