import { sql } from 'kysely';
import { recordKeyText, type ErpRecord, type RecordKey } from '../../domain/sync/record.ts';
import type { Rejection, RejectionCode } from '../../domain/sync/rejection.ts';
import type { Db } from '../database.ts';
import { storeTargetOf } from '../targets.ts';
import { claimRecords, markForeignClaims, operationSet, type PlannedOperation, type Planner } from './claims.ts';
import { saveOutcomes, type RecordOutcome } from './outcomes.ts';
import { sliceIs, type Slice, type SliceKey } from './staging.ts';

/**
 * A staged record with its reservations and everything else that planning needs. `seen` is the stored organization or
 * user. `reservation` holds the further reservations of a contact.
 */
export interface RowToPlan<Seen = unknown, Reservation = unknown> {
  readonly record: ErpRecord;
  readonly externalId: string | null;
  readonly name: string | null;
  readonly linkedId: string | null;
  /** The last number of the account before its current one; null or undefined if it had none. */
  readonly formerKey?: string | null;
  readonly adoptId: string | null;
  /** The digest of the last attempt that Zendesk refused. */
  readonly refusedAttempt: string | null;
  readonly lastRejection: Rejection | null;
  readonly rejection: Rejection | null;
  readonly seen: Seen | null;
  readonly reservation: Reservation | null;
  readonly emailDigest: string | null;
  /** True when another run has applied a later reading of the record. */
  readonly isStale: boolean;
  /**
   * True while a record of this run that has reserved the plain name of this one has no outcome. If Zendesk refuses that
   * name, the organization that has it may belong to either of them.
   */
  readonly mustWait: boolean;
}

/** A claim that belongs to another run. */
export interface ForeignClaim {
  readonly workflowId: string;
  readonly runId: string;
}

/** Plans and claims. A write needs a claim on its record. A claim belongs to a run and has no time limit. */
export interface PlanningStore {
  /** Returns the records of a slice that have no plan, by key after `after`. */
  rows<Seen, Reservation>(
    connectionId: string,
    slice: Slice,
    page: { after: string; limit: number },
  ): Promise<RowToPlan<Seen, Reservation>[]>;
  /** Returns the other runs that have claimed records of the connection. */
  foreignClaims(planner: Planner): Promise<ForeignClaim[]>;
  /** Releases the claims of a run that has ended. */
  releaseClaims(connectionId: string, runId: string): Promise<void>;
  /**
   * Saves outcomes, and operations for the records that could be claimed. A record that another run has claimed is
   * marked to be read again by that run, and counts as unchanged here.
   */
  save(
    planner: Planner,
    plans: { outcomes: readonly RecordOutcome[]; operations: readonly PlannedOperation[] },
  ): Promise<void>;
  /** Returns the records that this run still claims because another run has asked to read them again. */
  marked(planner: Planner, slice: SliceKey): Promise<RecordKey[]>;
  /** Removes the mark of records that were read again at `readAt`, unless another run has asked since. */
  unmark(planner: Planner, slice: SliceKey, readAt: Date): Promise<void>;
  /** Counts the operations of a slice that are not done yet. */
  unfinished(slice: SliceKey): Promise<number>;
  /** Plans the refused rows of a slice again, because the reason of the refusals is fixed. Returns how many. */
  planRefusedAgain(slice: SliceKey): Promise<number>;
  /**
   * Plans all records of these kinds again, because the written fields have changed. Rejected and skipped ones stay so.
   */
  planAgain(runId: string, kinds: readonly string[]): Promise<void>;
  /** Returns the bulk jobs of a run that may still be running in Zendesk. The id is null when the answer was lost. */
  openJobs(runId: string): Promise<{ zendeskJobId: string | null; ageMs: number }[]>;
}

