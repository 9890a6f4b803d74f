import { FarSystemError } from '../../clients/errors.ts';
import type { JobRow } from '../../store/sync/job-rows.ts';
import type { JobToSubmit } from '../../store/sync/jobs.ts';
import type { Findings } from '../../store/sync/changes.ts';
import type { SliceRef } from '../../workflows/steps.ts';
import type { StepContext } from '../dependencies.ts';
import { asWritten } from '../sync/target.ts';
import { newUserOf, USERS } from './user-target.ts';

const NOTE =
  'Zendesk has not switched on bulk user import for this account (it answers 403), so users were created one by one, which ' +
  'takes longer. Ask Zendesk support to enable it.';

/**
 * Creates the users of a job one by one, for accounts without bulk import. Each is recorded before the next is begun; an
 * answer that is lost leaves the job unsure, and what became of its rows is looked up as that of any other.
 */
export async function createUsersSingly(context: StepContext, slice: SliceRef, job: JobToSubmit): Promise<void> {
  const { store } = context;
  await store.runs.note(slice.runId, { code: 'bulk_user_import_off', message: NOTE });
  for (const row of job.rows) await store.work.record(slice, await createOne(context, row));
  await store.work.record(slice, { job: job.no });
}

async function createOne({ far }: StepContext, row: JobRow): Promise<Findings> {
  try {
    const { id } = await far(({ zendesk }) => zendesk.createUser(newUserOf(row)));
    return asWritten(USERS, row, { id, isComplete: USERS.isCompleteAfter(row) });
  } catch (error) {
    if (!(error instanceof FarSystemError) || error.kind !== 'refused') throw error;
    return { marks: [{ ...row.record, state: 'refused', refusal: error.detail }] };
  }
}
