import type { PlannedOperation } from '../../store/sync/claims.ts';
import type { RecordOutcome } from '../../store/sync/outcomes.ts';
import type { Steps } from '../../workflows/steps.ts';
import type { StepContext } from '../dependencies.ts';
import { targetOf } from '../targets.ts';
import { keepToPlan } from './keep-to-plan.ts';
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
  const all = rows.map((row) => ({ row, planned: target.plan(row, slice.spec) }));
  for (const { row, planned } of await keepToPlan(store, slice, all)) {
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

/** Plans all records of these kinds again, because custom fields in Zendesk have changed. */
export function planAgain(
  { store }: StepContext,
  { runId, kinds }: Parameters<Steps['planAgain']>[0],
): ReturnType<Steps['planAgain']> {
  return store.planning.planAgain(runId, kinds);
}
