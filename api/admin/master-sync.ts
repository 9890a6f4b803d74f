import { randomBytes } from 'node:crypto';
import {
  WorkflowExecutionAlreadyStartedError,
  WorkflowNotFoundError,
  type WorkflowExecutionDescription,
} from '@temporalio/client';
import { covers, type RunScope } from '../../domain/sync/run-scope.ts';
import { TASK_QUEUE, WORKFLOW_TYPES, type SyncMasterDataInput } from '../../workflows/contract.ts';
import { masterSyncId } from '../../workflows/ids.ts';
import { searchAttributesOf } from '../../workflows/search-attributes.ts';
import { TEMPORAL_LIMIT_MS, type AdminDeps } from './admin-deps.ts';

/** A master sync under way. `runId` is the first execution run id of its workflow. */
export interface SyncUnderWay {
  readonly runId: string;
  readonly workflowId: string;
}

const MOST_TRIES = 3;

/**
 * Starts a master sync, or joins the one that a person has started and that covers what is asked. One that asks for more
 * gets a workflow id of its own; the workflow itself then waits its turn.
 */
export async function startMasterSync(deps: AdminDeps, connectionId: string, scope: RunScope): Promise<SyncUnderWay> {
  const sync = await deps.services.temporal.withDeadline(TEMPORAL_LIMIT_MS, () =>
    startOrJoin(deps, connectionId, scope),
  );
  deps.startedRuns.remember(sync.runId, { workflowId: sync.workflowId, connectionId, startedAt: new Date() });
  return sync;
}

async function startOrJoin(deps: AdminDeps, connectionId: string, scope: RunScope): Promise<SyncUnderWay> {
  const workflowId = masterSyncId(connectionId);
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    const running = await describeRunning(deps, workflowId);
    if (running && (await isCovered(deps, running, scope))) return { runId: firstRunId(running), workflowId };
    if (running) break;
    const started = await startUnlessRunning(deps, { connectionId, scope, workflowId });
    if (started) return started;
  }
  const apart = masterSyncId(connectionId, randomBytes(4).toString('hex'));
  const started = await startUnlessRunning(deps, { connectionId, scope, workflowId: apart });
  if (started) return started;
  throw new Error(`Workflow ${apart} runs already, although its id is random.`);
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

function firstRunId(description: WorkflowExecutionDescription): string {
  const first = description.raw.workflowExecutionInfo?.firstRunId;
  return first === undefined || first === null || first === '' ? description.runId : first;
}

/** Our own starts note their scope in the memo; one that was started by hand has it in its row, once it has begun. */
async function isCovered(deps: AdminDeps, running: WorkflowExecutionDescription, asked: RunScope): Promise<boolean> {
  const noted = running.memo?.['scope'] as RunScope | undefined;
  if (noted) return covers(noted, asked);
  const row = await deps.services.store.runs.get(firstRunId(running));
  if (!row) return false;
  const scope = {
    legalEntity: row.legal_entity ?? undefined,
    full: row.full_comparison,
    acceptShrink: row.accept_shrink,
  };
  return covers(scope, asked);
}

async function startUnlessRunning(
  { services: { temporal } }: AdminDeps,
  wanted: { connectionId: string; scope: RunScope; workflowId: string },
): Promise<SyncUnderWay | undefined> {
  const { connectionId, scope, workflowId } = wanted;
  const { legalEntity, full, acceptShrink } = scope;
  const input: SyncMasterDataInput = {
    connectionId,
    ...(legalEntity === undefined ? {} : { legalEntity }),
    ...(full ? { full } : {}),
    ...(acceptShrink ? { acceptShrink } : {}),
  };
  try {
    const handle = await temporal.client.workflow.start(WORKFLOW_TYPES.syncMasterData, {
      taskQueue: TASK_QUEUE,
      workflowId,
      workflowIdConflictPolicy: 'FAIL',
      args: [input],
      memo: { scope },
      staticSummary: `Sync ${legalEntity ?? 'all legal entities'} of ${connectionId} to Zendesk`,
      typedSearchAttributes: searchAttributesOf(connectionId, legalEntity),
      priority: { fairnessKey: connectionId },
    });
    return { runId: handle.firstExecutionRunId, workflowId };
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return undefined;
    throw error;
  }
}
