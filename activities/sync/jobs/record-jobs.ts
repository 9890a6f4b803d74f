import { externalIdKey } from '../../../domain/sync/external-id.ts';
import { isSentSmaller, type JobEnd } from '../../../domain/sync/job-watch.ts';
import { zendeskRefused } from '../../../domain/sync/rejection.ts';
import { keyOf } from '../../../domain/sync/record.ts';
import type { Changes } from '../../../store/sync/changes.ts';
import type { JobRow } from '../../../store/sync/job-rows.ts';
import { SUBMISSION_FAILED, type Job } from '../../../store/sync/jobs.ts';
import type { SliceRef, Steps } from '../../../workflows/steps.ts';
import type { StepContext } from '../../dependencies.ts';
import { targetOf } from '../../targets.ts';
import { hasUnreported, isConfirmed, matchCreates, matchItems, matchShown, type Matched } from './match-rows.ts';
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

/** How many rows of a job are written. */
export type ShareWritten = 'all' | 'some' | 'none';

/**
 * Reads the rows of a job that Zendesk does not show. If all of them are written, records them: the job needs no further
 * request. Returns how many are written.
 */
export async function recordIfWritten(context: StepContext, slice: OpenSlice, job: Job): Promise<ShareWritten> {
  const { operation } = job;
  const rows = await context.store.jobs.rows(slice.connectionId, slice, job.no);
  const { items, changes } = await show(context, slice, { job, rows });
  const share = shareWritten(slice, { operation, rows, items });
  if (share !== 'all') return share;
  const at = { target: targetOf(slice.target), slice, rows };
  const matched = operation === 'create' ? matchCreates(at, { shown: items, job }) : matchShown(at, items);
  await record(context, slice, { job, rows, matched, changes });
  return share;
}

/** Returns how many of these rows of a job are written: created records exist, updated ones have the sent values. */
export function shareWritten(
  slice: OpenSlice,
  { operation, rows, items }: { operation: Job['operation']; rows: readonly JobRow[]; items: readonly Shown[] },
): ShareWritten {
  const found = new Set(items.map(({ externalId }) => externalIdKey(externalId ?? '')));
  const at = { target: targetOf(slice.target), slice };
  const isWritten = (row: JobRow) =>
    operation === 'create' ? found.has(externalIdKey(row.externalId)) : isConfirmed({ ...at, rows: [row] }, items);
  const written = rows.filter(isWritten).length;
  if (written === rows.length) return 'all';
  return written === 0 ? 'none' : 'some';
}

/** Returns whether a job is the only update of its slice so far. Then reading its records costs no more than a poll. */
export async function isOnlyUpdate({ store }: StepContext, slice: OpenSlice, job: Job): Promise<boolean> {
  return job.operation === 'update' && (await store.jobs.countUpdates(slice)) === 1;
}

async function recordUpdates(context: StepContext, slice: OpenSlice, job: Job): Promise<void> {
  const rows = await context.store.jobs.rows(slice.connectionId, slice, job.no);
  // A job may report fewer results than it has rows (zenpy, issue 76).
  const isRead = hasUnreported(job, rows) || (await isOnlyUpdate(context, slice, job));
  const { items, changes } = isRead ? await show(context, slice, { job, rows }) : { items: undefined, changes: {} };
  const matched = matchItems({ target: targetOf(slice.target), slice, rows }, { job, shown: items });
  await record(context, slice, { job, rows, matched, changes });
}

/** Reads the organizations or users of rows: by external id if they were to be created, or else by id. */
export async function show(
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
    ...mergeChanges([changes, rejectExhausted(rows, withSizes(job, rows, matched.changes))]),
    job: job.no,
  });
  if (matched.hasIgnored) await store.fieldChecks.again(slice.connectionId, slice.target);
  if (matched.changes.organizations?.losesTags === true)
    await tagsNotKept(context, { run: slice, target: slice.target });
}

/** Sends rows that are planned again in smaller jobs, if what was heard of their job is a reason for it. */
function withSizes(job: Job, rows: readonly JobRow[], changes: Changes): Changes {
  const end = endOf(job);
  const rounds = new Map(rows.map(({ record, round }) => [record.key, round]));
  const transitions = changes.transitions?.map((row) =>
    row.state === 'planned' ? { ...row, smaller: isSentSmaller(end, rounds.get(row.key) ?? 0) } : row,
  );
  return { ...changes, ...(transitions !== undefined && { transitions }) };
}

function endOf({ state, status }: Job): JobEnd {
  if (state === 'finished') return 'ended';
  if (state !== 'unsure') return 'lost';
  return status === SUBMISSION_FAILED ? 'error' : 'unanswered';
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
