import { sql, type Selectable } from 'kysely';
import type { RunScope } from '../../domain/sync/run-scope.ts';
import type { Db } from '../database.ts';
import type { Database } from '../schema.ts';
import type { RunKind, RunStatus } from './tables.ts';

/** A run to begin. `runId` stays the same when its workflow continues as new or is reset. */
export interface RunToBegin extends RunScope {
  readonly runId: string;
  readonly workflowId: string;
  readonly connectionId: string;
  readonly kind: RunKind;
}

/** The master run or preview that is running on a connection. */
export interface RunHolder {
  readonly kind: RunKind;
  readonly runId: string;
  readonly workflowId: string;
  readonly scope: RunScope;
}

/** The end of a run: its status, its error and how long it waited for remote systems. */
export interface RunEnd {
  readonly status: Exclude<RunStatus, 'running'>;
  readonly waitedMs: number;
  readonly error: { readonly code: string; readonly message: string } | null;
}

/** Something that a person should know about a run although it is not a failure. */
export interface RunNote {
  readonly code: string;
  readonly message: string;
}

/** The register of runs: at most one master run or preview per connection is running. */
export interface RunStore {
  /** Begins a run, or returns the run that holds the connection. Calling it again for the same run changes nothing. */
  begin(run: RunToBegin): Promise<{ begun: true } | { begun: false; holder: RunHolder }>;
  /** Records that a run joined another run, which already does the same work. */
  join(runId: string, connectionId: string, joinedRunId: string): Promise<void>;
  /** Returns the row of a run, or undefined for an unknown id. */
  get(runId: string): Promise<Selectable<Database['runs']> | undefined>;
  /** Returns the running runs of a connection, also resyncs of single records. */
  listRunning(connectionId: string): Promise<{ readonly runId: string; readonly workflowId: string }[]>;
  /** Adds a note to a run. Different messages with the same code are joined; a repeated message is not added. */
  addNote(runId: string, note: RunNote): Promise<void>;
  /** Returns whether a run has a note with this code. */
  hasNote(runId: string, code: string): Promise<boolean>;
  /** Counts one request to a remote system. */
  countRequest(runId: string, system: string): Promise<void>;
  /** Counts that a counted request was answered with a rate limit. */
  countLimited(runId: string, system: string): Promise<void>;
  /** Ends a run whose workflow ended without ending the run. Its claims stay until its open bulk jobs have ended. */
  abandon(runId: string): Promise<void>;
}

/** Creates the register of runs. */
export function createRunStore(db: Db): RunStore {
  return {
    begin: (run) => begin(db, run),
    async join(runId, connectionId, joinedRunId) {
      const row = { run_id: runId, connection_id: connectionId, joined_run_id: joinedRunId };
      await db
        .insertInto('run_joins')
        .values(row)
        .onConflict((conflict) => conflict.doNothing())
        .execute();
    },
    get: (runId) => db.selectFrom('runs').selectAll().where('run_id', '=', runId).executeTakeFirst(),
    listRunning: (connectionId) =>
      db
        .selectFrom('runs')
        .select(['run_id as runId', 'workflow_id as workflowId'])
        .where('connection_id', '=', connectionId)
        .where('status', '=', 'running')
        .execute(),
    async addNote(runId, { code, message }) {
      const row = { run_id: runId, code, message };
      await db
        .insertInto('run_notes')
        .values(row)
        .onConflict((conflict) =>
          conflict.columns(['run_id', 'code']).doUpdateSet({
            message: sql<string>`case when position(excluded.message in run_notes.message) > 0 then run_notes.message
              else run_notes.message || ' ' || excluded.message end`,
          }),
        )
        .execute();
    },
    async hasNote(runId, code) {
      const notes = db.selectFrom('run_notes').select('code').where('run_id', '=', runId);
      return (await notes.where('code', '=', code).executeTakeFirst()) !== undefined;
    },
    async countRequest(runId, system) {
      await sql`insert into run_requests as r (run_id, system, requests) values (${runId}, ${system}, 1)
        on conflict (run_id, system) do update set requests = r.requests + 1`.execute(db);
    },
    async countLimited(runId, system) {
      await sql`update run_requests set limited = limited + 1 where run_id = ${runId} and system = ${system}`.execute(
        db,
      );
    },
    async abandon(runId) {
      const error = {
        error_code: 'abandoned',
        error_message:
          'The workflow of this run was terminated before it finished. The next run reads its records again.',
      };
      await db.transaction().execute(async (tx) => {
        const ended = { status: 'cancelled' as const, finished_at: sql<Date>`now()`, ...error };
        await tx.updateTable('runs').set(ended).where('run_id', '=', runId).where('status', '=', 'running').execute();
        await dropStaged(tx, runId);
      });
    },
  };
}

