import { sql, type Selectable } from 'kysely';
import type { PlanApproval, PlanReason, PlanStatus, PlanSummary } from '../../domain/review/plan.ts';
import type { PlannedChange } from '../../domain/sync/planned-change.ts';
import type { GoScope } from '../../domain/connection/go.ts';
import { giveGos } from '../connection/gos.ts';
import type { Db } from '../database.ts';
import type { AuditEntry } from '../operations/audit.ts';
import type { Database } from '../schema.ts';

/** A plan to make. A run makes at most one, which has its id. */
export interface PlanToMake {
  readonly planId: string;
  readonly connectionId: string;
  readonly revision: number;
  readonly why: readonly PlanReason[];
  readonly legalEntity: string | null;
  readonly full: boolean;
}

/** A plan as people see it. Times are ISO-8601 UTC. */
export interface Plan extends PlanSummary {
  readonly planId: string;
  readonly connectionId: string;
  readonly runId: string;
  readonly revision: number;
  readonly why: readonly PlanReason[];
  readonly status: PlanStatus;
  readonly legalEntity: string | null;
  readonly full: boolean;
  readonly hash: string;
  readonly createdAt: string;
  readonly expiresAt: string;
  readonly decidedAt: string | null;
  readonly decidedBy: string | null;
  readonly approval: PlanApproval | null;
  /** The run that applies it; null before the approval. */
  readonly applyRunId: string | null;
}

/** A change with the digest of its exact form. */
export interface ChangeToStore extends PlannedChange {
  readonly line: string;
}

/** Restricts the changes to list. `after` is the cursor of the last page. */
export interface ChangeFilter {
  readonly legalEntity?: string | undefined;
  readonly kind?: string | undefined;
  readonly operation?: string | undefined;
  readonly code?: string | undefined;
  readonly limit?: number | undefined;
}

/** An approval: what of the plan, the run that applies it, what may be written from then on, and its audit entry. */
export interface Decision {
  readonly approval: PlanApproval;
  readonly applyRunId: string;
  readonly go: readonly GoScope[];
  readonly entry: AuditEntry;
}

/** The plans of connections, with their changes while they can be approved. */
export interface PlanStore {
  /** Begins a plan, without the changes of an earlier attempt to make it. */
  begin(plan: PlanToMake): Promise<void>;
  /** Adds changes to a plan that is being made. */
  addChanges(planId: string, changes: readonly ChangeToStore[]): Promise<void>;
  /** Ends the making of a plan. It can be approved until it expires. */
  complete(planId: string, made: { hash: string; summary: PlanSummary; expiresMs: number }): Promise<Plan>;
  /** Returns a plan that was completed; undefined for an unknown id. */
  get(planId: string): Promise<Plan | undefined>;
  /** Returns the plans of a connection, the newest first. */
  list(connectionId: string, limit: number | undefined): Promise<{ items: Plan[]; total: number }>;
  /** Returns changes of a plan, by legal entity, kind and key. */
  changes(planId: string, filter: ChangeFilter): Promise<{ items: PlannedChange[]; total: number }>;
  /**
   * Approves an open plan, gives the go and adds the entry to the audit, in one transaction. Returns the plan as it is
   * afterwards, which is also approved if somebody else was faster, or undefined for an unknown id.
   */
  approve(planId: string, decision: Decision): Promise<Plan | undefined>;
  /** Discards an open plan. Returns the plan as it is afterwards. */
  discard(planId: string, by: string): Promise<Plan | undefined>;
  /** Returns the plan that a run applies; undefined if it applies none. */
  appliedBy(runId: string): Promise<Plan | undefined>;
}

/** Creates the store of plans. */
export function createPlanStore(db: Db): PlanStore {
  return {
    begin: (plan) => db.transaction().execute((tx) => begin(tx, plan)),
    addChanges: (planId, changes) => addChanges(db, planId, changes),
    complete: (planId, made) => complete(db, planId, made),
    get: (planId) => get(db, planId),
    list: (connectionId, limit) => list(db, connectionId, limit),
    changes: (planId, filter) => listChanges(db, planId, filter),
    async approve(planId, decision) {
      await db.transaction().execute((tx) => approve(tx, planId, decision));
      return get(db, planId);
    },
    discard: (planId, by) => db.transaction().execute((tx) => discard(tx, planId, by)),
    async appliedBy(runId) {
      const row = await db.selectFrom('plans').selectAll().where('apply_run_id', '=', runId).executeTakeFirst();
      return row && toPlan(row);
    },
  };
}

async function begin(db: Db, { planId, connectionId, revision, why, legalEntity, full }: PlanToMake): Promise<void> {
  const row = {
    ...{ plan_id: planId, run_id: planId, connection_id: connectionId, revision, why: [...why] },
    ...{ legal_entity: legalEntity, full_comparison: full, hash: '', summary: '{}', status: 'making' as const },
    expires_at: sql<Date>`now()`,
  };
  await db.deleteFrom('plan_changes').where('plan_id', '=', planId).execute();
  await db
    .insertInto('plans')
    .values(row)
    .onConflict((conflict) => conflict.column('plan_id').doUpdateSet(row))
    .execute();
}

