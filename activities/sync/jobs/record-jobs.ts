import { zendeskRefused } from '../../../domain/sync/rejection.ts';
import { keyOf } from '../../../domain/sync/record.ts';
import type { Changes } from '../../../store/sync/changes.ts';
import type { JobRow } from '../../../store/sync/job-rows.ts';
import type { Job } from '../../../store/sync/jobs.ts';
import type { SliceRef, Steps } from '../../../workflows/steps.ts';
import type { StepContext } from '../../dependencies.ts';
import { targetOf } from '../../targets.ts';
import { isConfirmed, matchCreates, matchItems, matchShown, type Matched } from './match-rows.ts';
import { mergeChanges } from '../merge-changes.ts';
import { openSlice, type OpenSlice } from '../open-slice.ts';
import { tagsNotKept } from '../schema/check-tagging.ts';
import type { Shown } from '../target.ts';

/** Rounds after which a row is rejected in this run if its jobs were lost or failed as a whole. */
const MAX_ROUNDS = 5;

/** Matches ended jobs item by item and records the outcome of each record. */
export async function recordJobs(context: StepContext, ref: SliceRef): ReturnType<Steps['recordJobs']> {
  const slice = await openSlice(context.store, ref);
  const jobs = await context.store.jobs.list(slice, ['finished', 'lost']);
  for (const job of jobs) {
    if (job.operation === 'create' || job.results === null) await recordByLookUp(context, slice, job);
    else await recordUpdates(context, slice, job);
  }
  return { recorded: jobs.length };
}

/**
 * Reads back the rows of a job and records their outcomes. The items of a create have neither index nor external id,
 * and a lost job has no items, so the records themselves are read (Zendesk docs, Job Statuses; recorded answers).
 */
export async function recordByLookUp(context: StepContext, slice: OpenSlice, job: Job): Promise<void> {
  const rows = await context.store.jobs.rows(slice.connectionId, slice, job.no);
  const { items, changes } = await show(context, slice, { job, rows });
  const at = { target: targetOf(slice.target), slice, rows };
  const matched = job.operation === 'create' ? matchCreates(at, { shown: items, job }) : matchShown(at, items);
  await record(context, slice, { job, rows, matched, changes });
}

/**
 * Reads the rows of an update that was not polled yet. If all of them have the desired values, records them and returns
 * true: the job needs no further request.
 */
export async function confirmUpdate(context: StepContext, slice: OpenSlice, job: Job): Promise<boolean> {
  const rows = await context.store.jobs.rows(slice.connectionId, slice, job.no);
  const { items, changes } = await show(context, slice, { job, rows });
  const at = { target: targetOf(slice.target), slice, rows };
  if (!isConfirmed(at, items)) return false;
  await record(context, slice, { job, rows, matched: matchShown(at, items), changes });
  return true;
}

/** Returns whether a job is the only update of its slice so far. Then reading its records costs no more than a poll. */
export async function isOnlyUpdate({ store }: StepContext, slice: OpenSlice, job: Job): Promise<boolean> {
  return job.operation === 'update' && (await store.jobs.countUpdates(slice)) === 1;
}

async function recordUpdates(context: StepContext, slice: OpenSlice, job: Job): Promise<void> {
  const rows = await context.store.jobs.rows(slice.connectionId, slice, job.no);
  const isRead = await isOnlyUpdate(context, slice, job);
  const { items, changes } = isRead ? await show(context, slice, { job, rows }) : { items: undefined, changes: {} };
  const matched = matchItems({ target: targetOf(slice.target), slice, rows }, { job, shown: items });
  await record(context, slice, { job, rows, matched, changes });
}

async function show(
  { store, remote }: StepContext,
  { target, mapped }: OpenSlice,
  { job, rows }: { job: Job; rows: readonly JobRow[] },
): Promise<{ items: readonly Shown[]; changes: Changes }> {
  if (rows.length === 0) return { items: [], changes: {} };
  const askedAt = await store.staging.now();
  const wanted =
    job.operation === 'create'
      ? { externalIds: rows.map((row) => row.externalId) }
      : { ids: rows.map((row) => row.zendeskId ?? '') };
  return remote(({ zendesk }) => targetOf(target).show(zendesk, wanted, { askedAt, mapped }));
}

/**
 * Records the outcomes of a job's rows. If Zendesk did not keep values, its fields may have changed, so they are
 * checked.
 */
async function record(
  context: StepContext,
  slice: OpenSlice,
  { job, rows, matched, changes }: { job: Job; rows: readonly JobRow[]; matched: Matched; changes: Changes },
): Promise<void> {
  const { store } = context;
  await store.changes.record(slice, {
    ...mergeChanges([changes, rejectExhausted(rows, matched.changes)]),
    job: job.no,
  });
  if (matched.hasIgnored) await store.fieldChecks.again(slice.connectionId, slice.target);
  if (matched.changes.organizations?.losesTags === true)
    await tagsNotKept(context, { run: slice, target: slice.target });
}

/** Rejects rows that were sent too often without being written or refused. */
function rejectExhausted(rows: readonly JobRow[], changes: Changes): Changes {
  const exhausted = new Set(rows.filter(({ round }) => round >= MAX_ROUNDS).map(({ record }) => record.key));
  const { outcomes = [], transitions = [] } = changes;
  const isExhausted = (row: { key: string; state: string }) => row.state === 'planned' && exhausted.has(row.key);
  const remark = zendeskRefused('its bulk jobs were lost or failed as a whole several times.');
  const rejected = transitions
    .filter(isExhausted)
    .map((row) => ({ ...keyOf(row), outcome: 'rejected' as const, remark }));
  return {
    ...changes,
    outcomes: [...outcomes, ...rejected],
    transitions: transitions.filter((row) => !isExhausted(row)),
  };
}
