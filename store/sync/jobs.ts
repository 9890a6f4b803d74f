import { sql } from 'kysely';
import { JOB_WAITS, type JobWaits } from '../../domain/sync/job-watch.ts';
import type { Db } from '../database.ts';
import { planRowsAgain, rowsInState, rowsOfJob, takeRows, type Batch, type JobRow } from './job-rows.ts';
import type { JobItem, JobState } from './tables.ts';
import { sliceIs, type Slice, type SliceKey } from './staging.ts';

/** A bulk job and its state. `no` is our number; `zendeskJobId` is null until Zendesk has answered. */
export interface Job {
  readonly no: number;
  readonly operation: 'create' | 'update';
  readonly state: JobState;
  readonly zendeskJobId: string | null;
  /** The questions that it did not answer since Zendesk last showed it. */
  readonly misses: number;
  readonly ageMs: number;
  /** The time since its status or progress last changed. */
  readonly quietMs: number;
  readonly status: string | null;
  readonly progress: number | null;
  readonly results: readonly JobItem[] | null;
  /** The time by Zendesk's clock at which Zendesk showed that the job had ended; null when it is not known. */
  readonly shownAt: string | null;
}

/** A job that is stored and about to be submitted. */
export interface JobToSubmit<Seen = unknown, Reservation = unknown> {
  readonly no: number;
  readonly operation: 'create' | 'update';
  readonly rows: readonly JobRow<Seen, Reservation>[];
}

/** The next job to submit; `none` when no row is left, `full` when no further job may be open. */
export type NextJob<Seen = unknown, Reservation = unknown> =
  { readonly job: JobToSubmit<Seen, Reservation> } | 'none' | 'full';

/** Bulk jobs. Each is stored before it is submitted to Zendesk. */
export interface JobStore {
  /** How long to wait for jobs. */
  readonly waits: JobWaits;
  /** Stores the next job with its rows and returns it; `full` while 25 jobs of the connection are open. */
  next<Seen, Reservation>(connectionId: string, slice: Slice): Promise<NextJob<Seen, Reservation>>;
  /** Records that Zendesk accepted the job. */
  opened(no: number, zendeskJobId: string): Promise<void>;
  /** Records that it is unknown whether Zendesk accepted the job. `isError`: Zendesk answered with a server error. */
  unsure(no: number, isError?: boolean): Promise<void>;
  /** Plans the rows of a job that Zendesk did not accept again, for smaller jobs when `smaller` is set. */
  returnRows(no: number, options: { smaller: boolean }): Promise<void>;
  /**
   * Returns the jobs of a slice in these states, the oldest first. A `submitting` job belongs to an interrupted
   * attempt.
   */
  list(slice: SliceKey, states: readonly JobState[]): Promise<Job[]>;
  /** Counts the updates of a slice so far. */
  countUpdates(slice: SliceKey): Promise<number>;
  /** Returns the Zendesk ids of all jobs of the connection that are known to be open. */
  knownOpen(connectionId: string): Promise<string[]>;
  /** Records the result of a poll. Missing members stay as they are. */
  saveState(
    no: number,
    seen: {
      state: JobState;
      misses?: number;
      status?: string;
      progress?: number | null;
      results?: readonly JobItem[] | null;
      shownAt?: string | null;
    },
  ): Promise<void>;
  /** Returns the rows of a job, in the order in which they were sent. */
  rows<Seen, Reservation>(connectionId: string, slice: Slice, no: number): Promise<JobRow<Seen, Reservation>[]>;
  /** Returns the rows of a slice that Zendesk refused, or that must be completed after a bulk job. */
  rowsIn<Seen, Reservation>(
    connectionId: string,
    slice: Slice,
    wanted: { state: 'refused' | 'incomplete'; limit: number },
  ): Promise<JobRow<Seen, Reservation>[]>;
}

/** Zendesk allows 30 bulk jobs per account (Zendesk docs, Job Statuses). Five are left to people and other apps. */
const OPEN_JOBS = 25;

/** The stored status of a job whose submission was answered with a server error. */
export const SUBMISSION_FAILED = 'error';

