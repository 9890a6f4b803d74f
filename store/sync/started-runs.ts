import type { Db } from '../database.ts';

/** A run that was asked for and may not have begun yet. */
export interface StartedRun {
  readonly runId: string;
  readonly connectionId: string;
  readonly workflowId: string;
  readonly startedAt: Date;
}

/** The runs that the API has started, or let somebody join: until a worker begins one, only this table knows its id. */
export interface StartedRunStore {
  /** Records a run before its workflow is started; a run that is known already stays as it is. */
  add(run: Omit<StartedRun, 'startedAt'>): Promise<void>;
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
