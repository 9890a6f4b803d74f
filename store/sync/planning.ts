import { sql } from 'kysely';
import type { ErpRecord } from '../../domain/sync/erp-record.ts';
import { recordKeyText, type RecordKey } from '../../domain/sync/record.ts';
import type { KnownUser } from '../../domain/contacts/plan-user.ts';
import type { KnownOrganization } from '../../domain/accounts/plan-account.ts';
import type { Rejection, RejectionCode } from '../../domain/sync/rejection.ts';
import type { ContactSettlement } from '../../domain/contacts/reserve-contact.ts';
import { claimAccounts, markForeignClaims, operationSet, type PlannedOperation, type Planner } from './claims.ts';
import type { Db } from '../database.ts';
import { saveOutcomes, type RecordOutcome } from './outcomes.ts';
import { sliceIs, type Slice } from './staging.ts';
import { knownUser } from '../contacts/users.ts';

/** A staged, settled record with all that planning needs to know: of accounts what is known of organizations, of contacts of users. */
export interface RowToPlan {
  readonly record: ErpRecord;
  readonly externalId: string | null;
  readonly name: string | null;
  readonly linkedId: string | null;
  readonly adoptId: string | null;
  readonly writtenHash: string | null;
  readonly refusedAttempt: string | null;
  readonly lastRejection: Rejection | null;
  readonly rejection: Rejection | null;
  readonly known: KnownOrganization | null;
  readonly settled: ContactSettlement | null;
  readonly emailDigest: string | null;
  readonly user: KnownUser | null;
  /** Whether somebody wrote the account after it was read here, so that this reading is old news. */
  readonly overtaken: boolean;
}

/** A claim that belongs to another run. */
export interface ForeignClaim {
  readonly workflowId: string;
  readonly runId: string;
}

/** Plans and claims. A write needs a claim on its account; a claim has no clock and belongs to a run. */
export interface PlanningStore {
  /** Accounts of a slice without a plan, by account number after `after`. */
  rows(connectionId: string, slice: Slice, page: { after: string; limit: number }): Promise<RowToPlan[]>;
  /** The other runs that have claims on the connection's accounts. */
  foreignClaims(planner: Planner): Promise<ForeignClaim[]>;
  /** Lets go of the claims of a run that is over. */
  releaseClaims(connectionId: string, runId: string): Promise<void>;
  /**
   * Saves outcomes, and operations for the accounts that could be claimed. An account that another run has claimed is
   * marked to be read again by it, and counts as unchanged here.
   */
  save(
    planner: Planner,
    plans: { outcomes: readonly RecordOutcome[]; operations: readonly PlannedOperation[] },
  ): Promise<void>;
  /** Accounts that this run still claims because somebody asked for them again. */
  marked(planner: Planner, slice: Slice): Promise<RecordKey[]>;
  /** Takes off that list what nobody has asked for since `readAt`, when it was read again. */
  unmark(planner: Planner, slice: Slice, readAt: Date): Promise<void>;
  /** Operations of a slice that are not done yet. */
  unfinished(slice: Slice): Promise<number>;
  /** The bulk jobs of a run that may still be running in Zendesk; an id is null where the answer was lost. */
  openJobs(runId: string): Promise<{ zendeskJobId: string | null; ageMs: number }[]>;
}

/** Builds the store of plans and claims. */
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
    async openJobs(runId) {
      const { rows } = await sql<{ zendeskJobId: string | null; ageMs: number }>`
        select zendesk_job_id as "zendeskJobId", (extract(epoch from now() - submitted_at) * 1000)::float8 as "ageMs"
        from jobs where run_id = ${runId} and state in ('submitting', 'unsure', 'open')`.execute(db);
      return rows;
    },
  };
}

interface RawRow {
  record: ErpRecord;
  external_id: string | null;
  name: string | null;
  zendesk_id: string | null;
  adopt_id: string | null;
  written_hash: string | null;
  refused_attempt: string | null;
  code: string | null;
  message: string | null;
  action: string | null;
  rejection: Rejection | null;
  overtaken: boolean;
  known_id: string | null;
  form_hash: string | null;
  own_tags: string[] | null;
  settled: ContactSettlement | null;
  email_digest: string | null;
  user: KnownUser | null;
}

async function rowsToPlan(
  db: Db,
  request: { connectionId: string; slice: Slice; page: { after: string; limit: number } },
): Promise<RowToPlan[]> {
  const { connectionId, slice, page } = request;
  const { rows } = await sql<RawRow>`
    select s.record, a.external_id, a.name, a.zendesk_id, s.adopt_id, a.written_hash, a.refused_attempt, a.code, a.message,
      a.action, s.rejection, coalesce(s.read_at <= a.applied_read_at, false) as overtaken,
      coalesce(l.zendesk_id, f.zendesk_id) as known_id, coalesce(l.form_hash, f.form_hash) as form_hash,
      coalesce(l.own_tags, f.own_tags) as own_tags, s.settled, s.email_digest,
      ${knownUser(sql`u`)} as user
    from staged_records s
    join records a on a.connection_id = ${connectionId} and a.legal_entity = s.legal_entity and a.kind = s.kind
      and a.key = s.key
    left join organizations l on s.kind <> 'contact' and l.connection_id = ${connectionId} and l.zendesk_id = a.zendesk_id
    left join lateral (select * from organizations o where s.kind <> 'contact' and a.zendesk_id is null
      and o.connection_id = ${connectionId} and o.external_id_key = a.external_id_key limit 1) f on true
    left join lateral (select * from users v where s.kind = 'contact' and v.connection_id = ${connectionId}
      and (v.zendesk_id = coalesce(a.zendesk_id, s.adopt_id) or (coalesce(a.zendesk_id, s.adopt_id) is null and v.is_active
        and v.external_id_key = a.external_id_key)) limit 1) u on true
    where s.run_id = ${slice.runId} and s.legal_entity = ${slice.legalEntity} and s.kind = ${slice.kind}
      and s.outcome is null and s.operation is null and s.key collate "C" > ${page.after}
    order by s.key collate "C" limit ${page.limit}`.execute(db);
  return rows.map(toRowToPlan);
}

function toRowToPlan(row: RawRow): RowToPlan {
  const { code, message, action } = row;
  const known = row.known_id !== null && row.form_hash !== null;
  return {
    record: row.record,
    externalId: row.external_id,
    name: row.name,
    linkedId: row.zendesk_id,
    adoptId: row.adopt_id,
    writtenHash: row.written_hash,
    refusedAttempt: row.refused_attempt,
    lastRejection: code === null ? null : { code: code as RejectionCode, message: message ?? '', action: action ?? '' },
    rejection: row.rejection,
    known: known ? { id: row.known_id ?? '', formHash: row.form_hash ?? '', ownTags: row.own_tags ?? [] } : null,
    settled: row.settled,
    emailDigest: row.email_digest,
    user: row.user,
    overtaken: row.overtaken,
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
  const claimed = new Set((await claimAccounts(db, planner, plans.operations)).map(recordKeyText));
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

async function marked(db: Db, planner: Planner, slice: Slice): Promise<RecordKey[]> {
  const { rows } = await sql<RecordKey>`select a.legal_entity as "legalEntity", a.kind, a.key as "key"
    from records a where a.connection_id = ${planner.connectionId} and a.claim_run = ${planner.runId}
      and a.claim_again_at is not null and a.legal_entity = ${slice.legalEntity} and a.kind = ${slice.kind}
    order by a.key collate "C"`.execute(db);
  return rows;
}
