import { changeText, ORGANIZATIONS_OF_USER, withAccounts } from '../../domain/sync/planned-change.ts';
import type { PlannedFieldChange } from '../../domain/sync/planned-change.ts';
import { keyOf } from '../../domain/sync/record.ts';
import { contentDigest } from '../../store/digests.ts';
import type { PlannedOperation } from '../../store/sync/claims.ts';
import type { Store } from '../../store/store.ts';
import { targetOf } from '../targets.ts';
import type { OpenSlice } from './open-slice.ts';
import type { RowWithOperation } from './plan-rows.ts';

/** A planned operation with what it changes. `line` is the digest of the exact change. */
export interface ChangeOfRow {
  readonly planned: PlannedOperation;
  readonly shown: readonly PlannedFieldChange[];
  readonly line: string;
}

/** Returns what the planned operations of a slice change. Equal changes have equal lines, whenever they are planned. */
export async function exactChanges(
  store: Pick<Store, 'plannedLinks'>,
  slice: OpenSlice,
  rows: readonly RowWithOperation[],
): Promise<readonly ChangeOfRow[]> {
  const target = targetOf(slice.target);
  const writes = rows.map(({ row, planned }) => ({ planned, ...target.changes(row, planned, slice.spec) }));
  const ids = writes.flatMap(({ exact }) => exact.flatMap(organizationsIn));
  const accountOf = ids.length === 0 ? new Map() : await store.plannedLinks.accountsOf(slice.connectionId, ids);
  return writes.map(({ planned, shown, exact }) => {
    const { operation, zendeskId } = planned;
    const change = { ...keyOf(planned), operation, zendeskId, exact: withAccounts(exact, accountOf) };
    return { planned, shown: withAccounts(shown, accountOf), line: contentDigest(changeText(change)) };
  });
}

function organizationsIn({ field, before, after }: PlannedFieldChange): readonly string[] {
  if (field !== ORGANIZATIONS_OF_USER) return [];
  return [before, after].flatMap((value) => (Array.isArray(value) ? (value as readonly string[]) : []));
}
