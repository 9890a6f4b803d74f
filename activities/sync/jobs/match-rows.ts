import { externalIdKey } from '../../../domain/sync/external-id.ts';
import { keyOf } from '../../../domain/sync/record.ts';
import type { Changes } from '../../../store/sync/changes.ts';
import type { JobRow, RowTransition } from '../../../store/sync/job-rows.ts';
import type { Job } from '../../../store/sync/jobs.ts';
import type { JobItem } from '../../../store/sync/tables.ts';
import { mergeChanges } from '../merge-changes.ts';
import type { OpenSlice } from '../open-slice.ts';
import type { Shown, Target } from '../target.ts';
import { asWritten, ignoredFields } from '../written.ts';

/** The rows of a job, with their target and slice. */
export interface RowsOfJob {
  readonly target: Target;
  readonly slice: OpenSlice;
  readonly rows: readonly JobRow[];
}

/**
 * The changes by the rows of a job. `hasIgnored` is true when Zendesk shows other values than were sent in custom fields of
 * some of them.
 */
export interface Matched {
  readonly changes: Changes;
  readonly hasIgnored: boolean;
}

/** The error for a row whose external id belongs to a record that we did not create, if Zendesk reports none. */
const TAKEN = { error: null, details: 'the external id is taken.' } as const;

/** Matches the rows of a create with the records that have their external ids. */
export function matchCreates(at: RowsOfJob, { shown, job }: { shown: readonly Shown[]; job: Job }): Matched {
  const { target, slice, rows } = at;
  const byExternalId = new Map(shown.map((item) => [externalIdKey(item.externalId ?? ''), item]));
  const found = (row: JobRow) => byExternalId.get(externalIdKey(row.externalId));
  const failed = (job.results ?? []).filter(({ ok }) => !ok);
  const missing = rows.filter((row) => found(row) === undefined);
  const hasIndexes = job.results !== null && failed.every(({ index }) => index !== null);
  return matchedOf(
    rows.map((row, index) => {
      const item = found(row);
      const failure = failureOf({ failed, index, place: missing.indexOf(row), missing: missing.length });
      if (item === undefined) return moved(failure === undefined ? planAgain(row) : refused(row, failure));
      const ignored = ignoredFields(target.desired(row, slice.spec), item.values);
      const isAsDesired = ignored.length === 0;
      // A record of a row that is refused in its first round existed before. Later, an earlier attempt whose
      // answer was lost may have created it.
      const isOurs = failure === undefined ? hasIndexes || isAsDesired : row.round > 0 && isAsDesired;
      // A record that we did not create has this external id, so the row is looked up and planned again.
      if (!isOurs) return moved(refused(row, failure ?? TAKEN));
      return written(at, row, { item, ignored, isComplete: target.isCompleteAfter(row, slice.spec) });
    }),
  );
}

/** Matches the rows of an update with the records that were read back, by the values that were sent. */
export function matchShown(at: RowsOfJob, shown: readonly Shown[]): Matched {
  const byId = new Map(shown.map((item) => [item.id, item]));
  return matchedOf(at.rows.map((row) => matchOneShown(at, row, byId.get(row.zendeskId ?? ''))));
}

function matchOneShown(at: RowsOfJob, row: JobRow, item: Shown | undefined): MatchedRow {
  if (item === undefined || !hasValues(at, row, item)) return moved(planAgain(row));
  return written(at, row, { item, ignored: [], isComplete: item.isComplete(row, at.slice.spec) });
}

/** Returns whether all rows of an update are shown with the values that were sent. */
export function isConfirmed(at: RowsOfJob, shown: readonly Shown[]): boolean {
  const byId = new Map(shown.map((item) => [item.id, item]));
  return at.rows.every((row) => {
    const item = byId.get(row.zendeskId ?? '');
    return item !== undefined && hasValues(at, row, item);
  });
}

/** Matches the rows of an update with the items of its job, and with the records that were read back, if any. */
export function matchItems(at: RowsOfJob, { job, shown }: { job: Job; shown: readonly Shown[] | undefined }): Matched {
  const { target, slice, rows } = at;
  const items = job.results ?? [];
  const byId = new Map(items.map((item) => [item.id, item]));
  const shownById = new Map(shown?.map((item) => [item.id, item]));
  return matchedOf(
    rows.map((row, index) => {
      const result = byId.get(row.zendeskId) ?? items.find((each) => each.id === null && each.index === index);
      if (result === undefined) return matchOneShown(at, row, shownById.get(row.zendeskId ?? ''));
      if (!result.ok) return moved(refused(row, result));
      const isComplete = target.isCompleteAfter(row, slice.spec);
      const item = shownById.get(row.zendeskId ?? '');
      if (item !== undefined) {
        const ignored = ignoredFields(target.sent(row, slice.spec), item.values);
        return written(at, row, { item, ignored, isComplete });
      }
      const notShown = { id: row.zendeskId ?? '', at: job.shownAt, isShown: false, isComplete, ignored: [] };
      return { changes: asWritten(target, slice, { row, written: notShown }), isIgnored: false };
    }),
  );
}

/** Returns whether an update has a row about which its job reports nothing. */
export function hasUnreported({ results }: Pick<Job, 'results'>, rows: readonly JobRow[]): boolean {
  const items = results ?? [];
  const ids = new Set(items.map(({ id }) => id));
  const indexes = new Set(items.filter(({ id }) => id === null).map(({ index }) => index));
  return rows.some(({ zendeskId }, index) => !ids.has(zendeskId) && !indexes.has(index));
}

function hasValues({ target, slice }: RowsOfJob, row: JobRow, item: Shown): boolean {
  return ignoredFields(target.sent(row, slice.spec), item.values).length === 0;
}

interface MatchedRow {
  readonly changes: Changes;
  readonly isIgnored: boolean;
}

function written(
  { target, slice }: RowsOfJob,
  row: JobRow,
  { item, ignored, isComplete }: { item: Shown; ignored: readonly string[]; isComplete: boolean },
): MatchedRow {
  const lacksParts = !item.isComplete(row, slice.spec);
  const seen = { id: item.id, at: item.updatedAt, isShown: true, lacksParts, isComplete, ignored };
  const isIgnored = slice.spec.mapping.fields.some(({ key }) => ignored.includes(key));
  return { changes: asWritten(target, slice, { row, written: seen }), isIgnored };
}

/**
 * Returns the failure of a row: by its index, or else by its position among the missing rows if their numbers are
 * equal.
 */
function failureOf(at: {
  failed: readonly JobItem[];
  index: number;
  place: number;
  missing: number;
}): JobItem | undefined {
  const byIndex = at.failed.find(({ index }) => index === at.index);
  if (byIndex !== undefined || at.place < 0) return byIndex;
  return at.failed.length === at.missing && at.failed.every(({ index }) => index === null)
    ? at.failed[at.place]
    : undefined;
}

function planAgain({ record }: JobRow): RowTransition {
  return { ...keyOf(record), state: 'planned' };
}

function refused({ record }: JobRow, { details, error }: Pick<JobItem, 'details' | 'error'>): RowTransition {
  return { ...keyOf(record), state: 'refused', refusal: details ?? error ?? 'it gave no reason.' };
}

function moved(transition: RowTransition): MatchedRow {
  return { changes: { transitions: [transition] }, isIgnored: false };
}

function matchedOf(rows: readonly MatchedRow[]): Matched {
  return {
    changes: mergeChanges(rows.map(({ changes }) => changes)),
    hasIgnored: rows.some(({ isIgnored }) => isIgnored),
  };
}
