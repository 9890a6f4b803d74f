import type { RecordKind } from '../domain/sync/record.ts';
import type { Totals } from '../domain/sync/outcome.ts';
import type { AccountKind } from '../domain/accounts/account.ts';
import type { PingCheck } from '../domain/connection/ping-check.ts';
import type { SweepPart } from '../domain/operations/sweep.ts';
import type { TroubleSubject } from '../domain/operations/health.ts';
import type { RunScope } from '../domain/sync/run-scope.ts';
import type {
  HandleBusinessEventInput,
  HandleZendeskEventInput,
  WireConnectionInput,
  WireConnectionResult,
} from './contract.ts';

/** The connection that a step works for. Ids only: no record and no secret ever enters a history. */
export interface ConnectionRef {
  readonly connectionId: string;
}

/** The run that a step works for. */
export interface RunRef extends ConnectionRef {
  readonly runId: string;
  /** The workflow that the run belongs to; claims on accounts name it. */
  readonly workflowId: string;
}

/** One legal entity and kind of a run. */
export interface SliceRef extends RunRef {
  readonly legalEntity: string;
  readonly kind: RecordKind;
}

/** How beginning a run went: begun; done by another run already; or another, narrower run must end first. */
export type BegunRun =
  | { readonly state: 'begun' }
  | { readonly state: 'joined'; readonly runId: string }
  | { readonly state: 'busy'; readonly runId: string };

/** How a run is ended. */
export interface RunEnding extends RunRef {
  readonly status: 'completed' | 'failed' | 'cancelled';
  readonly waitedMs: number;
  readonly error: { readonly code: string; readonly message: string } | null;
}

/**
 * The steps that workflows are made of; `createActivities` satisfies this interface. Each may run twice, moves at most one
 * page or a few batches, and fails with a typed failure: `RateLimited` asks the workflow to wait.
 */
