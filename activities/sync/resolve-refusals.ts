import { keyOf } from '../../domain/sync/record.ts';
import { zendeskRefused } from '../../domain/sync/rejection.ts';
import { contentDigest } from '../../store/digests.ts';
import type { JobRow } from '../../store/sync/job-rows.ts';
import type { RecordOutcome } from '../../store/sync/outcomes.ts';
import type { Steps } from '../../workflows/steps.ts';
import type { StepContext } from '../dependencies.ts';
import { targetOf } from '../targets.ts';
import { checkFieldsAgain } from './schema/check-fields.ts';
import { openSlice, type OpenSlice } from './open-slice.ts';

const ROWS_PER_STEP = 50;
/**
 * Consecutive refusals after which a record is rejected: as planned first, twice after a look-up, and under another
 * name.
 */
const MAX_REFUSALS = 4;

/**
 * Looks up the organizations or users of refused rows, regardless of the reason that Zendesk gave, and plans the rows
 * again. A row that is refused too often is rejected with the text of Zendesk. If custom fields have changed, plans all
 * refused rows again without the suspended fields.
 */
export async function resolveRefusals(
  context: StepContext,
  input: Parameters<Steps['resolveRefusals']>[0],
): ReturnType<Steps['resolveRefusals']> {
  const { store } = context;
  const slice = await openSlice(store, input);
  const rows = await store.jobs.rowsIn(input.connectionId, slice, { state: 'refused', limit: ROWS_PER_STEP });
  const { target } = slice;
  const fieldsChanged = await checkFieldsAgain(context, { run: slice, target, hasRefusals: rows.length > 0 });
  if (fieldsChanged) return { left: 0, planned: await store.planning.planRefusedAgain(slice), fieldsChanged };
  if (rows.length === 0) return { left: 0, planned: 0, fieldsChanged };
  const exhausted = rows.filter(({ round }) => round >= MAX_REFUSALS);
  await store.changes.record(slice, { outcomes: exhausted.map((row) => asRejected(slice, row)) });
  const resolvable = rows.filter(({ round }) => round < MAX_REFUSALS);
  const { incompleteEntities } = input;
  if (resolvable.length > 0) await targetOf(target).resolve(context, slice, { rows: resolvable, incompleteEntities });
  return { left: rows.length === ROWS_PER_STEP ? 1 : 0, planned: resolvable.length, fieldsChanged };
}

function asRejected({ target, spec }: OpenSlice, row: JobRow): RecordOutcome {
  const remark = zendeskRefused(row.refusal ?? 'it gave no reason.');
  const refusedAttempt = contentDigest(targetOf(target).attempt(row, spec));
  return { ...keyOf(row.record), outcome: 'rejected', remark, refusedAttempt };
}
