import type { SliceRef, Steps } from '../../workflows/steps.ts';
import type { StepContext } from '../dependencies.ts';
import { targetOf } from '../targets.ts';
import { openSlice } from './open-slice.ts';
import { tagsNotKept } from './schema/check-tagging.ts';

const ROWS_PER_STEP = 50;

/**
 * Completes organizations and users one by one, with what a bulk job cannot write. Records each before it begins the
 * next.
 */
export async function completeRecords(context: StepContext, ref: SliceRef): ReturnType<Steps['completeRecords']> {
  const { store } = context;
  let slice = await openSlice(store, ref);
  const target = targetOf(slice.target);
  const rows = await store.jobs.rowsIn(slice.connectionId, slice, { state: 'incomplete', limit: ROWS_PER_STEP });
  for (const row of rows) {
    const changes = await target.complete(context, slice, row);
    await store.changes.record(slice, changes);
    if (changes.organizations?.losesTags !== true) continue;
    await tagsNotKept(context, { run: slice, target: slice.target });
    slice = await openSlice(store, ref);
  }
  return { left: rows.length === ROWS_PER_STEP ? 1 : 0 };
}
