import type { Db } from '../database.ts';

/** A run that was requested and may not have begun yet. */
export interface StartedRun {
  readonly runId: string;
  readonly connectionId: string;
  readonly workflowId: string;
  readonly startedAt: Date;
}

/** The runs that the API has started or joined. Until a worker begins such a run, its id is only stored here. */
export interface StartedRunStore {
  /** Records a run before its workflow is started. Calling it again for the same run changes nothing. */
  add(run: Omit<StartedRun, 'startedAt'>): Promise<void>;
  /** Returns a run, or undefined for an unknown id. */
  get(runId: string): Promise<StartedRun | undefined>;
  /** Forgets a run whose workflow was not started. */
  remove(runId: string): Promise<void>;
}

/** Creates the store of started runs. */
export function createStartedRunStore(db: Db): StartedRunStore {
  return {
    async add({ runId, connectionId, workflowId }) {
      await db
        .insertInto('started_runs')
        .values({ run_id: runId, connection_id: connectionId, workflow_id: workflowId })
        .onConflict((conflict) => conflict.doNothing())
        .execute();
    },
    get: (runId) =>
      db
        .selectFrom('started_runs')
        .select(['run_id as runId', 'connection_id as connectionId', 'workflow_id as workflowId'])
        .select('started_at as startedAt')
        .where('run_id', '=', runId)
        .executeTakeFirst(),
    async remove(runId) {
      await db.deleteFrom('started_runs').where('run_id', '=', runId).execute();
    },
  };
}
