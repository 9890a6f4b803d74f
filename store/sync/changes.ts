import type { Db } from '../database.ts';
import { recordTargetChanges, type TargetChanges } from '../targets.ts';
import { moveRows, type RowTransition } from './job-rows.ts';
import { saveOutcomes, type OutcomeScope, type RecordOutcome } from './outcomes.ts';

/** Changes that a step records together, in one transaction. */
export interface Changes extends TargetChanges {
  readonly outcomes?: readonly RecordOutcome[];
  readonly transitions?: readonly RowTransition[];
  /** The number of the bulk job that is recorded with these changes. */
  readonly job?: number;
}

/** The changes that steps record. */
export interface ChangeStore {
  /** Records changes in one transaction, so that a killed process leaves either none or all of them. */
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
