import { entitiesOf, targetLevelsOf } from '../../domain/entities.ts';
import type { TargetName } from '../../domain/entity-spec.ts';
import type { SliceKey } from '../../store/sync/staging.ts';
import type { Store } from '../../store/store.ts';
import type { RunRef } from '../../workflows/steps.ts';
import type { StepContext } from '../dependencies.ts';
import { connectionOfRun } from '../sync/connection-of-run.ts';
import { openSlice, openTarget, type OpenSlice } from '../sync/open-slice.ts';
import { plannedPages, withOperation, type PlannedRow } from '../sync/plan-rows.ts';
import { targetOf } from '../targets.ts';

/** A run whose staged records are planned. Adoption by name waits for the incomplete legal entities. */
export interface RunToPlan extends RunRef {
  readonly incompleteEntities: readonly string[];
}

/** A page of planned records of one slice, by key. */
export interface PlannedPage {
  readonly slice: OpenSlice;
  readonly rows: readonly PlannedRow[];
  /** The store in which the records are planned. It contains the links that the plan would give. */
  readonly copies: Store;
}

/**
 * Plans all records that a run has read, without any effect: on copies of the records, by the same code as a sync.
 * Calls `visit` with each page, level by level, and within a level by legal entity, kind and key. Records that depend
 * on organizations which the plan would create are planned as if these existed.
 */
export async function planOnCopies(
  context: StepContext,
  run: RunToPlan,
  visit: (page: PlannedPage) => Promise<void>,
): Promise<void> {
  await context.store.withPlanningCopies(run, async (copies) => {
    const slices = await copies.staging.slices(run.runId);
    for (const slice of slices) await copies.staging.accept(run.connectionId, slice);
    const entities = entitiesOf(await connectionOfRun(copies, run));
    for (const { target, kinds } of targetLevelsOf(entities)) {
      await reserveAll(context, { run, copies, target });
      for (const slice of slices.filter(({ kind }) => kinds.includes(kind)))
        await planSlice({ run, copies }, slice, visit);
    }
  });
}

interface OnCopies {
  readonly run: RunToPlan;
  readonly copies: Store;
}

async function reserveAll(
  context: StepContext,
  { run, copies, target }: OnCopies & { readonly target: TargetName },
): Promise<void> {
  const planning = { ...context, store: copies };
  const opened = await openTarget(copies, run, target);
  const steps = targetOf(target);
  await steps.rank(planning, run, opened);
  // What Zendesk shows is true for everybody, so it is recorded in the real tables.
  const reading = { ...context, store: { ...copies, changes: context.store.changes } };
  await steps.readRejected?.(reading, run, { target: opened, asked: true });
  const { incompleteEntities } = run;
  for (let after: number | null = 0; after !== null;)
    after = await steps.reserve(planning, run, { target: opened, after, incompleteEntities });
}

async function planSlice(
  { run, copies }: OnCopies,
  key: SliceKey,
  visit: (page: PlannedPage) => Promise<void>,
): Promise<void> {
  const slice = await openSlice(copies, { ...run, ...key });
  for await (const rows of plannedPages(copies, slice)) {
    await visit({ slice, rows, copies });
    const outcomes = rows.flatMap(({ planned }) => ('operation' in planned ? [] : [planned]));
    const operations = withOperation(rows).map(({ planned }) => planned);
    await copies.planning.save(slice, { outcomes, operations });
  }
  await copies.plannedLinks.linkPlanned(run.connectionId, key);
}