/** Creates the store of bulk jobs. `waits` are shorter in tests. */
export function createJobStore(db: Db, waits: JobWaits = JOB_WAITS): JobStore {
  return {
    waits,
    next: (connectionId, slice) => db.transaction().execute((tx) => next(tx, connectionId, slice)),
    async opened(no, zendeskJobId) {
      await db.updateTable('jobs').set({ state: 'open', zendesk_job_id: zendeskJobId }).where('no', '=', no).execute();
    },
    async unsure(no, isError = false) {
      const status = isError ? { job_status: SUBMISSION_FAILED } : {};
      await db
        .updateTable('jobs')
        .set({ state: 'unsure', ...status })
        .where('no', '=', no)
        .execute();
    },
    returnRows: (no, { smaller }) =>
      db.transaction().execute(async (tx) => {
        await planRowsAgain(tx, no, { smaller });
        await tx.updateTable('jobs').set({ state: 'recorded' }).where('no', '=', no).execute();
      }),
    list: (slice, states) => list(db, slice, states),
    async countUpdates(slice) {
      const updates = db.selectFrom('jobs').where(sliceIs(slice)).where('operation', '=', 'update');
      return (await updates.select((eb) => eb.fn.countAll<number>().as('jobs')).executeTakeFirstOrThrow()).jobs;
    },
    async knownOpen(connectionId) {
      const open = db.selectFrom('jobs').select('zendesk_job_id').where('connection_id', '=', connectionId);
      const rows = await open.where('state', '=', 'open').execute();
      return rows.flatMap(({ zendesk_job_id: id }) => (id === null ? [] : [id]));
    },
    async saveState(no, { state, misses, status, progress = null, results, shownAt }) {
      const changedAt = sql<Date>`case when job_status is distinct from ${status ?? null}::text
        or progress is distinct from ${progress}::integer then now() else changed_at end`;
      const change = {
        state,
        ...(misses === undefined ? {} : { misses }),
        ...(status === undefined ? {} : { job_status: status, progress, changed_at: changedAt }),
        ...(shownAt === undefined ? {} : { shown_at: shownAt === null ? null : new Date(shownAt) }),
        ...(results === undefined ? {} : { results: results === null ? null : JSON.stringify(results) }),
      };
      await db.updateTable('jobs').set(change).where('no', '=', no).execute();
    },
    rows: (connectionId, slice, no) => rowsOfJob(db, connectionId, { slice, no }),
    rowsIn: (connectionId, slice, wanted) => rowsInState(db, connectionId, { slice, ...wanted }),
  };
}

async function next<Seen, Reservation>(
  db: Db,
  connectionId: string,
  slice: Slice,
): Promise<NextJob<Seen, Reservation>> {
  // Several slices of a connection submit at once. The lock lets one of them at a time count the open jobs.
  await sql`select id from connections where id = ${connectionId} for update`.execute(db);
  const [first] = await db
    .selectFrom('staged_records')
    .select(['round', 'splits', 'operation'])
    .where(sliceIs(slice))
    .where('operation_state', '=', 'planned')
    .orderBy('round')
    .orderBy('splits')
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
  const { round, splits } = first;
  const no = await take(db, connectionId, { slice, operation, round, splits });
  return { job: { no, operation, rows: await rowsOfJob(db, connectionId, { slice, no }) } };
}

async function take(db: Db, connectionId: string, batch: Batch): Promise<number> {
  const { slice, operation } = batch;
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
      progress: null,
      shown_at: null,
      results: null,
    })
    .returning('no')
    .executeTakeFirstOrThrow();
  await takeRows(db, no, batch);
  return no;
}

async function list(db: Db, slice: SliceKey, states: readonly JobState[]): Promise<Job[]> {
  const rows = await db
    .selectFrom('jobs')
    .selectAll()
    .select(sql<number>`(extract(epoch from now() - submitted_at) * 1000)::float8`.as('age_ms'))
    .select(sql<number>`(extract(epoch from now() - changed_at) * 1000)::float8`.as('quiet_ms'))
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
    quietMs: row.quiet_ms,
    status: row.job_status,
    progress: row.progress,
    results: row.results,
    shownAt: row.shown_at?.toISOString() ?? null,
  }));
}
