import { sql, type Selectable } from 'kysely';
import type { RunScope } from '../../domain/sync/run-scope.ts';
import type { Db } from '../database.ts';
import type { Database } from '../schema.ts';
import type { RunStatus } from './tables.ts';

/** A run to begin: `runId` is the workflow's first execution run id, which restarts and continue-as-new keep. */
export interface RunToBegin extends RunScope {
  readonly runId: string;
  readonly workflowId: string;
  readonly connectionId: string;
  readonly kind: 'master' | 'account';
}

/** The run that has the connection when another wants to begin. */
export interface RunHolder {
  readonly runId: string;
  readonly workflowId: string;
  readonly scope: RunScope;
}

/** How a run ended. */
export interface RunEnd {
  readonly status: Exclude<RunStatus, 'running'>;
  readonly waitedMs: number;
  readonly error: { readonly code: string; readonly message: string } | null;
}

/** Something that a person should know of a run which is no failure. */
export interface RunNote {
  readonly code: string;
  readonly message: string;
}

/** The register of runs: at most one master run per connection is running. */
export interface RunStore {
  /** Begins a run, or says which run has the connection. Beginning the same run twice is the same as once. */
  begin(run: RunToBegin): Promise<{ begun: true } | { begun: false; holder: RunHolder }>;
  /** Notes that a request found its work already being done by another run. */
  join(runId: string, connectionId: string, joinedRunId: string): Promise<void>;
  get(runId: string): Promise<Selectable<Database['runs']> | undefined>;
  /** Runs of a connection that are under way, resyncs of single accounts included. */
  listRunning(connectionId: string): Promise<{ readonly runId: string; readonly workflowId: string }[]>;
  /** Keeps something that a person should know of a run. Messages of one code are joined, each once. */
  note(runId: string, note: RunNote): Promise<void>;
  hasNote(runId: string, code: string): Promise<boolean>;
  /** Counts one request to a remote system. */
  countRequest(runId: string, system: string): Promise<void>;
  /** Counts that a counted request was answered with a rate limit. */
  countLimited(runId: string, system: string): Promise<void>;
  /** Ends a run whose workflow is gone without having ended it. Its claims stay until its open bulk jobs have ended. */
  abandon(runId: string): Promise<void>;
}

/** Builds the register of runs. */
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
    async note(runId, { code, message }) {
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
        error_message: 'The workflow of this run was ended from outside before it could finish.',
      };
      await db.transaction().execute(async (tx) => {
        const ended = { status: 'cancelled' as const, finished_at: sql<Date>`now()`, ...error };
        await tx.updateTable('runs').set(ended).where('run_id', '=', runId).where('status', '=', 'running').execute();
        await dropStaged(tx, runId);
      });
    },
  };
}

/** Drops what a run staged and lets go of what it claimed. */
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

/** A workflow that was reset runs again under its first run id: its row is opened anew. */
async function reopen(db: Db, run: RunToBegin): Promise<{ begun: true } | { begun: false; holder: RunHolder }> {
  const holder = run.kind === 'master' ? await findHolder(db, run.connectionId) : undefined;
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
    .where('scope', '=', 'master')
    .executeTakeFirst();
  if (!row) return undefined;
  const scope = {
    legalEntity: row.legal_entity ?? undefined,
    full: row.full_comparison,
    acceptShrink: row.accept_shrink,
  };
  return { runId: row.run_id, workflowId: row.workflow_id, scope };
}
