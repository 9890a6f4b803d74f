import { randomBytes, randomUUID } from 'node:crypto';
import {
  WorkflowExecutionAlreadyStartedError,
  WorkflowNotFoundError,
  type WorkflowExecutionDescription,
} from '@temporalio/client';
import { covers, type RunScope } from '../../domain/sync/run-scope.ts';
import type { RunOfConnection } from '../../store/review/run-grants.ts';
import type { RunGrant } from '../../store/review/tables.ts';
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

/** A sync that a person has asked for. `by` is the name of the token of a person who accepts something. */
export interface RequestedSync extends RunScope {
  readonly by?: string;
}

const MAX_ATTEMPTS = 3;

/**
 * Starts a master sync, or returns the running one if it covers the requested scope. A request for a wider scope gets a
 * workflow id of its own, and its workflow waits until the running sync ends.
 */
export async function startMasterSync(
  deps: AdminDeps,
  connectionId: string,
  scope: RequestedSync,
): Promise<RunningSync> {
  const { temporal, store } = deps.services;
  const sync = await temporal.withDeadline(TEMPORAL_LIMIT_MS, () => startOrJoin(deps, connectionId, scope));
  // Stored for a joined run too: every process must find it, even before a worker has started it.
  await store.startedRuns.add({ ...sync, connectionId });
  return sync;
}

async function startOrJoin(deps: AdminDeps, connectionId: string, scope: RequestedSync): Promise<RunningSync> {
  const workflowId = masterSyncId(connectionId);
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
    const running = await describeRunning(deps, workflowId);
    if (running && (await isCovered(deps, { connectionId, running }, scope)))
      return { runId: runIdOf(running), workflowId };
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
 * The API writes the scope into the memo. A workflow that was started by hand has its scope in its row once it runs. What
 * a run may accept is only in the store.
 */
async function isCovered(
  deps: AdminDeps,
  { connectionId, running }: { connectionId: string; running: WorkflowExecutionDescription },
  requested: RunScope,
): Promise<boolean> {
  const { store } = deps.services;
  const runId = runIdOf(running);
  const known = running.memo?.['scope'] as Pick<RunScope, 'legalEntity' | 'full'> | undefined;
  const row = known === undefined ? await store.runs.get(runId) : undefined;
  const scope = known ?? (row && { legalEntity: row.legal_entity ?? undefined, full: row.full_comparison });
  if (scope === undefined) return false;
  const grants = await store.runGrants.list({ runId, connectionId });
  const accepted = { acceptShrink: grants.has('shrink'), acceptLimits: grants.has('limits') };
  return covers({ ...scope, ...accepted }, requested);
}

/** Stores what a person allows the run, before the run is started. */
async function grant({ services: { store } }: AdminDeps, run: RunOfConnection, scope: RequestedSync): Promise<void> {
  const grants: RunGrant[] = [];
  if (scope.acceptShrink) grants.push('shrink');
  if (scope.acceptLimits === true) grants.push('limits');
  const detail = `${grants.join(', ')} of run ${run.runId}`;
  await store.runGrants.give(run, grants, {
    ...{ actor: scope.by ?? 'unknown', action: 'run.grant', subject: run.connectionId, detail },
  });
}

/** Stores the run id before it starts the run, so that every process can report the state of the run from then on. */
async function startUnlessRunning(
  deps: AdminDeps,
  { connectionId, scope, workflowId }: { connectionId: string; scope: RequestedSync; workflowId: string },
): Promise<RunningSync | undefined> {
  const { temporal, store } = deps.services;
  const { legalEntity, full } = scope;
  const runId = randomUUID();
  const input: SyncMasterDataInput = {
    connectionId,
    runId,
    ...(legalEntity === undefined ? {} : { legalEntity }),
    ...(full ? { full } : {}),
  };
  await store.startedRuns.add({ runId, connectionId, workflowId });
  await grant(deps, { runId, connectionId }, scope);
  try {
    await temporal.client.workflow.start(WORKFLOW_TYPES.syncMasterData, {
      ...startOptions({
        workflowId,
        input,
        summary: `Sync ${legalEntity ?? 'all legal entities'} of ${connectionId} to Zendesk`,
      }),
      workflowIdConflictPolicy: 'FAIL',
      memo: { scope: { legalEntity, full }, runId },
    });
    return { runId, workflowId };
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    await store.startedRuns.remove(runId);
    await store.runGrants.withdraw(runId);
    return undefined;
  }
}
