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

const NOT_JUDGED = 'The limits of the connection were not checked for this run.';

/**
 * Holds the writes of events back that would exceed a limit, counted since the last master run, or that need an
 * approval. Master runs are judged as a whole before they write. One that was not, because somebody started a part of it
 * by hand, writes nothing.
 */
export async function withinLimits(
  store: Pick<Store, 'runs' | 'limits'>,
  slice: OpenSlice,
  operations: readonly PlannedOperation[],
): Promise<WithinLimits> {
  const review = reviewOf(slice.connection.settings);
  if (operations.length === 0 || review.every === 'off') return { operations, withheld: [] };
  const run = await store.runs.get(slice.runId);
  if (run?.scope !== 'account') return hold(slice, operations, run?.judged_at ? undefined : () => NOT_JUDGED);
  if (review.every === 'ask') return hold(slice, operations, () => EVERY_CHANGE);
  const tripped = await trippedLimits(store, slice, { operations, review });
  return hold(slice, operations, ({ operation }) => (tripped.has(limitOf(operation)) ? TOO_MANY : undefined));
}

/** Holds the operations back for which `because` returns a reason. */
function hold(
  { connectionId }: OpenSlice,
  operations: readonly PlannedOperation[],
  because: (operation: PlannedOperation) => string | undefined = () => undefined,
): WithinLimits {
  const withheld = operations.flatMap((one): RecordOutcome[] => {
    const reason = because(one);
    return reason === undefined
      ? []
      : [{ ...keyOf(one), outcome: 'skipped', remark: heldRecord(connectionId, reason) }];
  });
  return { withheld, operations: operations.filter((one) => because(one) === undefined) };
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
