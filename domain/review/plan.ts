import type { LimitedOperation } from '../connection/review-settings.ts';

/**
 * The status of a plan: it waits for a decision (`open`), is being applied (`approved`), or is over. `superseded` means
 * that another plan of its slices was applied, or that the settings changed.
 */
export type PlanStatus = 'open' | 'approved' | 'applied' | 'discarded' | 'superseded' | 'expired';

/** The reason of a plan: a person asked for it, the first run, changed settings, or exceeded limits. */
export type PlanReason = 'asked' | 'first' | 'settings' | 'limits';

/** The numbers of records of a plan, in total and by what would become of them. */
export interface PlanTotals {
  readonly read: number;
  readonly create: number;
  readonly update: number;
  readonly adopt: number;
  readonly retire: number;
  readonly unchanged: number;
  readonly skipped: number;
  readonly rejected: number;
}

/** The numbers of one legal entity and kind. */
export interface PlanSlice extends PlanTotals {
  readonly legalEntity: string;
  readonly kind: string;
}

/** A custom field in Zendesk that must be created before the changes are written. */
export interface PlanPreparation {
  readonly owner: 'organization' | 'user';
  readonly key: string;
  readonly type: string;
  readonly action: 'create';
}

/** A limit with the planned and the allowed number. */
export interface PlanLimit {
  readonly name: LimitedOperation;
  readonly planned: number;
  readonly allowed: number;
  readonly tripped: boolean;
}

/** Something that a person should know about a plan. `sample` are keys of some records. */
export interface PlanWarning {
  readonly code: string;
  readonly count: number;
  readonly message: string;
  readonly action: string;
  readonly sample: readonly string[];
}

/** The requests and minutes that applying a plan costs. */
export interface PlanCost {
  readonly dynamics: number;
  readonly zendesk: number;
  readonly minutes: number;
}

/** Everything that was computed about a plan. */
export interface PlanSummary {
  readonly totals: PlanTotals;
  readonly slices: readonly PlanSlice[];
  readonly prepare: readonly PlanPreparation[];
  readonly annotations: { readonly wouldWrite: number };
  readonly cost: PlanCost;
  readonly limits: readonly PlanLimit[];
  readonly warnings: readonly PlanWarning[];
  readonly ambiguous: number;
}

/**
 * The approval of a plan. `only` restricts it to slices, or to a pilot of the first records of each slice. With `exact`,
 * nothing is written if anything has changed since the plan was made.
 */
export interface PlanApproval {
  readonly only: {
    readonly kinds?: readonly string[] | undefined;
    readonly legalEntities?: readonly string[] | undefined;
    readonly pilot?: number | undefined;
  };
  readonly exact: boolean;
  readonly note: string | null;
}

/** Plan totals that are all zero. */
export const NO_PLAN_TOTALS: PlanTotals = {
  ...{ read: 0, create: 0, update: 0, adopt: 0, retire: 0, unchanged: 0, skipped: 0, rejected: 0 },
};

/** Adds up the totals of slices. */
export function addPlanTotals(slices: readonly PlanTotals[]): PlanTotals {
  const sum = { ...NO_PLAN_TOTALS } as Record<keyof PlanTotals, number>;
  for (const slice of slices)
    for (const name of Object.keys(NO_PLAN_TOTALS) as (keyof PlanTotals)[]) sum[name] += slice[name];
  return sum;
}
