import type { JobStatus } from '../../clients/zendesk/job-wire.ts';
import type { ZendeskClient } from '../../clients/zendesk/client.ts';
import type { Remark } from '../../domain/sync/rejection.ts';
import type { JobRow } from '../../store/sync/job-rows.ts';
import type { RecordOutcome } from '../../store/sync/outcomes.ts';
import type { Findings } from '../../store/sync/changes.ts';

/** What Zendesk shows of one organization or user, as far as the steps of writing compare it. */
export interface Shown {
  readonly id: string;
  readonly externalId: string | null;
  readonly formHash: string;
  /** Whether it has what a bulk write does not give: our tag, or the addresses and organizations of a user. */
  isComplete(row: JobRow): boolean;
}

/** What the records of a kind become in Zendesk: the same steps write organizations and users through this. */
export interface Target {
  /** Starts a bulk job that creates what the rows want. */
  create(zendesk: ZendeskClient, rows: readonly JobRow[]): Promise<JobStatus>;
  /** Starts a bulk job that changes what the rows want. */
  update(zendesk: ZendeskClient, rows: readonly JobRow[]): Promise<JobStatus>;
  /** Reads back by id or by external id; `findings` notes what was shown. */
  show(
    zendesk: ZendeskClient,
    wanted: { readonly ids: readonly string[] } | { readonly externalIds: readonly string[] },
    askedAt: Date,
  ): Promise<{ readonly items: readonly Shown[]; readonly findings: Findings }>;
  /** Hash of the form that a row wants. */
  wantedHash(row: JobRow): string;
  /** What an attempt to write the row consists of: the same is not tried again after a refusal. */
  attempt(row: JobRow): string;
  /** Whether a row that a bulk job has just written is done, by what the store knows. */
  isCompleteAfter(row: JobRow): boolean;
  /** What is known of the organization or user of a row that a bulk job has just written. */
  afterWrite(row: JobRow, id: string): Findings;
  /** What an operator should know of a row that is written. */
  remark(row: JobRow): Remark | null;
}

/** The outcome of a row whose organization or user is as it should be. */
export function writtenOutcome(target: Target, row: JobRow, id: string): RecordOutcome {
  const { legalEntity, kind, key } = row.record;
  const outcome = ({ create: 'created', adopt: 'adopted', update: 'updated' } as const)[row.operation];
  const written = { zendeskId: id, hash: target.wantedHash(row) };
  return { legalEntity, kind, key, outcome, written, remark: target.remark(row) };
}

/** What there is to record of a row that was written: it is done, unless something is left that such a write cannot do. */
export function asWritten(target: Target, row: JobRow, at: { id: string; isComplete: boolean }): Findings {
  const known = target.afterWrite(row, at.id);
  if (at.isComplete) return { ...known, outcomes: [writtenOutcome(target, row, at.id)] };
  return { ...known, marks: [{ ...row.record, state: 'incomplete', zendeskId: at.id }] };
}
