import { reviewOf, type LimitedOperation, type ReviewSettings } from '../../../domain/connection/review-settings.ts';
import { countLimited, judgeLimits, limitOf } from '../../../domain/review/limits.ts';
import { heldRecord } from '../../../domain/sync/rejection.ts';
import { keyOf } from '../../../domain/sync/record.ts';
import type { PlannedOperation } from '../../../store/sync/claims.ts';
import type { RecordOutcome } from '../../../store/sync/outcomes.ts';
import type { Store } from '../../../store/store.ts';
import type { OpenSlice } from '../open-slice.ts';

/** Operations of single records that may be done, and the outcomes of records that wait for the next run. */
export interface WithinLimits {
  readonly operations: readonly PlannedOperation[];
  readonly withheld: readonly RecordOutcome[];
}

const EVERY_CHANGE = 'Every change of this connection needs an approval, because review.every is "ask".';
const TOO_MANY =
  'Events would change more records since the last sync than the limits of the connection allow without an approval.';

/**
 * Holds the writes of events back that would exceed a limit, counted since the last master run, or that need an
 * approval. Master runs are judged as a whole before they write, so their operations are kept.
 */
export async function withinLimits(
  store: Pick<Store, 'runs' | 'limits'>,
  slice: OpenSlice,
  operations: readonly PlannedOperation[],
): Promise<WithinLimits> {
  const review = reviewOf(slice.connection.settings);
  if (operations.length === 0 || review.every === 'off') return { operations, withheld: [] };
  if ((await store.runs.get(slice.runId))?.scope !== 'account') return { operations, withheld: [] };
  const isAsked = review.every === 'ask';
  const tripped = isAsked ? new Set<LimitedOperation>() : await trippedLimits(store, slice, { operations, review });
  const isHeld = ({ operation }: PlannedOperation): boolean => isAsked || tripped.has(limitOf(operation));
  const remark = heldRecord(slice.connectionId, isAsked ? EVERY_CHANGE : TOO_MANY);
  return {
    operations: operations.filter((one) => !isHeld(one)),
    withheld: operations.filter(isHeld).map((one) => ({ ...keyOf(one), outcome: 'skipped', remark })),
  };
}

/** Most events are far from every limit, which takes one query to see. */
async function trippedLimits(
  { limits }: Pick<Store, 'limits'>,
  slice: OpenSlice,
  { operations, review }: { operations: readonly PlannedOperation[]; review: ReviewSettings },
): Promise<ReadonlySet<LimitedOperation>> {
  const { connectionId } = slice;
  const writes = await limits.writesOfEvents(connectionId);
  if (writes + operations.length <= Math.min(...Object.values(review.floor))) return new Set();
  const completed = await limits.completed(slice);
  const judged = judgeLimits(countLimited(operations, completed), await limits.basis(connectionId), review);
  return new Set(judged.filter(({ tripped }) => tripped).map(({ name }) => name));
}