/** Deletes the staged rows and the jobs of a run, and releases its claims. */
export async function clearRun(db: Db, runId: string): Promise<void> {
  await dropStaged(db, runId);
  await db.deleteFrom('jobs').where('run_id', '=', runId).execute();
  const free = { claim_workflow: null, claim_run: null, claim_again_at: null };
  await db.updateTable('records').set(free).where('claim_run', '=', runId).execute();
}

async function dropStaged(db: Db, runId: string): Promise<void> {
  await db.deleteFrom('staged_records').where('run_id', '=', runId).execute();
  await db.deleteFrom('staged_reads').where('run_id', '=', runId).execute();
}

async function begin(db: Db, run: RunToBegin): Promise<{ begun: true } | { begun: false; holder: RunHolder }> {
  const row = {
    run_id: run.runId,
    connection_id: run.connectionId,
    workflow_id: run.workflowId,
    scope: run.kind,
    legal_entity: run.legalEntity ?? null,
    full_comparison: run.full,
    accept_shrink: run.acceptShrink,
    status: 'running' as const,
    plan_id: await planApplied(db, run.runId),
  };
  const inserted = await db
    .insertInto('runs')
    .values(row)
    .onConflict((conflict) => conflict.doNothing())
    .returning('run_id')
    .executeTakeFirst();
  if (inserted) return { begun: true };
  const same = await db.selectFrom('runs').select('status').where('run_id', '=', run.runId).executeTakeFirst();
  if (same?.status === 'running') return { begun: true };
  if (same) return reopen(db, run);
  const holder = await findHolder(db, run.connectionId);
  return holder ? { begun: false, holder } : begin(db, run);
}

/** Returns the plan that a run was started to apply. The API has stored that with the approval. */
async function planApplied(db: Db, runId: string): Promise<string | null> {
  const plan = await db.selectFrom('plans').select('plan_id').where('apply_run_id', '=', runId).executeTakeFirst();
  return plan?.plan_id ?? null;
}

/** Reopens the row of a run, because a workflow that was reset runs again with the same run id. */
async function reopen(db: Db, run: RunToBegin): Promise<{ begun: true } | { begun: false; holder: RunHolder }> {
  const holder = run.kind === 'account' ? undefined : await findHolder(db, run.connectionId);
  if (holder) return { begun: false, holder };
  const opened = {
    status: 'running' as const,
    finished_at: null,
    error_code: null,
    error_message: null,
  };
  await db.updateTable('runs').set(opened).where('run_id', '=', run.runId).execute();
  await db.deleteFrom('run_phases').where('run_id', '=', run.runId).execute();
  return { begun: true };
}

async function findHolder(db: Db, connectionId: string): Promise<RunHolder | undefined> {
  const row = await db
    .selectFrom('runs')
    .selectAll()
    .where('connection_id', '=', connectionId)
    .where('status', '=', 'running')
    .where('scope', 'in', ['master', 'preview'])
    .executeTakeFirst();
  if (!row) return undefined;
  const scope = {
    legalEntity: row.legal_entity ?? undefined,
    full: row.full_comparison,
    acceptShrink: row.accept_shrink,
  };
  return { kind: row.scope, runId: row.run_id, workflowId: row.workflow_id, scope };
}
