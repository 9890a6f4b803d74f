import { executeChild, isCancellation } from '@temporalio/workflow';
import type { RecordKind } from '../../domain/sync/record.ts';
import {
  priorityOf,
  type Problem,
  type SyncLegalEntityInput,
  type SyncLegalEntityResult,
  type WaveName,
} from '../contract.ts';
import { WORKFLOW_TYPES } from '../contract.ts';
import { searchAttributesOf } from '../search-attributes.ts';
import { legalEntitySyncId } from '../ids.ts';
import { endsTheRun, problemOf } from '../problem.ts';
import type { RunRef } from '../steps.ts';

/** One wave of a run over its legal entities. */
export interface Wave {
  readonly run: RunRef;
  readonly kinds: readonly RecordKind[];
  readonly wave: WaveName;
  readonly acceptShrink: boolean;
  readonly unread: readonly string[];
}

/**
 * What a wave came to: the legal entities that failed, those of the others whose contacts could not be read, and why.
 * `waitedMs` is the longest wait of those that ran side by side.
 */
export interface WaveResult {
  readonly failed: readonly string[];
  readonly withoutContacts: readonly string[];
  readonly problems: readonly Problem[];
  readonly waitedMs: number;
}

/** Legal entities that are worked on side by side: enough to be quick, few enough to stay polite to F&O. */
const SIDE_BY_SIDE = 4;

/** Runs a wave over legal entities, a few side by side; one that fails does not stop the others unless nothing could go on. */
export async function runWave(wave: Wave, entities: readonly string[]): Promise<WaveResult> {
  const queue = [...entities];
  const failed: string[] = [];
  const withoutContacts: string[] = [];
  const problems: Problem[] = [];
  let waitedMs = 0;
  const lane = async (): Promise<void> => {
    for (let entity = queue.shift(); entity !== undefined; entity = queue.shift()) {
      try {
        const result = await runEntity(wave, entity);
        waitedMs = Math.max(waitedMs, result.waitedMs);
        if (result.contactsProblem === null) continue;
        withoutContacts.push(entity);
        problems.push(result.contactsProblem);
      } catch (error) {
        if (isCancellation(error)) throw error;
        failed.push(entity);
        const problem = problemOf(error);
        problems.push(problem);
        if (endsTheRun(problem)) failed.push(...queue.splice(0));
      }
    }
  };
  const lanes = await Promise.allSettled(Array.from({ length: SIDE_BY_SIDE }, lane));
  for (const ended of lanes) if (ended.status === 'rejected') throw ended.reason;
  return { failed, withoutContacts, problems, waitedMs };
}

const WHAT_OF_WAVE: Readonly<Record<WaveName, string>> = {
  read: 'Read from Dynamics 365',
  apply: 'Apply accounts to Zendesk',
  'apply-contacts': 'Apply contacts to Zendesk',
};

function runEntity({ run, ...wave }: Wave, legalEntity: string): Promise<SyncLegalEntityResult> {
  const at = { connectionId: run.connectionId, legalEntity, runId: run.runId, wave: wave.wave };
  const input: SyncLegalEntityInput = { ...wave, ...at, runWorkflowId: run.workflowId, waitedMs: 0 };
  const what = WHAT_OF_WAVE[wave.wave];
  return executeChild<(given: SyncLegalEntityInput) => Promise<SyncLegalEntityResult>>(WORKFLOW_TYPES.syncLegalEntity, {
    workflowId: legalEntitySyncId(at),
    args: [input],
    staticSummary: `${what}: legal entity ${legalEntity} of ${run.connectionId}`,
    parentClosePolicy: 'REQUEST_CANCEL',
    cancellationType: 'WAIT_CANCELLATION_COMPLETED',
    priority: priorityOf(run.connectionId),
    typedSearchAttributes: searchAttributesOf(run.connectionId, legalEntity),
  });
}
