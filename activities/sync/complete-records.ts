import type { SliceRef, Steps } from '../../workflows/steps.ts';
import type { StepContext } from '../dependencies.ts';
import { targetOf } from '../targets.ts';
import { openSlice } from './open-slice.ts';

const ROWS_PER_STEP = 50;

/**
 * Completes organizations and users one by one, with what a bulk job cannot write. Records each before it begins the
 * next.
 */
export async function completeRecords(context: StepContext, ref: SliceRef): ReturnType<Steps['completeRecords']> {
  const { store } = context;
  const slice = await openSlice(store, ref);
  const target = targetOf(slice.target);
  const rows = await store.jobs.rowsIn(slice.connectionId, slice, { state: 'incomplete', limit: ROWS_PER_STEP });
  for (const row of rows) await store.changes.record(slice, await target.complete(context, slice, row));
  return { left: rows.length === ROWS_PER_STEP ? 1 : 0 };
}
