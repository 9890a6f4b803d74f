import { externalIdKey } from '../domain/external-id.ts';
import {
  renderOrganization,
  TAG_OF_KIND,
  type OrganizationForm,
  type SeenOrganization,
} from '../domain/organization.ts';
import { zendeskRefused } from '../domain/rejection.ts';
import type { Job, JobRow, RowMark } from '../store/jobs.ts';
import { formHash, type WrittenOrganization } from '../store/organizations.ts';
import type { RecordOutcome } from '../store/outcomes.ts';
import type { JobItem } from '../store/schema.ts';
import type { SliceRef, Steps } from '../workflows/steps.ts';
import type { StepContext } from './dependencies.ts';

/** A row whose job vanished or failed as a whole so often is given up on for this run. */
const MOST_ROUNDS = 5;

/** What is said of a row whose external id somebody else's organization has, when Zendesk has not said it itself. */
const TAKEN = { error: null, details: 'the external id is taken.' } as const;

/** Matches ended jobs item by item and records what became of each account. */
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
 * lost carries nothing, so Zendesk is asked for the organizations themselves (Zendesk docs, Job Statuses; recorded answers).
 */
export async function recordByLookUp(context: StepContext, slice: SliceRef, job: Job): Promise<void> {
  const { store, far } = context;
  const rows = await store.jobs.rows(slice.connectionId, job.no);
  const askedAt = await store.staging.now();
  const wanted =
    job.operation === 'create'
      ? { externalIds: rows.map((row) => row.externalId) }
      : { ids: rows.map((row) => row.zendeskId ?? '') };
  const organizations = rows.length === 0 ? [] : await far(({ zendesk }) => zendesk.showOrganizations(wanted));
  const findings =
    job.operation === 'create' ? matchCreates(rows, organizations, job) : matchUpdates(rows, organizations);
  await store.work.record(slice, { ...findings, seen: { organizations, askedAt }, job: job.no });
}

interface Matched {
  readonly outcomes: RecordOutcome[];
  readonly marks: RowMark[];
}

function matchCreates(rows: readonly JobRow[], organizations: readonly SeenOrganization[], job: Job): Matched {
  const byExternalId = new Map(
    organizations.map((organization) => [externalIdKey(organization.externalId ?? ''), organization]),
  );
  const found = (row: JobRow) => byExternalId.get(externalIdKey(row.externalId));
  const failed = (job.results ?? []).filter(({ ok }) => !ok);
  const missing = rows.filter((row) => found(row) === undefined);
  const isToldPerRow = job.results !== null && failed.every(({ index }) => index !== null);
  const matched: Matched = { outcomes: [], marks: [] };
  rows.forEach((row, index) => {
    const organization = found(row);
    const failure = failureOf({ failed, index, place: missing.indexOf(row), missing: missing.length });
    if (organization === undefined) matched.marks.push(failure === undefined ? planAgain(row) : refused(row, failure));
    else if ((isToldPerRow && failure === undefined) || hasFormOf(organization, row))
      matched.outcomes.push({ ...row.account, outcome: 'created', written: writtenAs(row, organization.id) });
    // An organization of this external id that somebody else has made: the row is planned anew, as found.
    else matched.marks.push(refused(row, failure ?? TAKEN));
  });
  return giveUp(rows, matched);
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

function matchUpdates(rows: readonly JobRow[], organizations: readonly SeenOrganization[]): Matched {
  const byId = new Map(organizations.map((organization) => [organization.id, organization]));
  const matched: Matched = { outcomes: [], marks: [] };
  for (const row of rows) {
    const organization = byId.get(row.zendeskId ?? '');
    if (organization === undefined || !hasFormOf(organization, row)) matched.marks.push(planAgain(row));
    else addWritten(matched, row, organization.ownTags);
  }
  return giveUp(rows, matched);
}

async function recordUpdates(
  { store }: StepContext,
  slice: SliceRef,
  ended: { job: Job; items: readonly JobItem[] },
): Promise<void> {
  const rows = await store.jobs.rows(slice.connectionId, ended.job.no);
  const byId = new Map(ended.items.map((item) => [item.id, item]));
  const matched: Matched = { outcomes: [], marks: [] };
  const written: WrittenOrganization[] = [];
  rows.forEach((row, index) => {
    const item = byId.get(row.zendeskId) ?? ended.items.find((each) => each.id === null && each.index === index);
    if (item === undefined) matched.marks.push(planAgain(row));
    else if (!item.ok) matched.marks.push(refused(row, item));
    else {
      const ownTags = row.known?.ownTags ?? [];
      addWritten(matched, row, ownTags);
      written.push({ id: row.zendeskId ?? '', form: formOf(row), ownTags });
    }
  });
  await store.work.record(slice, { ...giveUp(rows, matched), written, job: ended.job.no });
}

/** Counts a row as written, once its organization carries our tag too; the tag is added without touching others'. */
function addWritten(matched: Matched, row: JobRow, ownTags: readonly string[]): void {
  if (!ownTags.includes(TAG_OF_KIND[row.account.kind])) matched.marks.push({ ...row.account, state: 'untagged' });
  else matched.outcomes.push(writtenOutcome(row));
}

/** The outcome of a row whose organization has the form that was wanted, and our tag. */
export function writtenOutcome(row: JobRow): RecordOutcome {
  const outcome = row.operation === 'adopt' ? 'adopted' : 'updated';
  return { ...row.account, outcome, written: writtenAs(row, row.zendeskId ?? '') };
}

/** The form that was wanted for a row. */
export function formOf({ account, externalId, name }: JobRow): OrganizationForm {
  return renderOrganization(account, { externalId, name });
}

function writtenAs(row: JobRow, zendeskId: string) {
  return { zendeskId, hash: formHash(formOf(row)) };
}

function planAgain({ account }: JobRow): RowMark {
  return { ...account, state: 'planned' };
}

function hasFormOf(organization: SeenOrganization, row: JobRow): boolean {
  return formHash(organization) === formHash(formOf(row));
}

function refused({ account }: JobRow, { details, error }: Pick<JobItem, 'details' | 'error'>): RowMark {
  return { ...account, state: 'refused', refusal: details ?? error ?? 'it gave no reason.' };
}

/** Rejects rows that were sent too often without ever being written or refused. */
function giveUp(rows: readonly JobRow[], matched: Matched): Matched {
  const tired = new Set(rows.filter(({ round }) => round >= MOST_ROUNDS).map(({ account }) => account.accountNumber));
  const isTired = (mark: RowMark) => mark.state === 'planned' && tired.has(mark.accountNumber);
  const rejection = zendeskRefused('its bulk jobs were lost or failed as a whole several times.');
  const given = matched.marks.filter(isTired).map(({ legalEntity, kind, accountNumber }) => ({
    ...{ legalEntity, kind, accountNumber },
    outcome: 'rejected' as const,
    rejection,
  }));
  return { outcomes: [...matched.outcomes, ...given], marks: matched.marks.filter((mark) => !isTired(mark)) };
}
