import { addPlanTotals, type PlanReason, type PlanSummary, type PlanWarning } from '../../domain/review/plan.ts';
import { countRows, NOTHING_COUNTED, type CountedRow, type PlanCount } from '../../domain/review/count-plan.ts';
import { planCost } from '../../domain/review/plan-cost.ts';
import { reviewOf } from '../../domain/connection/review-settings.ts';
import { keyOf } from '../../domain/sync/record.ts';
import { createDigest } from '../../store/digests.ts';
import type { Connection } from '../../store/connection/connections.ts';
import type { ChangeToStore } from '../../store/review/plans.ts';
import type { Steps } from '../../workflows/steps.ts';
import type { StepContext } from '../dependencies.ts';
import { countAnnotations } from '../support/count-annotations.ts';
import { connectionOfRun } from '../sync/connection-of-run.ts';
import { exactChanges } from '../sync/exact-changes.ts';
import { withOperation, type PlannedRow } from '../sync/plan-rows.ts';
import { findPreparations } from './find-preparations.ts';
import { createLimitCounter, type LimitCounter } from './limit-counter.ts';
import { planOnCopies, type PlannedPage } from './plan-on-copies.ts';

/**
 * Makes the plan of a run from the records that it has read: counts, changes, cost and a hash. It writes nothing but the
 * plan. The same records, settings and organizations give the same hash.
 */
export async function makePlan(
  context: StepContext,
  input: Parameters<Steps['makePlan']>[0],
): ReturnType<Steps['makePlan']> {
  const { store } = context;
  const { runId: planId, connectionId } = input;
  const run = await store.runs.get(planId);
  if (run === undefined) throw new Error('A plan was asked for before its run began.');
  const connection = await connectionOfRun(store, input);
  const scope = { legalEntity: run.legal_entity, full: run.full_comparison };
  const why = [...(input.why as readonly PlanReason[]), ...(await reasonsOf(store, connection))];
  await store.plans.begin({ planId, connectionId, revision: connection.revision, why, ...scope });
  const limits = await createLimitCounter(store, connection);
  const planned = await planAll(context, input, limits);
  const { missing, perMinute } = await findPreparations(context, connection);
  planned.digest.add(JSON.stringify([missing, connection.revision, scope.legalEntity]));
  const hash = planned.digest.end();
  const slices = [...planned.count.slices.values()];
  const summary: PlanSummary = {
    totals: addPlanTotals(slices),
    slices,
    prepare: missing,
    annotations: { wouldWrite: await countAnnotations(context, connection) },
    cost: planCost({ slices, missingFields: missing.length, perMinute }),
    limits: limits.limits(),
    warnings: [...(await warningsOfRun(context, input)), ...planned.count.warnings.values()],
    ambiguous: planned.count.warnings.get('name_ambiguous')?.count ?? 0,
  };
  await store.plans.complete(planId, { hash, summary, expiresMs: reviewOf(connection.settings).expiresMs });
  return { planId, hash };
}

/** Returns further reasons of a plan: nothing may be written yet, or its settings wait for approval. */
async function reasonsOf(store: StepContext['store'], { id, revision }: Connection): Promise<readonly PlanReason[]> {
  const isFirst = (await store.gos.list(id)).length === 0;
  const isOfSettings = (await store.revisions.pending(id))?.no === revision;
  return [...(isFirst ? ['first' as const] : []), ...(isOfSettings ? ['settings' as const] : [])];
}

/** Returns what concerns no single record: legal entities that could not be read, and notes on the run. */
async function warningsOfRun(
  { store }: StepContext,
  { runId, problems = [] }: Parameters<Steps['makePlan']>[0],
): Promise<readonly PlanWarning[]> {
  const notes = (await store.reports.get(runId))?.notes ?? [];
  return [...problems, ...notes].map(({ code, message }) => ({ code, message, action: '', count: 1, sample: [] }));
}

async function planAll(
  context: StepContext,
  input: Parameters<Steps['makePlan']>[0],
  limits: LimitCounter,
): Promise<{ count: PlanCount; digest: ReturnType<typeof createDigest> }> {
  const digest = createDigest();
  let count = NOTHING_COUNTED;
  await planOnCopies(context, input, async (page) => {
    const changes = await changesOf(page);
    for (const { line } of changes) digest.add(line);
    await limits.add(page);
    count = countRows(count, page.rows.map(countedRow));
    await context.store.plans.addChanges(input.runId, changes);
  });
  return { count, digest };
}

async function changesOf({ copies, slice, rows }: PlannedPage): Promise<readonly ChangeToStore[]> {
  const changes = await exactChanges(copies, slice, withOperation(rows));
  return changes.map(({ planned, shown, line }) => ({
    ...keyOf(planned),
    operation: planned.operation,
    zendeskId: planned.zendeskId,
    changes: shown,
    ...{ code: null, message: null, line },
  }));
}

function countedRow({ row, planned }: PlannedRow): CountedRow {
  const key = keyOf(row.record);
  if ('operation' in planned) return { ...key, is: planned.operation, remark: null };
  return { ...key, is: planned.outcome, remark: planned.remark ?? null };
}
