import { zendeskRefused } from '../../domain/sync/rejection.ts';
import type { JobRow } from '../../store/sync/job-rows.ts';
import type { RecordOutcome } from '../../store/sync/outcomes.ts';
import type { SliceRef, Steps } from '../../workflows/steps.ts';
import type { StepContext } from '../dependencies.ts';
import { resolveOrganizations } from '../accounts/resolve-organizations.ts';
import { resolveUsers } from '../contacts/resolve-users.ts';
import { targetOf } from '../targets.ts';

const ROWS_PER_STEP = 50;
/** Refusals in a row after which a record is rejected: as it is, twice after a look-up, and under another name. */
const MOST_REFUSALS = 4;

/**
 * Looks up what stands in the way of refused rows, whatever Zendesk said of the reason, and plans them anew with what was
 * found; a row that is refused even then is rejected with Zendesk's words.
 */
export async function resolveRefusals(
  context: StepContext,
  input: Parameters<Steps['resolveRefusals']>[0],
): ReturnType<Steps['resolveRefusals']> {
  const { store } = context;
  const rows = await store.jobs.rowsIn(input.connectionId, input, { state: 'refused', limit: ROWS_PER_STEP });
  if (rows.length === 0) return { left: 0, planned: 0 };
  const outcomes = rows.filter(({ round }) => round >= MOST_REFUSALS).map((row) => asRejected(input, row));
  const hopeful = rows.filter(({ round }) => round < MOST_REFUSALS);
  await store.work.record(input, { outcomes });
  if (hopeful.length > 0 && input.kind === 'contact') await resolveUsers(context, input, hopeful);
  else if (hopeful.length > 0) await resolveOrganizations(context, input, { rows: hopeful, unread: input.unread });
  return { left: rows.length === ROWS_PER_STEP ? 1 : 0, planned: hopeful.length };
}

function asRejected({ kind }: SliceRef, row: JobRow): RecordOutcome {
  const remark = zendeskRefused(row.refusal ?? 'it gave no reason.');
  return { ...row.record, outcome: 'rejected', remark, refusedAttempt: targetOf(kind).attempt(row) };
}
