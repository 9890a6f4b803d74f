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

/** A master sync under way. */
export interface SyncUnderWay {
  readonly runId: string;
  readonly workflowId: string;
}

const MAX_ATTEMPTS = 3;

/**
 * Starts a master sync, or joins the one that a person has started and that covers what is asked. One that asks for more
 * gets a workflow id of its own; the workflow itself then waits its turn.
 */
export async function startMasterSync(deps: AdminDeps, connectionId: string, scope: RunScope): Promise<SyncUnderWay> {
  const { temporal, store } = deps.services;
  const sync = await temporal.withDeadline(TEMPORAL_LIMIT_MS, () => startOrJoin(deps, connectionId, scope));
  // Whoever has started it: any process must find it, also before a worker has begun it.
  await store.startedRuns.add({ ...sync, connectionId });
  return sync;
}

async function startOrJoin(deps: AdminDeps, connectionId: string, scope: RunScope): Promise<SyncUnderWay> {
  const workflowId = masterSyncId(connectionId);
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
    const running = await describeRunning(deps, workflowId);
    if (running && (await isCovered(deps, running, scope))) return { runId: runIdOf(running), workflowId };
    if (running) break;
    const started = await startUnlessRunning(deps, { connectionId, scope, workflowId });
    if (started) return started;
  }
  const apart = masterSyncId(connectionId, randomBytes(4).toString('hex'));
  const started = await startUnlessRunning(deps, { connectionId, scope, workflowId: apart });
  if (started) return started;
  throw new Error(`Workflow ${apart} is already running, although its id is random.`);
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

/** The API writes the scope into the memo; a workflow that was started by hand has it in its row, once it has begun. */
async function isCovered(deps: AdminDeps, running: WorkflowExecutionDescription, asked: RunScope): Promise<boolean> {
  const given = running.memo?.['scope'] as RunScope | undefined;
  if (given) return covers(given, asked);
  const row = await deps.services.store.runs.get(runIdOf(running));
  if (!row) return false;
  const scope = {
    legalEntity: row.legal_entity ?? undefined,
    full: row.full_comparison,
    acceptShrink: row.accept_shrink,
  };
  return covers(scope, asked);
}

/** Starts a run under an id of our own, which is stored first: whatever happens then, any process can say what became of it. */
async function startUnlessRunning(
  { services: { temporal, store } }: AdminDeps,
  wanted: { connectionId: string; scope: RunScope; workflowId: string },
): Promise<SyncUnderWay | undefined> {
  const { connectionId, scope, workflowId } = wanted;
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
