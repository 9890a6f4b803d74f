import type { Db } from '../database.ts';
import { recordTargetChanges, type TargetChanges } from '../targets.ts';
import { moveRows, type RowTransition } from './job-rows.ts';
import { saveOutcomes, type OutcomeScope, type RecordOutcome } from './outcomes.ts';

/** What a step found out, to be recorded together: all of it, or nothing. */
export interface Changes extends TargetChanges {
  readonly outcomes?: readonly RecordOutcome[];
  readonly transitions?: readonly RowTransition[];
  /** The bulk job whose rows these are. It is closed, since its rows are matched item by item. */
  readonly job?: number;
}

/** Records what a step found out, in one transaction, so that a kill leaves either none or all of it. */
export interface ChangeStore {
  record(scope: OutcomeScope, changes: Changes): Promise<void>;
}

/** Creates the store of changes. */
export function createChangeStore(db: Db): ChangeStore {
  return {
    record: (scope, changes) => db.transaction().execute((tx) => record(tx, scope, changes)),
  };
}

async function record(db: Db, scope: OutcomeScope, changes: Changes): Promise<void> {
  await recordTargetChanges(db, scope.connectionId, changes);
  await saveOutcomes(db, scope, changes.outcomes ?? []);
  await moveRows(db, scope.runId, changes.transitions ?? []);
  if (changes.job === undefined) return;
  await db.updateTable('jobs').set({ state: 'recorded' }).where('no', '=', changes.job).execute();
}
