import { EVERY, isCovered } from '../../../domain/review/go.ts';
import { keyOf } from '../../../domain/sync/record.ts';
import { withheldWithoutGo } from '../../../domain/sync/rejection.ts';
import type { PlannedOperation } from '../../../store/sync/claims.ts';
import type { RecordOutcome } from '../../../store/sync/outcomes.ts';
import type { Store } from '../../../store/store.ts';
import type { SliceRef } from '../../../workflows/steps.ts';
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
  const remark = withheldWithoutGo(slice.connectionId);
  return { operations: [], withheld: operations.map((planned) => ({ ...keyOf(planned), outcome: 'skipped', remark })) };
}

/** Returns whether custom fields may be created for a target: only if any of its kinds has a go. */
export async function mayPrepare(store: Store, { connection, entities }: OpenTarget): Promise<boolean> {
  const gos = await store.gos.list(connection.id);
  return gos.some((go) => go.kind === EVERY || entities.some(({ kind }) => kind === go.kind));
}
