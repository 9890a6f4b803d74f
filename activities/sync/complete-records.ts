import type { SliceRef, Steps } from '../../workflows/steps.ts';
import { completeOrganization } from '../accounts/complete-organization.ts';
import { completeUser } from '../contacts/complete-user.ts';
import type { StepContext } from '../dependencies.ts';

const ROWS_PER_STEP = 50;

/** Gives organizations and users what a bulk write cannot, one by one; each is recorded before the next is begun. */
export async function completeRecords(context: StepContext, slice: SliceRef): ReturnType<Steps['completeRecords']> {
  const { store } = context;
  const rows = await store.jobs.rowsIn(slice.connectionId, slice, { state: 'incomplete', limit: ROWS_PER_STEP });
  const complete = slice.kind === 'contact' ? completeUser : completeOrganization;
  for (const row of rows) await store.work.record(slice, await complete(context, slice, row));
  return { left: rows.length === ROWS_PER_STEP ? 1 : 0 };
}
