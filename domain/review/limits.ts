import { LIMITED_OPERATIONS, type LimitedOperation, type ReviewSettings } from '../connection/review-settings.ts';
import type { PlannedOperationName } from '../sync/planned-change.ts';
import type { PlanLimit } from './plan.ts';

/** Numbers of operations by the limit that they count for. */
export type OperationCounts = Readonly<Record<LimitedOperation, number>>;

/** No operations. */
export const NO_OPERATIONS: OperationCounts = { create: 0, update: 0, retire: 0 };

/** What limits are measured by, in the legal entities and kinds of which a run has completed. */
export interface LimitBasis {
  /** The number of records that are linked. */
  readonly linked: number;
  /** Operations that events have done since the last master run. */
  readonly byEvents: OperationCounts;
}

/**
 * A legal entity and kind of which a run has completed. `leftOver` are the keys of records that the first completed run
 * could not create. Their creates are approved with it.
 */
export interface CompletedSlice {
  readonly leftOver: ReadonlySet<string>;
}

/** The records of one legal entity and kind that a run has read. */
export interface SliceSize {
  readonly legalEntity: string;
  readonly kind: string;
  readonly linked: number;
  readonly unlinked: number;
  /** True if a run of the legal entity and kind has completed before. */
  readonly isCompleted: boolean;
}

type LimitSettings = Pick<ReviewSettings, 'share' | 'floor'>;

/** An adopted organization or user is changed like one that is updated. */
const LIMIT_OF: Readonly<Record<PlannedOperationName, LimitedOperation>> = {
  create: 'create',
  update: 'update',
  adopt: 'update',
  retire: 'retire',
};

/** Returns the limit for which an operation counts. */
export function limitOf(operation: PlannedOperationName): LimitedOperation {
  return LIMIT_OF[operation];
}

/**
 * Counts planned operations of one legal entity and kind. `slice` is undefined if no run of it has completed. Then
 * nothing counts.
 */
export function countLimited(
  planned: readonly { readonly operation: PlannedOperationName; readonly key: string }[],
  slice: CompletedSlice | undefined,
): OperationCounts {
  const counts = { ...NO_OPERATIONS };
  if (slice === undefined) return counts;
  for (const { operation, key } of planned)
    if (operation !== 'create' || !slice.leftOver.has(key)) counts[limitOf(operation)] += 1;
  return counts;
}

/** Adds up numbers of operations. */
export function addCounts(...parts: readonly OperationCounts[]): OperationCounts {
  const sum = { ...NO_OPERATIONS };
  for (const part of parts) for (const name of LIMITED_OPERATIONS) sum[name] += part[name];
  return sum;
}

/**
 * Judges planned operations. A limit is tripped above both the floor and the share of the linked records. The numbers
 * include what events have written since the last master run. An operation that is not planned trips nothing.
 */
export function judgeLimits(
  planned: OperationCounts,
  { linked, byEvents }: LimitBasis,
  settings: LimitSettings,
): readonly PlanLimit[] {
  return LIMITED_OPERATIONS.map((name) => {
    const allowed = Math.max(settings.floor[name], Math.floor(settings.share[name] * linked + ROUNDING));
    const all = planned[name] + byEvents[name];
    return { name, planned: all, allowed, tripped: planned[name] > 0 && all > allowed };
  });
}

/** Shares are decimal fractions, so that a product such as 0.07 * 100 can be a little less than it is. */
const ROUNDING = 1e-9;

/** Returns the most operations that a run with these records can plan. */
export function largestCounts(slices: readonly SliceSize[]): OperationCounts {
  const counting = slices.filter(({ isCompleted }) => isCompleted);
  const linked = counting.reduce((sum, slice) => sum + slice.linked, 0);
  const unlinked = counting.reduce((sum, slice) => sum + slice.unlinked, 0);
  return { create: unlinked, update: linked + unlinked, retire: linked };
}