async function addChanges(db: Db, planId: string, changes: readonly ChangeToStore[]): Promise<void> {
  if (changes.length === 0) return;
  const rows = changes.map(
    ({ legalEntity, kind, key, operation, zendeskId, code, message, line, changes: fields }) => ({
      ...{ legal_entity: legalEntity, kind, key, operation, zendesk_id: zendeskId, code, message, line },
      changes: fields,
    }),
  );
  await sql`insert into plan_changes (plan_id, legal_entity, kind, key, operation, zendesk_id, changes, code, message, line)
    select ${planId}, r.* from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r(legal_entity text, kind text, key text,
      operation text, zendesk_id text, changes jsonb, code text, message text, line text)
    on conflict (plan_id, legal_entity, kind, key) do nothing`.execute(db);
}

async function complete(
  db: Db,
  planId: string,
  { hash, summary, expiresMs }: { hash: string; summary: PlanSummary; expiresMs: number },
): Promise<Plan> {
  const row = await db
    .updateTable('plans')
    .set({
      ...{ hash, summary: JSON.stringify(summary), status: 'open' as const, created_at: sql<Date>`now()` },
      expires_at: sql<Date>`now() + make_interval(secs => ${expiresMs / 1_000})`,
    })
    .where('plan_id', '=', planId)
    .where('status', '=', 'making')
    .returningAll()
    .executeTakeFirst();
  if (row !== undefined) return toPlan(row);
  const done = await get(db, planId);
  if (done === undefined) throw new Error(`The plan ${planId} was not begun.`);
  return done;
}

async function approve(db: Db, planId: string, { approval, applyRunId, go, entry }: Decision): Promise<void> {
  const decided = { status: 'approved' as const, decided_by: entry.actor, decided_at: sql<Date>`now()` };
  const plan = await db
    .updateTable('plans')
    .set({ ...decided, approval: JSON.stringify(approval), apply_run_id: applyRunId })
    .where('plan_id', '=', planId)
    .where('status', '=', 'open')
    .where('expires_at', '>', sql<Date>`now()`)
    .returning('connection_id')
    .executeTakeFirst();
  if (plan === undefined) return;
  await giveGos(db, plan.connection_id, { scopes: go, by: entry.actor });
  await db.insertInto('audit').values(entry).execute();
}

/** A plan that nobody approved in time is shown as expired at once, although the sweep marks it later. */
const STATUS = sql<PlanStatus>`case when status = 'open' and expires_at <= now() then 'expired' else status end`.as(
  'status',
);

type PlanRow = Omit<Selectable<Database['plans']>, 'status'> & { status: PlanStatus | 'making' };

async function get(db: Db, planId: string): Promise<Plan | undefined> {
  const row = await completed(db).where('plan_id', '=', planId).executeTakeFirst();
  return row && toPlan(row);
}

function completed(db: Db) {
  return db.selectFrom('plans').selectAll().select(STATUS).where('status', '<>', 'making');
}

async function list(
  db: Db,
  connectionId: string,
  limit: number | undefined,
): Promise<{ items: Plan[]; total: number }> {
  const all = db.selectFrom('plans').where('connection_id', '=', connectionId).where('status', '<>', 'making');
  const { total } = await all.select((eb) => eb.fn.countAll<number>().as('total')).executeTakeFirstOrThrow();
  const newest = completed(db)
    .where('connection_id', '=', connectionId)
    .orderBy('created_at', 'desc')
    .orderBy('plan_id');
  const rows = await (limit === undefined ? newest : newest.limit(limit)).execute();
  return { items: rows.map(toPlan), total };
}

async function listChanges(
  db: Db,
  planId: string,
  { legalEntity, kind, operation, code, limit }: ChangeFilter,
): Promise<{ items: PlannedChange[]; total: number }> {
  const condition = sql<boolean>`plan_id = ${planId}
    and (${legalEntity ?? null}::text is null or legal_entity = ${legalEntity ?? null})
    and (${kind ?? null}::text is null or kind = ${kind ?? null})
    and (${operation ?? null}::text is null or operation = ${operation ?? null})
    and (${code ?? null}::text is null or code = ${code ?? null})`;
  const { rows: counted } = await sql<{ total: number }>`select count(*) as total from plan_changes
    where ${condition}`.execute(db);
  const { rows } = await sql<PlannedChange>`select legal_entity as "legalEntity", kind, key, operation,
      zendesk_id as "zendeskId", changes, code, message
    from plan_changes where ${condition} order by legal_entity, kind, key limit ${limit ?? null}`.execute(db);
  return { items: rows, total: counted[0]?.total ?? 0 };
}

async function discard(db: Db, planId: string, by: string): Promise<Plan | undefined> {
  const { numUpdatedRows } = await db
    .updateTable('plans')
    .set({ status: 'discarded', decided_by: by, decided_at: sql<Date>`now()` })
    .where('plan_id', '=', planId)
    .where('status', '=', 'open')
    .executeTakeFirst();
  if (numUpdatedRows > 0n) await db.deleteFrom('plan_changes').where('plan_id', '=', planId).execute();
  return get(db, planId);
}

function toPlan(row: PlanRow): Plan {
  return {
    planId: row.plan_id,
    connectionId: row.connection_id,
    runId: row.run_id,
    revision: row.revision,
    why: row.why as PlanReason[],
    status: row.status as PlanStatus,
    legalEntity: row.legal_entity,
    full: row.full_comparison,
    hash: row.hash,
    createdAt: row.created_at.toISOString(),
    expiresAt: row.expires_at.toISOString(),
    decidedAt: row.decided_at?.toISOString() ?? null,
    decidedBy: row.decided_by,
    approval: row.approval,
    applyRunId: row.apply_run_id,
    ...row.summary,
  };
}
