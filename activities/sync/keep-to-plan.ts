import { knownEntities, kindsOf } from '../../domain/entities.ts';
import { keyOf } from '../../domain/sync/record.ts';
import { notInPlan } from '../../domain/sync/rejection.ts';
import type { Store } from '../../store/store.ts';
import { exactChanges } from './exact-changes.ts';
import type { OpenSlice } from './open-slice.ts';
import { withOperation, type PlannedRow } from './plan-rows.ts';

/**
 * Keeps a run to the plan that it applies: an operation that was not approved, or that differs from the approved one in
 * any value, is not done, and a later run decides about its record. Runs without a plan keep all operations.
 */
export async function keepToPlan(
  store: Pick<Store, 'plannedLines' | 'plannedLinks'>,
  slice: OpenSlice,
  rows: readonly PlannedRow[],
): Promise<readonly PlannedRow[]> {
  const pilotKinds = kindsOf(knownEntities(slice.connection), 'organization');
  const keys = rows.map(({ row }) => row.record.key);
  const lines = await store.plannedLines.of(slice, keys, pilotKinds);
  if (lines === undefined) return rows;
  const changes = await exactChanges(store, slice, withOperation(rows));
  const found = new Map(changes.map(({ planned, line }) => [planned.key, line]));
  return rows.map(({ row, planned }) => {
    const approved = lines.get(row.record.key);
    const isAsPlanned = approved?.isApproved === true && approved.line === found.get(row.record.key);
    // A record that was to be written and cannot be now, for example because its account was left out, is not rejected.
    const isLeft = 'operation' in planned ? !isAsPlanned : planned.outcome === 'rejected' && approved !== undefined;
    return isLeft
      ? { row, planned: { ...keyOf(row.record), outcome: 'skipped', remark: notInPlan() } }
      : { row, planned };
  });
}
