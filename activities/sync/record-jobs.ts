import { externalIdKey } from '../../domain/sync/external-id.ts';
import { zendeskRefused } from '../../domain/sync/rejection.ts';
import type { JobRow, RowMark } from '../../store/sync/job-rows.ts';
import type { Job } from '../../store/sync/jobs.ts';
import type { RecordOutcome } from '../../store/sync/outcomes.ts';
import type { JobItem } from '../../store/schema.ts';
import type { Findings } from '../../store/sync/changes.ts';
import type { SliceRef, Steps } from '../../workflows/steps.ts';
import type { StepContext } from '../dependencies.ts';
import { mergeFindings } from './merge-changes.ts';
import { targetOf } from '../targets.ts';
import { asWritten, type Shown, type Target } from './target.ts';

/** A row whose job vanished or failed as a whole so often is given up on for this run. */
const MOST_ROUNDS = 5;

/** What is said of a row whose external id a record of somebody else's has, when Zendesk has not said it itself. */
const TAKEN = { error: null, details: 'the external id is taken.' } as const;

/** Matches ended jobs item by item and records what became of each record. */
export async function recordJobs(context: StepContext, slice: SliceRef): ReturnType<Steps['recordJobs']> {
  const jobs = await context.store.jobs.list(slice, ['finished', 'lost']);
  for (const job of jobs) {
    if (job.operation === 'create' || job.results === null) await recordByLookUp(context, slice, job);
    else await recordUpdates(context, slice, { job, items: job.results });
  }
  return { recorded: jobs.length };
}

/**
 * Reads back what the rows of a job came to. The items of a create carry neither index nor external id, and a job that was
 * lost carries nothing, so Zendesk is asked for the records themselves (Zendesk docs, Job Statuses; recorded answers).
 */
export async function recordByLookUp(context: StepContext, slice: SliceRef, job: Job): Promise<void> {
  const { store, far } = context;
  const target = targetOf(slice.kind);
  const rows = await store.jobs.rows(slice.connectionId, job.no);
  const askedAt = await store.staging.now();
  const isCreate = job.operation === 'create';
  const wanted = isCreate
    ? { externalIds: rows.map((row) => row.externalId) }
    : { ids: rows.map((row) => row.zendeskId ?? '') };
  const none = { items: [], findings: {} };
  const shown = rows.length === 0 ? none : await far(({ zendesk }) => target.show(zendesk, wanted, askedAt));
  const matched = isCreate
    ? matchCreates(target, rows, { shown: shown.items, job })
    : matchUpdates(target, rows, shown.items);
  await store.work.record(slice, { ...mergeFindings([shown.findings, giveUp(rows, matched)]), job: job.no });
}

interface Matched extends Findings {
  readonly outcomes: readonly RecordOutcome[];
  readonly marks: readonly RowMark[];
}

function matchCreates(target: Target, rows: readonly JobRow[], at: { shown: readonly Shown[]; job: Job }): Matched {
  const byExternalId = new Map(at.shown.map((shown) => [externalIdKey(shown.externalId ?? ''), shown]));
  const found = (row: JobRow) => byExternalId.get(externalIdKey(row.externalId));
  const failed = (at.job.results ?? []).filter(({ ok }) => !ok);
  const missing = rows.filter((row) => found(row) === undefined);
  const isToldPerRow = at.job.results !== null && failed.every(({ index }) => index !== null);
  return matchedOf(
    rows.map((row, index): Findings => {
      const shown = found(row);
      const failure = failureOf({ failed, index, place: missing.indexOf(row), missing: missing.length });
      if (shown === undefined) return { marks: [failure === undefined ? planAgain(row) : refused(row, failure)] };
      const isAsWanted = shown.formHash === target.wantedHash(row);
      // What is refused the first time it is sent was there before; later it may be what a lost attempt of ours has made.
      const isOurs = failure === undefined ? isToldPerRow || isAsWanted : row.round > 0 && isAsWanted;
      if (isOurs) return asWritten(target, row, { id: shown.id, isComplete: target.isCompleteAfter(row) });
      // A record of this external id that somebody else has made: the row is looked up and planned anew, as found.
      return { marks: [refused(row, failure ?? TAKEN)] };
    }),
  );
}

/** The failure item of a row: by its index, else by its place among the rows that were not written, when their numbers agree. */
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

function matchUpdates(target: Target, rows: readonly JobRow[], shown: readonly Shown[]): Matched {
  const byId = new Map(shown.map((each) => [each.id, each]));
  return matchedOf(
    rows.map((row): Findings => {
      const found = byId.get(row.zendeskId ?? '');
      if (found?.formHash !== target.wantedHash(row)) return { marks: [planAgain(row)] };
      return asWritten(target, row, { id: found.id, isComplete: found.isComplete(row) });
    }),
  );
}

async function recordUpdates(
  { store }: StepContext,
  slice: SliceRef,
  ended: { job: Job; items: readonly JobItem[] },
): Promise<void> {
  const target = targetOf(slice.kind);
  const rows = await store.jobs.rows(slice.connectionId, ended.job.no);
  const byId = new Map(ended.items.map((item) => [item.id, item]));
  const matched = matchedOf(
    rows.map((row, index): Findings => {
      const item = byId.get(row.zendeskId) ?? ended.items.find((each) => each.id === null && each.index === index);
      if (item === undefined) return { marks: [planAgain(row)] };
      if (!item.ok) return { marks: [refused(row, item)] };
      return asWritten(target, row, { id: row.zendeskId ?? '', isComplete: target.isCompleteAfter(row) });
    }),
  );
  await store.work.record(slice, { ...giveUp(rows, matched), job: ended.job.no });
}

function planAgain({ record }: JobRow): RowMark {
  return { ...record, state: 'planned' };
}

function refused({ record }: JobRow, { details, error }: Pick<JobItem, 'details' | 'error'>): RowMark {
  return { ...record, state: 'refused', refusal: details ?? error ?? 'it gave no reason.' };
}

function matchedOf(findings: readonly Findings[]): Matched {
  const { outcomes = [], marks = [], ...rest } = mergeFindings(findings);
  return { ...rest, outcomes, marks };
}

/** Rejects rows that were sent too often without ever being written or refused. */
function giveUp(rows: readonly JobRow[], matched: Matched): Matched {
  const tired = new Set(rows.filter(({ round }) => round >= MOST_ROUNDS).map(({ record }) => record.key));
  const isTired = (mark: RowMark) => mark.state === 'planned' && tired.has(mark.key);
  const remark = zendeskRefused('its bulk jobs were lost or failed as a whole several times.');
  const given = matched.marks.filter(isTired).map(({ legalEntity, kind, key }) => ({
    ...{ legalEntity, kind, key },
    outcome: 'rejected' as const,
    remark,
  }));
  return {
    ...matched,
    outcomes: [...matched.outcomes, ...given],
    marks: matched.marks.filter((mark) => !isTired(mark)),
  };
}
