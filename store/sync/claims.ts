import { sql } from 'kysely';
import type { RecordKey } from '../../domain/sync/record.ts';
import type { Db } from '../database.ts';
import type { OutcomeScope } from './outcomes.ts';
import type { Operation } from './tables.ts';

/**
 * A planned operation. `zendeskId` is the organization or user to write, null for a create. The external id and the
 * name are fixed by the plan.
 */
export interface PlannedOperation extends RecordKey {
  readonly operation: Operation;
  readonly externalId: string;
  readonly name: string;
  readonly zendeskId: string | null;
  /** The first step of the operation: a bulk job (`planned`), completing (`incomplete`), or a look-up (`refused`). */
  readonly state?: 'planned' | 'incomplete' | 'refused';
}

/** A run that plans, with its workflow. Claims belong to both. */
export interface Planner extends OutcomeScope {
  readonly workflowId: string;
}

/**
 * Asks the runs that have claimed these records to read them again, because a record that looks unchanged now may be
 * overwritten with an older reading.
 */
export async function markForeignClaims(db: Db, planner: Planner, keys: readonly RecordKey[]): Promise<void> {
  const rows = keys.map(({ legalEntity, kind, key }) => [legalEntity, kind, key]);
  await sql`update records a set claim_again_at = clock_timestamp()
    where a.connection_id = ${planner.connectionId} and a.claim_run is not null and a.claim_run <> ${planner.runId}
      and jsonb_build_array(a.legal_entity, a.kind, a.key) in
        (select jsonb_array_elements(${JSON.stringify(rows)}::jsonb))`.execute(db);
}

/**
 * Claims the records that are free, marks those that another run has claimed, and returns the keys that this run has
 * claimed. Another run may have read a record since this run did. If it applied its reading, the record is not claimed.
 * If it may have found the record unchanged, the record is claimed and marked, so that it is read again before the
 * claim is released.
 */
export async function claimRecords(
  db: Db,
  planner: Planner,
  operations: readonly PlannedOperation[],
): Promise<RecordKey[]> {
  const { connectionId, runId, workflowId } = planner;
  const { running, masterEndedAt } = await readOtherRuns(db, planner);
  const isUncertain = sql`(coalesce(s.read_at < ${masterEndedAt}::timestamptz, false) or exists (select from staged_records n
    where n.run_id = any(${sql.val(running)}::text[]) and n.legal_entity = s.legal_entity and n.kind = s.kind
      and n.key = s.key and n.read_at > s.read_at))`;
  const { rows } = await sql<RecordKey>`update records a set
      claim_again_at = case when a.claim_run <> ${runId} or (a.claim_run is null and ${isUncertain}) then clock_timestamp()
        else a.claim_again_at end,
      claim_workflow = coalesce(a.claim_workflow, ${workflowId}), claim_run = coalesce(a.claim_run, ${runId})
    from ${operationSet(operations)} join staged_records s on s.run_id = ${runId} and s.legal_entity = r.legal_entity
      and s.kind = r.kind and s.key = r.key
    where a.connection_id = ${connectionId} and a.legal_entity = r.legal_entity and a.kind = r.kind
      and a.key = r.key and (a.claim_run is null and s.read_at < a.applied_read_at) is not true
    returning case when a.claim_run = ${runId} then a.legal_entity end as "legalEntity", a.kind,
      a.key as "key"`.execute(db);
  return rows.filter(({ legalEntity }) => (legalEntity as string | null) !== null);
}

interface OtherRuns {
  readonly running: string[];
  readonly masterEndedAt: Date | null;
}

/** Returns the other runs that may have read the same records: the running ones, and the master run that ended last. */
async function readOtherRuns(db: Db, { connectionId, runId }: Planner): Promise<OtherRuns> {
  const others = db.selectFrom('runs').where('connection_id', '=', connectionId).where('run_id', '<>', runId);
  const running = await others.select('run_id').where('status', '=', 'running').execute();
  const ended = others.select('finished_at').where('scope', '=', 'master').where('status', '<>', 'running');
  const last = await ended.orderBy('started_at', 'desc').limit(1).executeTakeFirst();
  return { running: running.map(({ run_id: id }) => id), masterEndedAt: last?.finished_at ?? null };
}

/** Returns planned operations as rows `r` for a join. */
export function operationSet(operations: readonly PlannedOperation[]) {
  const rows = operations.map((planned) => ({
    legal_entity: planned.legalEntity,
    kind: planned.kind,
    key: planned.key,
    operation: planned.operation,
    zendesk_id: planned.zendeskId,
    external_id: planned.externalId,
    name: planned.name,
    state: planned.state ?? 'planned',
  }));
  return sql`jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r(legal_entity text, kind text, key text,
    operation text, zendesk_id text, external_id text, name text, state text)`;
}
