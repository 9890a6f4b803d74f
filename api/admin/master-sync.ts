import { randomBytes, randomUUID } from 'node:crypto';
import {
  WorkflowExecutionAlreadyStartedError,
  WorkflowNotFoundError,
  type WorkflowExecutionDescription,
} from '@temporalio/client';
import { covers, type RunScope } from '../../domain/sync/run-scope.ts';
import { runIdOf } from '../../runtime/temporal/run-id.ts';
import { WORKFLOW_TYPES, type SyncMasterDataInput } from '../../workflows/contract.ts';
import { masterSyncId } from '../../workflows/ids.ts';
import { startOptions } from '../../workflows/start-options.ts';
import { TEMPORAL_LIMIT_MS, type AdminDeps } from './admin-deps.ts';

/** A master sync that is running. */
export interface RunningSync {
  readonly runId: string;
  readonly workflowId: string;
}

const MAX_ATTEMPTS = 3;

/**
 * Starts a master sync, or returns the running one if it covers the requested scope. A request for a wider scope gets a
 * workflow id of its own, and its workflow waits until the running sync ends.
 */
export async function startMasterSync(deps: AdminDeps, connectionId: string, scope: RunScope): Promise<RunningSync> {
  const { temporal, store } = deps.services;
  const sync = await temporal.withDeadline(TEMPORAL_LIMIT_MS, () => startOrJoin(deps, connectionId, scope));
  // Stored for a joined run too: every process must find it, even before a worker has started it.
  await store.startedRuns.add({ ...sync, connectionId });
  return sync;
}

async function startOrJoin(deps: AdminDeps, connectionId: string, scope: RunScope): Promise<RunningSync> {
  const workflowId = masterSyncId(connectionId);
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
    const running = await describeRunning(deps, workflowId);
    if (running && (await isCovered(deps, running, scope))) return { runId: runIdOf(running), workflowId };
    if (running) break;
    const started = await startUnlessRunning(deps, { connectionId, scope, workflowId });
    if (started) return started;
  }
  const separateId = masterSyncId(connectionId, randomBytes(4).toString('hex'));
  const started = await startUnlessRunning(deps, { connectionId, scope, workflowId: separateId });
  if (started) return started;
  throw new Error(`Workflow ${separateId} is already running, although its id is random.`);
}

async function describeRunning(
  { services: { temporal } }: AdminDeps,
  workflowId: string,
): Promise<WorkflowExecutionDescription | undefined> {
  try {
    const description = await temporal.client.workflow.getHandle(workflowId).describe();
    return description.status.name === 'RUNNING' ? description : undefined;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined;
    throw error;
  }
}

/**
 * The API writes the scope into the memo. A workflow that was started by hand has its scope in its row once it runs.
 */
async function isCovered(
  deps: AdminDeps,
  running: WorkflowExecutionDescription,
  requested: RunScope,
): Promise<boolean> {
  const known = running.memo?.['scope'] as RunScope | undefined;
  if (known) return covers(known, requested);
  const row = await deps.services.store.runs.get(runIdOf(running));
  if (!row) return false;
  const scope = {
    legalEntity: row.legal_entity ?? undefined,
    full: row.full_comparison,
    acceptShrink: row.accept_shrink,
  };
  return covers(scope, requested);
}

/** Stores the run id before it starts the run, so that every process can report the state of the run from then on. */
async function startUnlessRunning(
  { services: { temporal, store } }: AdminDeps,
  { connectionId, scope, workflowId }: { connectionId: string; scope: RunScope; workflowId: string },
): Promise<RunningSync | undefined> {
  const { legalEntity, full, acceptShrink } = scope;
  const runId = randomUUID();
  const input: SyncMasterDataInput = {
    connectionId,
    runId,
    ...(legalEntity === undefined ? {} : { legalEntity }),
    ...(full ? { full } : {}),
    ...(acceptShrink ? { acceptShrink } : {}),
  };
  await store.startedRuns.add({ runId, connectionId, workflowId });
  try {
    await temporal.client.workflow.start(WORKFLOW_TYPES.syncMasterData, {
      ...startOptions({
        workflowId,
        input,
        summary: `Sync ${legalEntity ?? 'all legal entities'} of ${connectionId} to Zendesk`,
      }),
      workflowIdConflictPolicy: 'FAIL',
      memo: { scope, runId },
    });
    return { runId, workflowId };
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    await store.startedRuns.remove(runId);
    return undefined;
  }
}
