import { sql } from 'kysely';
import type { AccountKey } from '../domain/account.ts';
import type { Db } from './database.ts';
import type { OutcomeScope } from './outcomes.ts';
import type { Operation } from './schema.ts';

/** An operation that was planned, and on which organization (null for a create); what it writes is fixed with it. */
export interface PlannedOperation extends AccountKey {
  readonly operation: Operation;
  readonly externalId: string;
  readonly name: string;
  readonly zendeskId: string | null;
}

/** Who plans: claims belong to this run of this workflow. */
export interface Planner extends OutcomeScope {
  readonly workflowId: string;
}

/**
 * Asks the runs that are writing these accounts to read them again: what looks unchanged now may be about to be
 * overwritten with an older reading.
 */
export async function markForeignClaims(db: Db, planner: Planner, keys: readonly AccountKey[]): Promise<void> {
  const rows = keys.map(({ legalEntity, kind, accountNumber }) => [legalEntity, kind, accountNumber]);
  await sql`update accounts a set claim_again_at = clock_timestamp()
    where a.connection_id = ${planner.connectionId} and a.claim_run is not null and a.claim_run <> ${planner.runId}
      and jsonb_build_array(a.legal_entity, a.kind, a.account_number) in
        (select jsonb_array_elements(${JSON.stringify(rows)}::jsonb))`.execute(db);
}

/**
 * Claims what is free, marks what another run has, and answers the keys that are ours now. Between reading and claiming
 * somebody else may have read anew: what was applied meanwhile is not claimed, and what may have been found unchanged
 * meanwhile is claimed and marked, so that it is read again before it is let go.
 */
export async function claimAccounts(
  db: Db,
  planner: Planner,
  operations: readonly PlannedOperation[],
): Promise<AccountKey[]> {
  const { connectionId, runId, workflowId } = planner;
  const { running, masterEndedAt } = await readRivals(db, planner);
  const isDoubtful = sql`(coalesce(s.read_at < ${masterEndedAt}::timestamptz, false) or exists (select from staged_accounts n
    where n.run_id = any(${sql.val(running)}::text[]) and n.legal_entity = s.legal_entity and n.kind = s.kind
      and n.account_number = s.account_number and n.read_at > s.read_at))`;
  const { rows } = await sql<AccountKey>`update accounts a set
      claim_again_at = case when a.claim_run <> ${runId} or (a.claim_run is null and ${isDoubtful}) then clock_timestamp()
        else a.claim_again_at end,
      claim_workflow = coalesce(a.claim_workflow, ${workflowId}), claim_run = coalesce(a.claim_run, ${runId})
    from ${operationSet(operations)} join staged_accounts s on s.run_id = ${runId} and s.legal_entity = r.legal_entity
      and s.kind = r.kind and s.account_number = r.account_number
    where a.connection_id = ${connectionId} and a.legal_entity = r.legal_entity and a.kind = r.kind
      and a.account_number = r.account_number and (a.claim_run is null and s.read_at <= a.applied_read_at) is not true
    returning case when a.claim_run = ${runId} then a.legal_entity end as "legalEntity", a.kind,
      a.account_number as "accountNumber"`.execute(db);
  return rows.filter(({ legalEntity }) => (legalEntity as string | null) !== null);
}

interface Rivals {
  readonly running: string[];
  readonly masterEndedAt: Date | null;
}

/** Who else may have read the accounts of a connection: the runs under way, and the master run that ended last. */
async function readRivals(db: Db, { connectionId, runId }: Planner): Promise<Rivals> {
  const others = db.selectFrom('runs').where('connection_id', '=', connectionId).where('run_id', '<>', runId);
  const running = await others.select('run_id').where('status', '=', 'running').execute();
  const ended = others.select('finished_at').where('scope', '=', 'master').where('status', '<>', 'running');
  const last = await ended.orderBy('started_at', 'desc').limit(1).executeTakeFirst();
  return { running: running.map(({ run_id: id }) => id), masterEndedAt: last?.finished_at ?? null };
}

/** Planned operations as a set of rows `r` to join. */
export function operationSet(operations: readonly PlannedOperation[]) {
  const rows = operations.map((planned) => ({
    legal_entity: planned.legalEntity,
    kind: planned.kind,
    account_number: planned.accountNumber,
    operation: planned.operation,
    zendesk_id: planned.zendeskId,
    external_id: planned.externalId,
    name: planned.name,
  }));
  return sql`jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r(legal_entity text, kind text, account_number text,
    operation text, zendesk_id text, external_id text, name text)`;
}