/** Creates the store of plans and claims. */
export function createPlanningStore(db: Db): PlanningStore {
  return {
    rows: (connectionId, slice, page) => rowsToPlan(db, { connectionId, slice, page }),
    foreignClaims: (planner) => foreignClaims(db, planner),
    async releaseClaims(connectionId, runId) {
      const free = { claim_workflow: null, claim_run: null, claim_again_at: null };
      const mine = db.updateTable('records').set(free).where('connection_id', '=', connectionId);
      await mine.where('claim_run', '=', runId).execute();
    },
    save: (planner, plans) => db.transaction().execute((tx) => save(tx, planner, plans)),
    marked: (planner, slice) => marked(db, planner, slice),
    async unmark({ connectionId, runId }, slice, readAt) {
      await sql`update records set claim_again_at = null where connection_id = ${connectionId} and claim_run = ${runId}
        and legal_entity = ${slice.legalEntity} and kind = ${slice.kind} and claim_again_at <= ${readAt}`.execute(db);
    },
    async unfinished(slice) {
      const { rows } = await sql<{ rows: number }>`select count(*) as rows from staged_records
        where ${sliceIs(slice)} and operation_state <> 'done'`.execute(db);
      return rows[0]?.rows ?? 0;
    },
    async planRefusedAgain(slice) {
      const { numAffectedRows } = await sql`update staged_records set ${FROM_THE_BEGINNING}
        where ${sliceIs(slice)} and operation_state = 'refused'`.execute(db);
      return Number(numAffectedRows ?? 0n);
    },
    async planAgain(runId, kinds) {
      await sql`update staged_records set prior_outcome = coalesce(prior_outcome, outcome), outcome = null, ${FROM_THE_BEGINNING}
        where run_id = ${runId} and kind = any(${sql.val([...kinds])}::text[])
          and outcome in ('created', 'updated', 'adopted', 'unchanged')`.execute(db);
    },
    async openJobs(runId) {
      const { rows } = await sql<{ zendeskJobId: string | null; ageMs: number }>`
        select zendesk_job_id as "zendeskJobId", (extract(epoch from now() - submitted_at) * 1000)::float8 as "ageMs"
        from jobs where run_id = ${runId} and state in ('submitting', 'unsure', 'open')`.execute(db);
      return rows;
    },
  };
}

/** Plans these records of a run again, whose outcome is known already. Only the last outcome counts. */
export async function planFromBeginning(db: Db, runId: string, keys: readonly RecordKey[]): Promise<void> {
  const rows = keys.map(({ legalEntity, kind, key }) => [legalEntity, kind, key]);
  await sql`update staged_records set prior_outcome = coalesce(prior_outcome, outcome), outcome = null, ${FROM_THE_BEGINNING}
    where run_id = ${runId} and jsonb_build_array(legal_entity, kind, key) in
      (select jsonb_array_elements(${JSON.stringify(rows)}::jsonb))`.execute(db);
}

const FROM_THE_BEGINNING = sql`operation = null, operation_state = null, refusal = null, job_no = null, job_row = null,
  zendesk_id = null, round = 0, splits = 0`;

interface RawRow<Seen, Reservation> {
  record: ErpRecord;
  external_id: string | null;
  name: string | null;
  zendesk_id: string | null;
  renumbered_from: string | null;
  adopt_id: string | null;
  refused_attempt: string | null;
  code: string | null;
  message: string | null;
  action: string | null;
  rejection: Rejection | null;
  is_stale: boolean;
  must_wait: boolean;
  seen: Seen | null;
  reservation: Reservation | null;
  email_digest: string | null;
}

async function rowsToPlan<Seen, Reservation>(
  db: Db,
  request: { connectionId: string; slice: Slice; page: { after: string; limit: number } },
): Promise<RowToPlan<Seen, Reservation>[]> {
  const { connectionId, slice, page } = request;
  const { rows } = await sql<RawRow<Seen, Reservation>>`
    select s.record, a.external_id, a.name, a.zendesk_id, a.renumbered_from, s.adopt_id, a.refused_attempt, a.code, a.message, a.action,
      s.rejection, coalesce(s.read_at < a.applied_read_at, false) as is_stale, seen.value as seen, s.reservation,
      s.email_digest, ${mustWait(slice.runId)} as must_wait
    from staged_records s
    join records a on a.connection_id = ${connectionId} and a.legal_entity = s.legal_entity and a.kind = s.kind
      and a.key = s.key
    left join lateral (${storeTargetOf(slice.target).seenOf(connectionId)}) seen on true
    where s.run_id = ${slice.runId} and s.legal_entity = ${slice.legalEntity} and s.kind = ${slice.kind}
      and s.outcome is null and s.operation is null and s.key collate "C" > ${page.after}
    order by s.key collate "C" limit ${page.limit}`.execute(db);
  return rows.map(toRowToPlan);
}

