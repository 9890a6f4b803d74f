import type { Outcome } from '../sync/outcome.ts';
import { PLANNED_OPERATIONS, type PlannedOperationName } from '../sync/planned-change.ts';
import type { Remark } from '../sync/rejection.ts';
import { NO_PLAN_TOTALS, type PlanSlice, type PlanTotals, type PlanWarning } from './plan.ts';

/** What a plan says of one record: an operation, or an outcome with a remark. */
export interface CountedRow {
  readonly legalEntity: string;
  readonly kind: string;
  readonly key: string;
  readonly is: PlannedOperationName | Outcome;
  readonly remark: Remark | null;
}

/** The numbers of a plan while it is made. */
export interface PlanCount {
  readonly slices: ReadonlyMap<string, PlanSlice>;
  readonly warnings: ReadonlyMap<string, PlanWarning>;
}

/** A count without records. */
export const NOTHING_COUNTED: PlanCount = { slices: new Map(), warnings: new Map() };

const SAMPLE = 5;
const COUNTED: readonly string[] = [...PLANNED_OPERATIONS, 'unchanged', 'skipped', 'rejected'];

/** Returns a count with further records. */
export function countRows(count: PlanCount, rows: readonly CountedRow[]): PlanCount {
  const slices = new Map(count.slices);
  const warnings = new Map(count.warnings);
  for (const row of rows) {
    const { legalEntity, kind } = row;
    const place = `${legalEntity}/${kind}`;
    const slice = slices.get(place) ?? { legalEntity, kind, ...NO_PLAN_TOTALS };
    slices.set(place, { ...slice, ...increased(slice, row.is) });
    if (row.remark !== null) warnings.set(row.remark.code, withRow(warnings.get(row.remark.code), row, row.remark));
  }
  return { slices, warnings };
}

function increased(slice: PlanSlice, is: CountedRow['is']): Partial<PlanTotals> {
  if (!COUNTED.includes(is)) throw new Error(`A record that is only planned cannot be "${is}".`);
  const name = is as keyof PlanTotals;
  return { read: slice.read + 1, [name]: slice[name] + 1 };
}

function withRow(warning: PlanWarning | undefined, row: CountedRow, remark: Remark): PlanWarning {
  const key = `${row.legalEntity}/${row.kind}/${row.key}`;
  if (warning === undefined) return { ...remark, count: 1, sample: [key] };
  const sample = warning.sample.length < SAMPLE ? [...warning.sample, key] : warning.sample;
  return { ...warning, count: warning.count + 1, sample };
}
