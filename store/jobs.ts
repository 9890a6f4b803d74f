import { sql } from 'kysely';
import type { KnownUser } from '../domain/plan-user.ts';
import type { ErpRecord } from '../domain/erp-record.ts';
import type { RecordKey } from '../domain/record.ts';
import type { SettledContact } from '../domain/settle-contact.ts';
import type { Db } from './database.ts';
import type { JobItem, JobState, Operation } from './schema.ts';
import { sliceIs, type Slice } from './staging.ts';
import { knownUser } from './users.ts';

/**
 * One row of a bulk job, in the order in which it was sent. `zendeskId` is null for a create; external id and name are those
 * it was planned with, whatever is reserved for the account by now.
 */
export interface JobRow {
  readonly record: ErpRecord;
  readonly externalId: string;
  readonly name: string;
  readonly operation: Operation;
  readonly zendeskId: string | null;
  readonly round: number;
  /** Zendesk's last words about this row, when it refused it. */
  readonly refusal: string | null;
  /** Of an account, what the store has seen of the organization: the hash of its form, and those of our tags it carries. */
  readonly known: { readonly formHash: string; readonly ownTags: readonly string[] } | null;
  /** Of a contact: what it was settled to, the digest of its address, and what the store has seen of the user. */
  readonly settled: SettledContact | null;
  readonly emailDigest: string | null;
  readonly user: KnownUser | null;
}

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

/** A change of one staged row's place in the work. */
export interface RowMark extends RecordKey {
  readonly state: 'refused' | 'incomplete' | 'planned' | 'unplanned';
  readonly refusal?: string | undefined;
  readonly operation?: Operation | undefined;
  readonly zendeskId?: string | undefined;
  /** The user that settling a refusal found to be adopted. */
  readonly adoptId?: string | undefined;
}

/** Zendesk runs at most 30 bulk jobs of an account (Zendesk docs, Job Statuses); five are left to people and other apps. */
const OPEN_JOBS = 25;
/** Rows in one job (Zendesk docs: at most 100); rows that came back are sent in ever smaller jobs, at last alone. */
const ROWS_BY_ROUND = [100, 10] as const;

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
        await sql`update staged_records set operation_state = 'planned', job_no = null, job_row = null,
          round = round + ${smaller ? 1 : 0} where job_no = ${no} and operation_state = 'submitted'`.execute(tx);
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
    rows: (connectionId, no) => jobRows(db, connectionId, sql`s.job_no = ${no} order by s.job_row`),
    rowsIn: (connectionId, slice, { state, limit }) =>
      jobRows(
        db,
        connectionId,
        sql`s.run_id = ${slice.runId} and s.legal_entity = ${slice.legalEntity} and s.kind = ${slice.kind}
        and s.operation_state = ${state} order by s.rank, s.key limit ${limit}`,
      ),
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
  return { job: { no, operation, rows: await jobRows(db, connectionId, sql`s.job_no = ${no} order by s.job_row`) } };
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
  await sql`with taken as (
      select ctid as place, row_number() over (order by rank, key) - 1 as row from staged_records
      where ${sliceIs(slice)} and operation_state = 'planned' and round = ${round}
        and (operation = 'create') = ${operation === 'create'}
      order by rank, key limit ${ROWS_BY_ROUND[round] ?? 1})
    update staged_records s set job_no = ${no}, job_row = taken.row, operation_state = 'submitted', refusal = null
    from taken where s.ctid = taken.place`.execute(db);
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

async function jobRows(db: Db, connectionId: string, condition: ReturnType<typeof sql>): Promise<JobRow[]> {
  const { rows } = await sql<JobRow>`
    select s.record, s.external_id as "externalId", s.name, s.operation, s.zendesk_id as "zendeskId", s.round, s.refusal,
      case when o.zendesk_id is not null then jsonb_build_object('formHash', o.form_hash, 'ownTags', o.own_tags) end as known, s.settled, s.email_digest as "emailDigest", ${knownUser(sql`u`)} as user
    from staged_records s
    left join organizations o on s.kind <> 'contact' and o.connection_id = ${connectionId} and o.zendesk_id = s.zendesk_id
    left join users u on s.kind = 'contact' and u.connection_id = ${connectionId} and u.zendesk_id = s.zendesk_id
    where ${condition}`.execute(db);
  return rows;
}

/** Marks rows as refused by Zendesk, with its text; as written by a bulk job that could not do everything; or as to be planned anew. */
export async function markRows(db: Db, runId: string, rows: readonly RowMark[]): Promise<void> {
  if (rows.length === 0) return;
  const records = rows.map((row) => ({
    legal_entity: row.legalEntity,
    kind: row.kind,
    key: row.key,
    state: row.state === 'unplanned' ? null : row.state,
    refusal: row.refusal ?? null,
    operation: row.operation ?? null,
    zendesk_id: row.zendeskId ?? null,
    adopt_id: row.adoptId ?? null,
    unplanned: row.state === 'unplanned',
  }));
  await sql`update staged_records s set operation_state = r.state, refusal = coalesce(r.refusal, s.refusal),
      operation = case when r.unplanned then null else coalesce(r.operation, s.operation) end,
      zendesk_id = coalesce(r.zendesk_id, s.zendesk_id), adopt_id = coalesce(r.adopt_id, s.adopt_id), job_no = null, job_row = null,
      round = s.round + case when r.state = 'planned' or r.unplanned then 1 else 0 end
    from jsonb_to_recordset(${JSON.stringify(records)}::jsonb) as r(legal_entity text, kind text, key text,
      state text, refusal text, operation text, zendesk_id text, adopt_id text, unplanned boolean)
    where s.run_id = ${runId} and s.legal_entity = r.legal_entity and s.kind = r.kind
      and s.key = r.key`.execute(db);
}
