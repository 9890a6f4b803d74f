import { sql } from 'kysely';
import type { ErpRecord, RecordKey } from '../../domain/sync/record.ts';
import type { Db } from '../database.ts';
import type { Operation } from './tables.ts';
import { storeTargetOf } from '../targets.ts';
import { sliceIs, type Slice } from './staging.ts';

/**
 * One row of a bulk job. `zendeskId` is null for a create. The external id and the name are those of the plan, even if
 * the reservations of the record have changed since. `seen` is the stored organization or user. `reservation` holds the
 * further reservations of a contact.
 */
export interface JobRow<Seen = unknown, Reservation = unknown> {
  readonly record: ErpRecord;
  readonly externalId: string;
  readonly name: string;
  readonly operation: Operation;
  readonly zendeskId: string | null;
  readonly round: number;
  /** The last error text of Zendesk for this row; null when it was not refused. */
  readonly refusal: string | null;
  readonly seen: Seen | null;
  readonly reservation: Reservation | null;
  readonly emailDigest: string | null;
  /** The last number of the account before its current one; null or undefined if it had none. */
  readonly formerKey?: string | null;
  /** The number of consecutive runs that rejected the record. */
  readonly rejections?: number;
}

/** A change of the state of a staged record between its plan and its outcome. */
export interface RowTransition extends RecordKey {
  readonly state: 'refused' | 'incomplete' | 'planned' | 'unplanned';
  readonly refusal?: string | undefined;
  readonly operation?: Operation | undefined;
  readonly zendeskId?: string | undefined;
  /** The user that resolving a refusal chose for adoption. */
  readonly adoptId?: string | undefined;
  /** True: a row to be planned again is sent in a smaller job. */
  readonly smaller?: boolean | undefined;
}

/**
 * Rows per job, by how often the jobs of a row were split (Zendesk docs: at most 100). Rows of a failed job are sent in
 * smaller jobs, finally one by one.
 */
const ROWS_BY_SPLITS = [100, 10] as const;

/** Rows that may be in one job: of one slice, operation and round, whose jobs were split equally often. */
export interface Batch {
  readonly slice: Slice;
  readonly operation: 'create' | 'update';
  readonly round: number;
  readonly splits: number;
}

/** Assigns the next planned rows of a batch to a job. */
export async function takeRows(db: Db, no: number, { slice, operation, round, splits }: Batch): Promise<void> {
  await sql`with taken as (
      select ctid as place, row_number() over (order by rank, key) - 1 as row from staged_records
      where ${sliceIs(slice)} and operation_state = 'planned' and round = ${round} and splits = ${splits}
        and (operation = 'create') = ${operation === 'create'}
      order by rank, key limit ${ROWS_BY_SPLITS[splits] ?? 1})
    update staged_records s set job_no = ${no}, job_row = taken.row, operation_state = 'submitted', refusal = null
    from taken where s.ctid = taken.place`.execute(db);
}

/** Plans the rows of a job that Zendesk did not accept again, for smaller jobs when `smaller` is set. */
export async function planRowsAgain(db: Db, no: number, { smaller }: { smaller: boolean }): Promise<void> {
  await sql`update staged_records set operation_state = 'planned', job_no = null, job_row = null,
    round = round + ${smaller ? 1 : 0}, splits = splits + ${smaller ? 1 : 0} where job_no = ${no} and operation_state = 'submitted'`.execute(
    db,
  );
}

/** Returns the rows of a job, in the order in which they were sent. */
export function rowsOfJob<Seen, Reservation>(
  db: Db,
  connectionId: string,
  { slice, no }: { slice: Slice; no: number },
): Promise<JobRow<Seen, Reservation>[]> {
  return jobRows(db, { connectionId, slice, condition: sql`s.job_no = ${no} order by s.job_row` });
}

/** Returns the rows of a slice in one state, in the order of their rank. */
export function rowsInState<Seen, Reservation>(
  db: Db,
  connectionId: string,
  { slice, state, limit }: { slice: Slice; state: 'refused' | 'incomplete'; limit: number },
): Promise<JobRow<Seen, Reservation>[]> {
  const condition = sql`s.run_id = ${slice.runId} and s.legal_entity = ${slice.legalEntity} and s.kind = ${slice.kind}
      and s.operation_state = ${state} order by s.rank, s.key limit ${limit}`;
  return jobRows(db, { connectionId, slice, condition });
}

async function jobRows<Seen, Reservation>(
  db: Db,
  { connectionId, slice, condition }: { connectionId: string; slice: Slice; condition: ReturnType<typeof sql> },
): Promise<JobRow<Seen, Reservation>[]> {
  const { seenById } = storeTargetOf(slice.target);
  const { rows } = await sql<JobRow<Seen, Reservation>>`
    select s.record, s.external_id as "externalId", s.name, s.operation, s.zendesk_id as "zendeskId", s.round, s.refusal,
      seen.value as seen, s.reservation, s.email_digest as "emailDigest",
      a.renumbered_from as "formerKey", coalesce(a.attempts, 0) as rejections
    from staged_records s left join records a on a.connection_id = ${connectionId} and a.legal_entity = s.legal_entity
      and a.kind = s.kind and a.key = s.key
    left join lateral (${seenById(connectionId, sql`s.zendesk_id`)}) seen on true
    where ${condition}`.execute(db);
  return rows;
}

/** Changes the state of rows: refused by Zendesk, to be completed after a bulk job, or to be planned again. */
export async function moveRows(db: Db, runId: string, rows: readonly RowTransition[]): Promise<void> {
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
    smaller: row.smaller === true,
  }));
  await sql`update staged_records s set operation_state = r.state, refusal = coalesce(r.refusal, s.refusal),
      operation = case when r.unplanned then null else coalesce(r.operation, s.operation) end,
      zendesk_id = coalesce(r.zendesk_id, s.zendesk_id), adopt_id = coalesce(r.adopt_id, s.adopt_id), job_no = null, job_row = null,
      round = s.round + case when r.state = 'planned' or r.unplanned then 1 else 0 end, splits = s.splits + r.smaller::int
    from jsonb_to_recordset(${JSON.stringify(records)}::jsonb) as r(legal_entity text, kind text, key text,
      state text, refusal text, operation text, zendesk_id text, adopt_id text, unplanned boolean, smaller boolean)
    where s.run_id = ${runId} and s.legal_entity = r.legal_entity and s.kind = r.kind
      and s.key = r.key`.execute(db);
}
