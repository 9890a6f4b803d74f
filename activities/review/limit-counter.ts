import { reviewOf } from '../../domain/connection/review-settings.ts';
import {
  addCounts,
  countLimited,
  judgeLimits,
  NO_OPERATIONS,
  type CompletedSlice,
  type LimitBasis,
  type OperationCounts,
} from '../../domain/review/limits.ts';
import type { PlanLimit } from '../../domain/review/plan.ts';
import type { Connection } from '../../store/connection/connections.ts';
import type { Store } from '../../store/store.ts';
import { withOperation } from '../sync/plan-rows.ts';
import type { PlannedPage } from './plan-on-copies.ts';

/** Counts the planned operations of a run by the limits of its connection. */
export interface LimitCounter {
  /** Counts a page of planned records. */
  add(page: Pick<PlannedPage, 'slice' | 'rows'>): Promise<void>;
  /** Returns the limits with the numbers so far. */
  limits(): readonly PlanLimit[];
  /** Returns the number of all operations so far, also of those that no limit counts. */
  operations(): number;
}

/** Creates a counter. `basis` is read from the store if it is not given. */
export async function createLimitCounter(
  store: Pick<Store, 'limits'>,
  { id: connectionId, settings }: Pick<Connection, 'id' | 'settings'>,
  basis?: LimitBasis,
): Promise<LimitCounter> {
  const measured = basis ?? (await store.limits.basis(connectionId));
  const slices = new Map<string, CompletedSlice | undefined>();
  const completed = async ({ legalEntity, kind }: PlannedPage['slice']): Promise<CompletedSlice | undefined> => {
    const place = `${legalEntity}/${kind}`;
    if (!slices.has(place)) slices.set(place, await store.limits.completed({ connectionId, legalEntity, kind }));
    return slices.get(place);
  };
  let counts: OperationCounts = NO_OPERATIONS;
  let operations = 0;
  return {
    async add({ slice, rows }) {
      const planned = withOperation(rows).map(({ planned: one }) => one);
      operations += planned.length;
      if (planned.length > 0) counts = addCounts(counts, countLimited(planned, await completed(slice)));
    },
    limits: () => judgeLimits(counts, measured, reviewOf(settings)),
    operations: () => operations,
  };
}
