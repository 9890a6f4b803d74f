import { executeChild, isCancellation } from '@temporalio/workflow';
import {
  WORKFLOW_TYPES,
  type Problem,
  type SyncLegalEntityInput,
  type SyncLegalEntityResult,
  type KindNotRead,
} from '../contract.ts';
import { legalEntitySyncId } from '../ids.ts';
import { endsTheRun, problemOf } from '../problem.ts';
import { startOptions } from '../start-options.ts';
import type { RunRef } from '../steps.ts';

/** One stage of a run for its legal entities. `summary` says what the stage does with each of them. */
export interface EntityStage {
  readonly run: RunRef;
  readonly stage: string;
  readonly summary: string;
  readonly kindsOf: (legalEntity: string) => readonly string[];
  readonly dependentKinds?: readonly string[];
  readonly incompleteEntities?: readonly string[];
}

/**
 * The result of a stage: the legal entities that failed, those with records that wait for others (`deferred`), the
 * dependent kinds that could not be read in others, and the problems. `waitedMs` is the longest wait of one legal entity, because they run side by side.
 */
export interface StageResult {
  readonly failed: readonly string[];
  readonly deferred: readonly string[];
  readonly notRead: readonly KindNotRead[];
  readonly problems: readonly Problem[];
  readonly fieldsChanged: boolean;
  readonly waitedMs: number;
}

/** Legal entities that run side by side: enough to be fast, few enough not to overload F&O. */
const SIDE_BY_SIDE = 4;

/**
 * Runs a stage for legal entities, four side by side. A failure stops the others only if they cannot succeed either.
 */
export async function runEntityStage(stage: EntityStage, entities: readonly string[]): Promise<StageResult> {
  const queue = [...entities];
  const failed: string[] = [];
  const deferred: string[] = [];
  const notRead: KindNotRead[] = [];
  const problems: Problem[] = [];
  let [waitedMs, fieldsChanged] = [0, false];
  const runQueue = async (): Promise<void> => {
    for (let entity = queue.shift(); entity !== undefined; entity = queue.shift()) {
      try {
        const result = await runEntity(stage, entity);
        waitedMs = Math.max(waitedMs, result.waitedMs);
        fieldsChanged ||= result.fieldsChanged;
        if (result.isDeferred === true) deferred.push(entity);
        for (const { kind, problem } of result.notRead) {
          notRead.push({ legalEntity: entity, kind });
          problems.push(problem);
        }
      } catch (error) {
        if (isCancellation(error)) throw error;
        failed.push(entity);
        const problem = problemOf(error);
        problems.push(problem);
        if (endsTheRun(problem)) failed.push(...queue.splice(0));
      }
    }
  };
  const results = await Promise.allSettled(Array.from({ length: SIDE_BY_SIDE }, runQueue));
  for (const result of results) if (result.status === 'rejected') throw result.reason;
  return { failed, deferred, notRead, problems, fieldsChanged, waitedMs };
}

function runEntity(entityStage: EntityStage, legalEntity: string): Promise<SyncLegalEntityResult> {
  const { run, stage, summary, kindsOf } = entityStage;
  const { connectionId, runId } = run;
  const input: SyncLegalEntityInput = {
    ...{ connectionId, runId, legalEntity, stage },
    runWorkflowId: run.workflowId,
    kinds: kindsOf(legalEntity),
    dependentKinds: entityStage.dependentKinds ?? [],
    incompleteEntities: entityStage.incompleteEntities ?? [],
    waitedMs: 0,
  };
  return executeChild<(given: SyncLegalEntityInput) => Promise<SyncLegalEntityResult>>(WORKFLOW_TYPES.syncLegalEntity, {
    ...startOptions({
      workflowId: legalEntitySyncId({ connectionId, legalEntity, runId, stage }),
      input,
      summary: `${summary}: legal entity ${legalEntity} of ${connectionId}`,
    }),
    parentClosePolicy: 'REQUEST_CANCEL',
    cancellationType: 'WAIT_CANCELLATION_COMPLETED',
  });
}
