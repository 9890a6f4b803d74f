import { sql } from 'kysely';
import type { Db } from '../database.ts';
import { planRowsAgain, rowsInState, rowsOfJob, takeRows, type JobRow } from './job-rows.ts';
import type { JobItem, JobState } from '../schema.ts';
import { sliceIs, type Slice } from './staging.ts';

/** A bulk job as it stands. `no` is ours; `zendeskJobId` is null until Zendesk has answered. */
export interface Job {
  readonly no: number;
  readonly operation: 'create' | 'update';
  readonly state: JobState;
  readonly zendeskJobId: string | null;
  readonly misses: number;
  readonly ageMs: number;
  readonly status: string | null;
  readonly results: readonly JobItem[] | null;
}

/** A job that is written down and about to be asked for. */
export interface JobToSubmit {
  readonly no: number;
  readonly operation: 'create' | 'update';
  readonly rows: readonly JobRow[];
}

/** What asking for the next job came to: a job to submit, none left, or no room for another open one. */
export type NextJob = { readonly job: JobToSubmit } | 'none' | 'full';

/** Bulk jobs: what is asked of Zendesk is written down before it is asked. */
export interface JobStore {
  /** Takes the next rows to submit together and writes the job down; `full` while 25 jobs of the connection are open. */
  next(connectionId: string, slice: Slice): Promise<NextJob>;
  /** Zendesk took the job. */
  opened(no: number, zendeskJobId: string): Promise<void>;
  /** Nobody knows whether Zendesk took the job. */
  unsure(no: number): Promise<void>;
  /** Zendesk did not take the job: its rows are planned again, in smaller jobs when `smaller`. */
  returnRows(no: number, options: { smaller: boolean }): Promise<void>;
  /** Jobs of a slice in these states, oldest first. A job still "submitting" belongs to an attempt that died. */
  list(slice: Slice, states: readonly JobState[]): Promise<Job[]>;
  /** Zendesk ids of all jobs of the connection that we know to be open. */
  knownOpen(connectionId: string): Promise<string[]>;
  /** Notes what a poll has shown. */
  saveState(
    no: number,
    seen: { state: JobState; misses?: number; status?: string; results?: readonly JobItem[] | null },
  ): Promise<void>;
  /** The rows of a job, in the order in which they were sent. */
  rows(connectionId: string, no: number): Promise<JobRow[]>;
  /** The records of a slice that Zendesk refused, or for which a bulk job could not do everything. */
  rowsIn(
    connectionId: string,
    slice: Slice,
    wanted: { state: 'refused' | 'incomplete'; limit: number },
  ): Promise<JobRow[]>;
}

/** Zendesk runs at most 30 bulk jobs of an account (Zendesk docs, Job Statuses); five are left to people and other apps. */
const OPEN_JOBS = 25;

/** Builds the store of bulk jobs. */
export function createJobStore(db: Db): JobStore {
  return {
    next: (connectionId, slice) => db.transaction().execute((tx) => next(tx, connectionId, slice)),
    async opened(no, zendeskJobId) {
      await db.updateTable('jobs').set({ state: 'open', zendesk_job_id: zendeskJobId }).where('no', '=', no).execute();
    },
    async unsure(no) {
      await db.updateTable('jobs').set({ state: 'unsure' }).where('no', '=', no).execute();
    },
    returnRows: (no, { smaller }) =>
      db.transaction().execute(async (tx) => {
        await planRowsAgain(tx, no, { smaller });
        await tx.updateTable('jobs').set({ state: 'recorded' }).where('no', '=', no).execute();
      }),
    list: (slice, states) => list(db, slice, states),
    async knownOpen(connectionId) {
      const open = db.selectFrom('jobs').select('zendesk_job_id').where('connection_id', '=', connectionId);
      const rows = await open.where('state', '=', 'open').execute();
      return rows.flatMap(({ zendesk_job_id: id }) => (id === null ? [] : [id]));
    },
    async saveState(no, { state, misses, status, results }) {
      const change = {
        state,
        ...(misses === undefined ? {} : { misses }),
        ...(status === undefined ? {} : { job_status: status }),
        ...(results === undefined ? {} : { results: results === null ? null : JSON.stringify(results) }),
      };
      await db.updateTable('jobs').set(change).where('no', '=', no).execute();
    },
    rows: (connectionId, no) => rowsOfJob(db, connectionId, no),
    rowsIn: (connectionId, slice, wanted) => rowsInState(db, connectionId, { slice, ...wanted }),
  };
}

async function next(db: Db, connectionId: string, slice: Slice): Promise<NextJob> {
  // Several slices of a connection submit at once: the count of open jobs holds only while nobody else counts.
  await sql`select id from connections where id = ${connectionId} for update`.execute(db);
  const [first] = await db
    .selectFrom('staged_records')
    .select(['round', 'operation'])
    .where(sliceIs(slice))
    .where('operation_state', '=', 'planned')
    .orderBy('round')
    .orderBy('rank')
    .limit(1)
    .execute();
  if (!first) return 'none';
  const open = db
    .selectFrom('jobs')
    .select((eb) => eb.fn.countAll<number>().as('jobs'))
    .where('connection_id', '=', connectionId);
  const { jobs } = await open.where('state', 'in', ['submitting', 'unsure', 'open']).executeTakeFirstOrThrow();
  if (jobs >= OPEN_JOBS) return 'full';
  const operation = first.operation === 'create' ? ('create' as const) : ('update' as const);
  const no = await take(db, connectionId, { slice, operation, round: first.round });
  return { job: { no, operation, rows: await rowsOfJob(db, connectionId, no) } };
}

async function take(
  db: Db,
  connectionId: string,
  batch: { slice: Slice; operation: 'create' | 'update'; round: number },
): Promise<number> {
  const { slice, operation, round } = batch;
  const { no } = await db
    .insertInto('jobs')
    .values({
      connection_id: connectionId,
      run_id: slice.runId,
      legal_entity: slice.legalEntity,
      kind: slice.kind,
      operation,
      state: 'submitting',
      zendesk_job_id: null,
      job_status: null,
      results: null,
    })
    .returning('no')
    .executeTakeFirstOrThrow();
  await takeRows(db, no, { slice, operation, round });
  return no;
}

async function list(db: Db, slice: Slice, states: readonly JobState[]): Promise<Job[]> {
  const rows = await db
    .selectFrom('jobs')
    .selectAll()
    .select(sql<number>`(extract(epoch from now() - submitted_at) * 1000)::float8`.as('age_ms'))
    .where(sliceIs(slice))
    .where('state', 'in', states)
    .orderBy('no')
    .execute();
  return rows.map((row) => ({
    no: row.no,
    operation: row.operation,
    state: row.state,
    zendeskJobId: row.zendesk_job_id,
    misses: row.misses,
    ageMs: row.age_ms,
    status: row.job_status,
    results: row.results,
  }));
}
