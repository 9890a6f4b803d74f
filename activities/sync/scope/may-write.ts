import { EVERY, isCovered } from '../../../domain/connection/go.ts';
import { keyOf } from '../../../domain/sync/record.ts';
import { withheldWithoutGo } from '../../../domain/sync/rejection.ts';
import type { PlannedOperation } from '../../../store/sync/claims.ts';
import type { RecordOutcome } from '../../../store/sync/outcomes.ts';
import type { Store } from '../../../store/store.ts';
import type { RunRef, SliceRef } from '../../../workflows/steps.ts';
import type { OpenTarget } from '../open-slice.ts';

/** The planned operations of a slice that may be written, and the outcomes of the records of the others. */
export interface Permitted {
  readonly operations: readonly PlannedOperation[];
  readonly withheld: readonly RecordOutcome[];
}

/**
 * Decides which planned operations of a slice may be written. Without a go for the slice, none is. Their records are
 * skipped, and a later run plans them again.
 */
export async function mayWrite(
  store: Store,
  slice: SliceRef,
  operations: readonly PlannedOperation[],
): Promise<Permitted> {
  if (operations.length === 0 || isCovered(await store.gos.list(slice.connectionId), slice))
    return { operations, withheld: [] };
  if (await appliesPlan(store, slice)) return { operations, withheld: [] };
  const remark = withheldWithoutGo(slice.connectionId);
  return { operations: [], withheld: operations.map((planned) => ({ ...keyOf(planned), outcome: 'skipped', remark })) };
}

/**
 * Returns whether a run may create custom fields for a target before it plans: if any of its kinds has a go, or by its
 * plan. A preview creates none, because its plan lists those that are missing. One that is to be applied exactly must be compared with what would be written first.
 */
export async function mayPrepare(store: Store, run: RunRef, { entities }: OpenTarget): Promise<boolean> {
  if ((await store.runs.get(run.runId))?.scope === 'preview') return false;
  const plan = await store.plans.appliedBy(run.runId);
  if (plan !== undefined) return plan.approval?.exact !== true;
  const gos = await store.gos.list(run.connectionId);
  return gos.some((go) => go.kind === EVERY || entities.some(({ kind }) => kind === go.kind));
}

/** Returns whether a run writes only what a person has approved in a plan. */
export async function appliesPlan({ plans }: Pick<Store, 'plans'>, { runId }: Pick<RunRef, 'runId'>): Promise<boolean> {
  return (await plans.appliedBy(runId)) !== undefined;
}
