import { keyOf, type ErpRecord } from '../../domain/sync/record.ts';
import { planningFailed } from '../../domain/sync/rejection.ts';
import type { PlannedOperation } from '../../store/sync/claims.ts';
import type { RecordOutcome } from '../../store/sync/outcomes.ts';
import type { RowToPlan } from '../../store/sync/planning.ts';
import type { Store } from '../../store/store.ts';
import { nameOfError } from '../error-class.ts';
import { targetOf } from '../targets.ts';
import type { OpenSlice } from './open-slice.ts';

/** The plan of a record: an operation, or the outcome if no operation is needed. */
export type Planned = RecordOutcome | PlannedOperation;

/** A record with its plan. */
export interface PlannedRow {
  readonly row: RowToPlan;
  readonly planned: Planned;
}

/** A record with its planned operation. */
export interface RowWithOperation extends PlannedRow {
  readonly planned: PlannedOperation;
}

/** Returns the records for which an operation is planned. */
export function withOperation(rows: readonly PlannedRow[]): readonly RowWithOperation[] {
  return rows.flatMap(({ row, planned }) => ('operation' in planned ? [{ row, planned }] : []));
}

const PAGE = 1_000;

/** Plans all records of a slice that have no plan, page by page in the order of their keys. Saves nothing. */
export async function* plannedPages(
  { planning }: Pick<Store, 'planning'>,
  slice: OpenSlice,
): AsyncGenerator<readonly PlannedRow[]> {
  const target = targetOf(slice.target);
  for (let after: string | null = ''; after !== null;) {
    const page: readonly RowToPlan[] = await planning.rows(slice.connectionId, slice, { after, limit: PAGE });
    yield planRows(page, (row) => target.plan(row, slice.spec));
    after = page.length < PAGE ? null : (page.at(-1)?.record.key ?? null);
  }
}

/** Errors with which the planning of all records of a page may fail. More are an error of the planning itself. */
const MAX_FAILED_PAGE = 10;

/**
 * Plans each record. A record whose planning fails ends alone, as an internal error: planning only compares stored
 * values, so it would fail again. If no record of a long page can be planned, the error is thrown.
 */
export function planRows<Row extends { readonly record: ErpRecord }>(
  rows: readonly Row[],
  plan: (row: Row) => Planned,
): readonly { readonly row: Row; readonly planned: Planned }[] {
  const errors: unknown[] = [];
  const all = rows.map((row) => {
    try {
      return { row, planned: plan(row) };
    } catch (error) {
      errors.push(error);
      const remark = planningFailed(nameOfError(error));
      return { row, planned: { ...keyOf(row.record), outcome: 'rejected' as const, remark } };
    }
  });
  if (errors.length > MAX_FAILED_PAGE && errors.length === rows.length) throw errors[0];
  return all;
}
