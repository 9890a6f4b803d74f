import { keyOf, type ErpRecord } from '../../domain/sync/record.ts';
import { planningFailed } from '../../domain/sync/rejection.ts';
import type { PlannedOperation } from '../../store/sync/claims.ts';
import type { RecordOutcome } from '../../store/sync/outcomes.ts';
import type { Steps } from '../../workflows/steps.ts';
import type { StepContext } from '../dependencies.ts';
import { nameOfError } from '../error-class.ts';
import { targetOf } from '../targets.ts';
import { openSlice } from './open-slice.ts';

const PAGE = 1_000;

/**
 * Plans one page of records. Planning makes no request: it compares stored values, and claims the records to write. Of
 * records that share a name, only the one with the plain name is created at first. The others stay without a plan.
 */
export async function planChanges(
  { store }: StepContext,
  input: Parameters<Steps['planChanges']>[0],
): ReturnType<Steps['planChanges']> {
  const slice = await openSlice(store, input);
  const target = targetOf(slice.target);
  const rows = await store.planning.rows(slice.connectionId, slice, { after: input.after, limit: PAGE });
  const outcomes: RecordOutcome[] = [];
  const operations: PlannedOperation[] = [];
  let deferred = 0;
  for (const { row, planned } of planRows(rows, (row) => target.plan(row, slice.spec))) {
    if ('operation' in planned && planned.operation === 'create' && row.mustWait) deferred += 1;
    else if ('operation' in planned) operations.push(planned);
    else outcomes.push(planned);
  }
  await store.planning.save(slice, { outcomes, operations });
  const waiting = deferred === 0 ? {} : { deferred };
  const last = rows.at(-1);
  if (rows.length === PAGE && last !== undefined) return { unfinished: 0, next: last.record.key, ...waiting };
  return { unfinished: await store.planning.unfinished(slice), next: null, ...waiting };
}

type Planned = RecordOutcome | PlannedOperation;

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

/** Plans all records of these kinds again, because custom fields in Zendesk have changed. */
export function planAgain(
  { store }: StepContext,
  { runId, kinds }: Parameters<Steps['planAgain']>[0],
): ReturnType<Steps['planAgain']> {
  return store.planning.planAgain(runId, kinds);
}
