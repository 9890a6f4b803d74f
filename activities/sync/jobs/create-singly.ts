import { RemoteError } from '../../../clients/errors.ts';
import { keyOf } from '../../../domain/sync/record.ts';
import type { Changes } from '../../../store/sync/changes.ts';
import type { JobRow } from '../../../store/sync/job-rows.ts';
import type { JobToSubmit } from '../../../store/sync/jobs.ts';
import type { StepContext } from '../../dependencies.ts';
import { mergeChanges } from '../merge-changes.ts';
import type { OpenSlice } from '../open-slice.ts';
import type { Target } from '../target.ts';
import { asWritten, ignoredFields } from '../written.ts';

/** A target whose records can be created one by one. */
export type SingleTarget = Target & Required<Pick<Target, 'createOne'>>;

const NOTE = {
  code: 'bulk_user_import_off',
  message:
    'Zendesk has not enabled bulk user import for this account (it answers 403), so users were created one by one, which ' +
    'takes longer. Ask Zendesk support to enable it.',
};

/** Returns whether Zendesk has already refused a bulk creation in this run. */
export function isBulkForbidden({ store }: StepContext, { runId }: OpenSlice): Promise<boolean> {
  return store.runs.hasNote(runId, NOTE.code);
}

/**
 * Creates the rows of a job one by one, and records each before it begins the next. The first one that succeeds adds
 * the note, which spares the following jobs of the run the bulk request that Zendesk refuses. A lost answer leaves the job
 * unsure, and its rows are looked up as those of any other job.
 */
export async function createSingly(
  context: StepContext,
  slice: OpenSlice,
  { target, job }: { target: SingleTarget; job: JobToSubmit },
): Promise<void> {
  const { store } = context;
  for (const row of job.rows) await store.changes.record(slice, await createOne(context, slice, { target, row }));
  await store.changes.record(slice, { job: job.no });
}

async function createOne(
  { store, remote }: StepContext,
  slice: OpenSlice,
  { target, row }: { target: SingleTarget; row: JobRow },
): Promise<Changes> {
  const { spec, mapped } = slice;
  const askedAt = await store.staging.now();
  try {
    const { item, changes } = await remote(({ zendesk }) => target.createOne(zendesk, row, { spec, askedAt, mapped }));
    // Only now, because a run whose users are all refused has created none one by one.
    await store.runs.addNote(slice.runId, NOTE);
    const ignored = ignoredFields(target.sent(row, spec), item.values);
    const isComplete = target.isCompleteAfter(row, spec);
    const written = { id: item.id, at: item.updatedAt, isShown: true, isComplete, ignored };
    return mergeChanges([changes, asWritten(target, slice, { row, written })]);
  } catch (error) {
    if (!(error instanceof RemoteError) || error.kind !== 'refused') throw error;
    return { transitions: [{ ...keyOf(row.record), state: 'refused', refusal: error.detail }] };
  }
}
