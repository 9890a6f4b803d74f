import { keyOf, type ErpRecord } from '../../domain/sync/record.ts';
import { planningFailed } from '../../domain/sync/rejection.ts';
import type { PlannedOperation } from '../../store/sync/claims.ts';
import type { RecordOutcome } from '../../store/sync/outcomes.ts';
import { nameOfError } from '../error-class.ts';

/** The plan of a record: an operation, or the outcome if no operation is needed. */
export type Planned = RecordOutcome | PlannedOperation;

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