export interface Steps {
  /** Takes the connection for a run. */
  beginRun(input: RunRef & RunScope & { kind: 'master' | 'account' }): Promise<BegunRun>;
  /** Creates the organization and user fields in Zendesk that are missing, once per connection. */
  prepareZendesk(input: RunRef): Promise<{ created: number }>;
  /** Names the legal entities and kinds to read; `neverRead` are entities of the connection that no run has read yet. */
  findLegalEntities(input: RunRef): Promise<{ entities: string[]; kinds: RecordKind[]; neverRead: string[] }>;
  /** Reads one page of accounts or contacts from F&O and stages it. */
  readRecordsPage(input: SliceRef): Promise<{ read: number; done: boolean }>;
  /** Judges whether a reading is complete and believable; fails with the reason when it is not. */
  acceptReading(input: SliceRef & { acceptShrink: boolean }): Promise<{ records: number }>;
  /** Forgets the reading of a legal entity, or of its contacts, that failed. */
  discardReading(input: RunRef & { legalEntity: string; kinds: readonly RecordKind[] }): Promise<void>;
  /** Reads one page of Zendesk's organizations that changed since the last run. */
  readOrganizationChanges(input: RunRef): Promise<{ seen: number; done: boolean; skippedSecond: boolean }>;
  /** Reads linked organizations as they are, for a full comparison; `next` is the cursor, null at the end. */
  compareOrganizations(input: RunRef & { after: string }): Promise<{ seen: number; next: string | null }>;
  /** Registers and ranks the accounts that were read. */
  rankAccounts(input: RunRef): Promise<void>;
  /** Reserves external ids and names for one page of accounts, in the order of their rank. */
  settleReservations(input: RunRef & { after: number; unread: readonly string[] }): Promise<{ next: number | null }>;
  /** Reads linked users as they are, for a full comparison; `next` is the cursor, null at the end. */
  compareUsers(input: RunRef & { after: string }): Promise<{ seen: number; next: string | null }>;
  /** Registers and ranks the contacts that were read. */
  rankContacts(input: RunRef): Promise<void>;
  /** Ties one page of contacts to organizations, and reserves external ids and addresses, in the order of their rank. */
  settleContacts(input: RunRef & { after: number }): Promise<{ next: number | null }>;
  /** Takes over the claims of runs that are over; `waiting` counts those whose bulk jobs still run in Zendesk. */
  takeOverClaims(input: RunRef): Promise<{ waiting: number }>;
  /**
   * Plans one page of records: an operation each, or an outcome. `next` is the cursor, null at the end; `unfinished`
   * counts the slice's operations that are not done yet.
   */
  planChanges(input: SliceRef & { after: string }): Promise<{ unfinished: number; next: string | null }>;
  /**
   * Submits bulk jobs until none is left or 25 of the connection are open. `open` counts this slice's open jobs, `left`
   * tells whether rows are left to submit, `more` whether the next step can go on with them at once, `unsure` whether a
   * submission got no answer and must be clarified first.
   */
  submitJobs(input: SliceRef): Promise<{ open: number; left: boolean; more: boolean; unsure: boolean }>;
  /** Finds out what became of jobs whose submission got no answer; `waiting` counts jobs that may still be theirs. */
  clarifyJobs(input: SliceRef): Promise<{ waiting: number }>;
  /** Asks Zendesk once about all open jobs. */
  pollJobs(input: SliceRef): Promise<{ open: number; ended: number }>;
  /** Matches ended jobs item by item and records what became of each record. */
  recordJobs(input: SliceRef): Promise<{ recorded: number }>;
  /** Gives organizations their tag, and users their addresses and organizations; `left` counts those still to do. */
  completeRecords(input: SliceRef): Promise<{ left: number }>;
  /** Looks up what Zendesk refused, settles and plans it anew; `left` counts refusals still to resolve. */
  resolveRefusals(input: SliceRef & { unread: readonly string[] }): Promise<{ left: number; planned: number }>;
  /** Reads again the records that somebody asked for while they were being written. */
  readAgain(input: SliceRef & { unread: readonly string[] }): Promise<{ records: number }>;
  /**
   * Reads a single record from F&O and stages it, settled with the reservations that are stored; with it `withDue` those
   * that the run has taken. `found`: any was there; `own`: this one was.
   */
  stageRecord(
    input: SliceRef & { key: string; withDue?: boolean },
  ): Promise<{ found: boolean; own: boolean; unread: string[] }>;
  /**
   * Takes for this run all records that events have named and nobody has read since, if the one of this event is among them;
   * ends the event if it has been read. `held`: another run reads it.
   */
  takeDueRecords(input: HandleBusinessEventInput & RunRef): Promise<{ state: 'taken' | 'held' | 'ended' }>;
  /** Ends a wait that a far system asked for before its time is over, because a person said so: the next request tries. */
  endWait(input: ConnectionRef & { system: string; bucket: string }): Promise<void>;
  /**
   * Reads back all tickets and users that are due, unless the one of this event has been read since it arrived; wakes the
   * annotations of the accounts that they touch. `waitMs` is 0 when this event's record is read, else when to ask again.
   */
  readBack(input: HandleZendeskEventInput): Promise<{ waitMs: number }>;
  /** Ends an event whose record has been read since it arrived, with those of other events; otherwise leaves it. */
  endEventIfRead(input: HandleZendeskEventInput): Promise<{ ended: boolean }>;
  /** Notes what an event came to: this, or else what became of the record that it names. */
  endEvent(input: HandleBusinessEventInput & { outcome?: string }): Promise<void>;
  /** Writes the annotation of one account if it differs from what was last written. */
  annotate(
    input: ConnectionRef & { legalEntity: string; kind: AccountKind; key: string },
  ): Promise<{ outcome: string }>;
  /** Reads one page of the tickets that changed since the last time. */
  readTicketChanges(input: ConnectionRef): Promise<{ seen: number; done: boolean }>;
  /** Reads one page of the users that changed since the last time. */
  readUserChanges(input: ConnectionRef): Promise<{ seen: number; done: boolean }>;
  /** Writes some of the annotations that differ; `next` is the cursor, null at the end. */
  annotateChanged(input: ConnectionRef & { after: string }): Promise<{ written: number; next: string | null }>;
  /** Creates the webhook of a connection in Zendesk, or makes it right, and keeps its signing secret. */
  wireZendesk(input: WireConnectionInput): Promise<WireConnectionResult>;
  /** Looks at F&O with Entra, or at Zendesk, and says of each thing whether a sync can work with it. Nothing is changed. */
  pingSystem(input: ConnectionRef & { system: 'dynamics' | 'zendesk' }): Promise<{ checks: readonly PingCheck[] }>;
  /** Tells the operator the oldest alert that was not told; `subject` is null when there was none, `left` counts the others. */
  tellOperator(input: ConnectionRef): Promise<{ subject: TroubleSubject | null; left: number }>;
  /** Totals of the run so far, for its live details. */
  countOutcomes(input: RunRef): Promise<Totals>;
  /** Ends the run and keeps its totals. Answers how it ended: a run that cannot account for a record has failed. */
  finishRun(input: RunEnding): Promise<{ totals: Totals; error: RunEnding['error'] }>;
}

/** The steps that belong to no connection; `createActivities` satisfies this interface, too. */
export interface HousekeepingSteps {
  /** Erases some of what is older than it is kept; `after` is where to go on, null at the end. */
  sweep(input: { part: SweepPart; after: string }): Promise<{ erased: number; after: string | null }>;
}
