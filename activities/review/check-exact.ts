import type { StepContext } from '../dependencies.ts';
import { stop } from '../failure.ts';
import { exactChanges } from '../sync/exact-changes.ts';
import { withOperation } from '../sync/plan-rows.ts';
import { checkFieldsAtStart } from '../sync/schema/check-fields.ts';
import { checkTagging } from '../sync/schema/check-tagging.ts';
import type { Plan } from '../../store/review/plans.ts';
import { planOnCopies, type RunToPlan } from './plan-on-copies.ts';

/**
 * Checks that a run would write exactly what was approved, before anything is written, and then prepares the custom
 * fields. Fails if anything has changed since the plan was made.
 */
export async function checkExact(context: StepContext, run: RunToPlan, plan: Plan): Promise<void> {
  let planned = 0;
  await planOnCopies(context, run, async ({ slice, rows, copies }) => {
    const writes = withOperation(rows);
    const keys = writes.map(({ row }) => row.record.key);
    const lines = await context.store.plannedLines.of(slice, keys, []);
    const changes = await exactChanges(copies, slice, writes);
    planned += changes.length;
    if (changes.some(({ planned: { key }, line }) => lines?.get(key)?.line !== line)) throw stale(plan);
  });
  if (planned !== (await context.store.plans.changes(plan.planId, { limit: 1 })).total) throw stale(plan);
  for (const target of ['organization', 'user'] as const) {
    await checkFieldsAtStart(context, { run, target, full: plan.full });
    await checkTagging(context, { run, target, full: plan.full });
  }
}

function stale({ planId, connectionId }: Plan) {
  return stop(
    'plan_stale',
    `F&O or Zendesk has changed since the plan ${planId} was made, and it was approved with --exact. Nothing was written. To make a new plan, run: ledgerdesk preview ${connectionId}`,
  );
}
