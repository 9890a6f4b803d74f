import { sql } from 'kysely';
import type { RecordKey } from '../../domain/sync/record.ts';
import type { Outcome } from '../../domain/sync/outcome.ts';
import type { Remark } from '../../domain/sync/rejection.ts';
import type { Db } from '../database.ts';

/**
 * The outcome of one staged record.
 * - `zendeskId` is set when the organization or user was written or newly linked.
 * - `remark` is the reason for a rejection, or something else that a person should know.
 * - `refusedAttempt` is the digest of what Zendesk refused, so that it is not sent again unchanged.
 * - `upToDate` is set when nothing had to be written, so that an older reading does not overwrite the record later.
 */
export interface RecordOutcome extends RecordKey {
  readonly outcome: Outcome;
  readonly zendeskId?: string | undefined;
  readonly remark?: Remark | null | undefined;
  readonly refusedAttempt?: string | undefined;
  readonly upToDate?: boolean;
}

/** A run that has staged records, and its connection. */
export interface OutcomeScope {
  readonly runId: string;
  readonly connectionId: string;
}

const SAME_RECORD = sql<boolean>`t.legal_entity = r.legal_entity and t.kind = r.kind and t.key = r.key`;

/**
 * Saves outcomes in the run and on the records, and releases the claims. A record that another run has asked for
 * meanwhile stays claimed, so that it is read again. Call it in the same transaction as the changes that led to the
 * outcomes.
 */
export async function saveOutcomes(db: Db, scope: OutcomeScope, outcomes: readonly RecordOutcome[]): Promise<void> {
  if (outcomes.length === 0) return;
  const rows = recordset(outcomes);
  await saveOnRecords(db, scope, rows);
  await sql`update staged_records t set operation_state = 'done',
      outcome = case when t.prior_outcome in ('created', 'adopted') or (t.prior_outcome = 'updated' and r.outcome = 'unchanged')
        then t.prior_outcome else r.outcome end
    from ${rows} where t.run_id = ${scope.runId} and ${SAME_RECORD}`.execute(db);
}

async function saveOnRecords(
  db: Db,
  { connectionId, runId }: OutcomeScope,
  rows: ReturnType<typeof recordset>,
): Promise<void> {
  // A record that was unchanged before and still is is not written: this is the case for most records in most runs. A
  // resync of one record stores its time nevertheless, because its staged rows are deleted before an older reading
  // could be compared with them.
  await sql`update records t set
      state = r.outcome, code = r.remark->>'code', message = r.remark->>'message', action = r.remark->>'action',
      candidates = r.remark->'candidates',
      attempts = case when r.outcome = 'rejected' then t.attempts + 1 else 0 end,
      refused_attempt = r.refused_attempt, retry_asked = false,
      zendesk_id = coalesce(r.zendesk_id, t.zendesk_id),
      last_synced_at = case when r.zendesk_id is null then t.last_synced_at else now() end,
      applied_read_at = case when r.zendesk_id is null and not r.up_to_date then t.applied_read_at
        else greatest(t.applied_read_at, s.read_at) end,
      claim_again_at = case when t.claim_run <> ${runId} then clock_timestamp() else t.claim_again_at end,
      claim_workflow = case when t.claim_again_at is not null or t.claim_run <> ${runId} then t.claim_workflow end,
      claim_run = case when t.claim_again_at is not null or t.claim_run <> ${runId} then t.claim_run end
    from ${rows} join staged_records s on s.run_id = ${runId} and s.legal_entity = r.legal_entity and s.kind = r.kind
      and s.key = r.key
    where t.connection_id = ${connectionId} and ${SAME_RECORD}
      and (r.outcome = t.state and r.outcome in ('unchanged', 'skipped') and t.claim_run is null
        and t.code is not distinct from r.remark->>'code'
        and not (r.up_to_date and (select u.scope from runs u where u.run_id = ${runId}) = 'account')
        and (r.zendesk_id is null or r.zendesk_id = t.zendesk_id)) is not true`.execute(db);
}

function recordset(outcomes: readonly RecordOutcome[]) {
  const rows = outcomes.map((record) => ({
    legal_entity: record.legalEntity,
    kind: record.kind,
    key: record.key,
    outcome: record.outcome,
    zendesk_id: record.zendeskId ?? null,
    remark: record.remark ?? null,
    refused_attempt: record.refusedAttempt ?? null,
    up_to_date: record.upToDate ?? false,
  }));
  return sql`jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r(legal_entity text, kind text, key text,
    outcome text, zendesk_id text, remark jsonb, refused_attempt text, up_to_date boolean)`;
}