/** Returns whether a record `a` without a link waits for the one that holds its plain name, `h`. */
function mustWait(runId: string) {
  return sql`case when a.zendesk_id is null and a.name_key <> a.plain_name_key then exists (select from records h
      join staged_records w on w.run_id = ${runId} and w.legal_entity = h.legal_entity and w.kind = h.kind and w.key = h.key
    where h.connection_id = a.connection_id and h.target = a.target and h.name_key = a.plain_name_key
      and h.plain_name_key = a.plain_name_key and h.zendesk_id is null and w.outcome is null and w.rejection is null)
    else false end`;
}

function toRowToPlan<Seen, Reservation>(row: RawRow<Seen, Reservation>): RowToPlan<Seen, Reservation> {
  const { code, message, action } = row;
  return {
    record: row.record,
    externalId: row.external_id,
    name: row.name,
    linkedId: row.zendesk_id,
    formerKey: row.renumbered_from,
    adoptId: row.adopt_id,
    refusedAttempt: row.refused_attempt,
    lastRejection: code === null ? null : { code: code as RejectionCode, message: message ?? '', action: action ?? '' },
    rejection: row.rejection,
    seen: row.seen,
    reservation: row.reservation,
    emailDigest: row.email_digest,
    isStale: row.is_stale,
    mustWait: row.must_wait,
  };
}

async function foreignClaims(db: Db, planner: Planner): Promise<ForeignClaim[]> {
  const { rows } = await sql<ForeignClaim>`select distinct claim_workflow as "workflowId", claim_run as "runId"
    from records where connection_id = ${planner.connectionId} and claim_run is not null and claim_run <> ${planner.runId}`.execute(
    db,
  );
  return rows;
}

async function save(
  db: Db,
  planner: Planner,
  plans: { outcomes: readonly RecordOutcome[]; operations: readonly PlannedOperation[] },
): Promise<void> {
  await markForeignClaims(db, planner, plans.outcomes);
  await saveOutcomes(db, planner, plans.outcomes);
  if (plans.operations.length === 0) return;
  const claimed = new Set((await claimRecords(db, planner, plans.operations)).map(recordKeyText));
  const mine = plans.operations.filter((operation) => claimed.has(recordKeyText(operation)));
  await sql`update staged_records s set operation = r.operation, operation_state = r.state,
      zendesk_id = r.zendesk_id, external_id = r.external_id, name = r.name
    from ${operationSet(mine)} where s.run_id = ${planner.runId} and s.legal_entity = r.legal_entity and s.kind = r.kind
      and s.key = r.key`.execute(db);
  const others = plans.operations.filter((operation) => !claimed.has(recordKeyText(operation)));
  await saveOutcomes(
    db,
    planner,
    others.map(({ legalEntity, kind, key }) => ({ legalEntity, kind, key, outcome: 'unchanged' })),
  );
}

async function marked(db: Db, planner: Planner, slice: SliceKey): Promise<RecordKey[]> {
  const { rows } = await sql<RecordKey>`select a.legal_entity as "legalEntity", a.kind, a.key as "key"
    from records a where a.connection_id = ${planner.connectionId} and a.claim_run = ${planner.runId}
      and a.claim_again_at is not null and a.legal_entity = ${slice.legalEntity} and a.kind = ${slice.kind}
    order by a.key collate "C"`.execute(db);
  return rows;
}
