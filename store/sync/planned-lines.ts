import { sql } from 'kysely';
import type { Db } from '../database.ts';
import type { SliceKey } from './staging.ts';

/** The digests of changes by key. `isApproved` is false for those that the approval left out. */
export type PlannedLines = ReadonlyMap<string, { readonly line: string; readonly isApproved: boolean }>;

/** The approved changes that runs keep to. */
export interface PlannedLineStore {
  /**
   * Returns the changes of these records in the plan that a run applies, by key; undefined if the run applies none. A
   * pilot counts the changes of the kinds in `pilotKinds`.
   */
  of(slice: SliceKey, keys: readonly string[], pilotKinds: readonly string[]): Promise<PlannedLines | undefined>;
}

/** Creates the store of approved changes. */
export function createPlannedLineStore(db: Db): PlannedLineStore {
  return { of: (slice, keys, pilotKinds) => lines(db, slice, { keys, pilotKinds }) };
}

async function lines(
  db: Db,
  { runId, legalEntity, kind }: SliceKey,
  { keys, pilotKinds }: { keys: readonly string[]; pilotKinds: readonly string[] },
): Promise<PlannedLines | undefined> {
  const plan = await db
    .selectFrom('plans')
    .select(['plan_id', 'approval'])
    .where('apply_run_id', '=', runId)
    .executeTakeFirst();
  if (plan === undefined) return undefined;
  const { kinds, legalEntities, pilot } = plan.approval?.only ?? {};
  const isWanted = (kinds ?? [kind]).includes(kind) && (legalEntities ?? [legalEntity]).includes(legalEntity);
  const isInPilot =
    pilot === undefined || !pilotKinds.includes(kind)
      ? sql`true`
      : sql`(c.legal_entity, c.kind, c.key) in (select p.legal_entity, p.kind, p.key from plan_changes p
          where p.plan_id = c.plan_id and p.kind = any(${sql.val([...pilotKinds])}::text[])
            and (${kinds ?? null}::text[] is null or p.kind = any(${kinds ?? null}::text[]))
            and (${legalEntities ?? null}::text[] is null or p.legal_entity = any(${legalEntities ?? null}::text[]))
          order by p.legal_entity, p.kind, p.key limit ${pilot})`;
  const { rows } = await sql<{ key: string; line: string; isApproved: boolean }>`select c.key, c.line,
      ${isWanted} and ${isInPilot} as "isApproved"
    from plan_changes c where c.plan_id = ${plan.plan_id} and c.legal_entity = ${legalEntity} and c.kind = ${kind}
      and c.key = any(${sql.val([...keys])}::text[])`.execute(db);
  return new Map(rows.map(({ key, ...line }) => [key, line]));
}

/**
 * Ends the plan that a run has applied, and the other open plans of its legal entities. Their changes are erased, their
 * totals stay.
 */
export async function closeAppliedPlan(db: Db, runId: string): Promise<void> {
  const applied = await db
    .updateTable('plans')
    .set({ status: 'applied' })
    .where('apply_run_id', '=', runId)
    .where('status', '=', 'approved')
    .returning(['plan_id', 'connection_id', 'legal_entity'])
    .executeTakeFirst();
  if (applied === undefined) return;
  const { rows } = await sql<{ plan_id: string }>`update plans set status = 'superseded' where status = 'open'
    and connection_id = ${applied.connection_id}
    and (legal_entity is null or ${applied.legal_entity}::text is null or legal_entity = ${applied.legal_entity})
    returning plan_id`.execute(db);
  const closed = [applied.plan_id, ...rows.map(({ plan_id: id }) => id)];
  await db.deleteFrom('plan_changes').where('plan_id', 'in', closed).execute();
}
