import type { PingCheck } from '../domain/connection/ping-check.ts';
import type { TargetName } from '../domain/entity-spec.ts';
import type { HealthSubject } from '../domain/operations/health.ts';
import type { SweepPart } from '../domain/operations/sweep.ts';
import type { Totals } from '../domain/sync/outcome.ts';
import type { RunScope } from '../domain/sync/run-scope.ts';
import type {
  HandleBusinessEventInput,
  HandleZendeskEventInput,
  Level,
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
  /** The workflow that the run belongs to; claims on records name it. */
  readonly workflowId: string;
}

/** All that a run writes as organizations, or as users. */
export interface TargetRef extends RunRef {
  readonly target: TargetName;
}

/** One legal entity and kind of a run. */
export interface SliceRef extends RunRef {
  readonly legalEntity: string;
  readonly kind: string;
}

/** How beginning a run went: begun; already done by another run; or another, narrower run must end first. */
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
 * The steps that workflows are made of; `createActivities` implements this interface. Each may run twice, moves at most one
 * page or a few batches, and fails with a typed failure: `RateLimited` asks the workflow to wait. Pages have a cursor `after`, empty
 * or 0 at the beginning, and return the `next` one, null at the end. Adoption by name waits for `incompleteEntities`.
 */
export interface Steps {
  /** Takes the connection for a run. */
  beginRun(input: RunRef & RunScope & { kind: 'master' | 'account' }): Promise<BegunRun>;
  /** Returns the legal entities and levels of kinds to read; `neverRead` are entities of the connection that no run has read yet. */
  findLegalEntities(input: RunRef): Promise<{ entities: string[]; levels: Level[]; neverRead: string[] }>;
  /** Reads one page of records from F&O and stages it. */
  readRecordsPage(input: SliceRef): Promise<{ read: number; done: boolean }>;
  /** Accepts a reading that is complete and plausible; fails with the reason when it is not. */
  acceptReading(input: SliceRef & { acceptShrink: boolean }): Promise<{ records: number }>;
  /** Discards the reading of these kinds of a legal entity that failed. */
  discardReading(input: RunRef & { legalEntity: string; kinds: readonly string[] }): Promise<void>;
  /** Checks the custom fields, and reads one page of what changed in Zendesk or is not known of it. */
  readZendeskChanges(
    input: TargetRef & { after: string; full: boolean },
  ): Promise<{ seen: number; next: string | null }>;
  /** Reads one page of linked organizations or users as they are now, for a full comparison. */
  compareWithZendesk(input: TargetRef & { after: string }): Promise<{ seen: number; next: string | null }>;
  /** Registers and ranks the records that were read. */
  rankRecords(input: TargetRef): Promise<void>;
  /** Reserves external ids, names and addresses for one page of records, in the order of their rank. */
  reserveRecords(
    input: TargetRef & { after: number; incompleteEntities: readonly string[] },
  ): Promise<{ next: number | null }>;
  /** Takes over the claims of runs that are over; `waiting` counts those whose bulk jobs still run in Zendesk. */
  takeOverClaims(input: RunRef): Promise<{ waiting: number }>;
  /** Plans one page of records: an operation each, or an outcome. `unfinished` counts the slice's operations that are not done yet. */
  planChanges(input: SliceRef & { after: string }): Promise<{ unfinished: number; next: string | null }>;
  /** Plans again what the run has done with these kinds, since the custom fields in Zendesk have changed meanwhile. */
  planAgain(input: RunRef & { kinds: readonly string[] }): Promise<void>;
  /**
   * Submits bulk jobs until none is left or 25 of the connection are open. `open` counts this slice's open jobs, `left` says
   * whether rows are left to submit, `more` whether the next step can go on with them at once, `unsure` whether a submission got no
   * answer and must be clarified first.
   */
  submitJobs(input: SliceRef): Promise<{ open: number; left: boolean; more: boolean; unsure: boolean }>;
  /** Finds out what became of jobs whose submission got no answer; `waiting` counts jobs that may still be theirs. */
  clarifyJobs(input: SliceRef): Promise<{ waiting: number }>;
  /** Asks Zendesk once about all open jobs. */
  pollJobs(input: SliceRef): Promise<{ open: number; ended: number }>;
  /** Matches ended jobs item by item and records what became of each record. */
  recordJobs(input: SliceRef): Promise<{ recorded: number }>;
  /** Gives organizations their tags, and users their addresses and organizations; `left` counts those still to do. */
  completeRecords(input: SliceRef): Promise<{ left: number }>;
  /**
   * Looks up what Zendesk refused, reserves for it and plans it anew; `left` counts refusals still to resolve. `fieldsChanged`: the
   * custom fields in Zendesk were found changed, so that records which are already done are to be planned again.
   */
  resolveRefusals(
    input: SliceRef & { incompleteEntities: readonly string[] },
  ): Promise<{ left: number; planned: number; fieldsChanged: boolean }>;
  /** Reads again the records that somebody asked for while they were being written. */
  readAgain(input: SliceRef & { incompleteEntities: readonly string[] }): Promise<{ records: number }>;
  /**
   * Reads a single record from F&O and stages it with what is reserved for it; `withDue` adds those that the run has taken.
   * `found`: any exists; `own`: this one exists.
   */
  stageRecord(
    input: SliceRef & { key: string; withDue?: boolean },
  ): Promise<{ found: boolean; own: boolean; incompleteEntities: string[] }>;
  /**
   * Takes for this run all records that events have named and nobody has read since, if the one of this event is among them. Ends
   * the event if it has been read. `held`: another run reads it.
   */
  takeDueRecords(input: HandleBusinessEventInput & RunRef): Promise<{ state: 'taken' | 'held' | 'ended' }>;
  /** Ends a wait that a remote system asked for before its time is over, because a person said so: the next request tries. */
  endWait(input: ConnectionRef & { system: string; bucket: string }): Promise<void>;
  /**
   * Reads back all tickets and users that are due, unless the one of this event has been read since it arrived, and wakes the
   * annotations of the accounts that they touch. `waitMs` is 0 when this event's record is read, else when to ask again.
   */
  readBack(input: HandleZendeskEventInput): Promise<{ waitMs: number }>;
  /** Ends an event whose record has been read since it arrived, with those of other events; otherwise leaves it. */
  endEventIfRead(input: HandleZendeskEventInput): Promise<{ ended: boolean }>;
  /** Records the outcome of an event: this, or else that of the record that it names. */
  endEvent(input: HandleBusinessEventInput & { outcome?: string }): Promise<void>;
  /** Writes the annotation of one account if it differs from what was last written. */
  annotate(input: ConnectionRef & { legalEntity: string; kind: string; key: string }): Promise<{ outcome: string }>;
  /** Reads one page of the tickets that changed since the last time. */
  readTicketChanges(input: ConnectionRef): Promise<{ seen: number; done: boolean }>;
  /** Reads one page of the users that changed since the last time. */
  readUserChanges(input: ConnectionRef): Promise<{ seen: number; done: boolean }>;
  /** Writes some of the annotations that differ. */
  annotateChanged(input: ConnectionRef & { after: string }): Promise<{ written: number; next: string | null }>;
  /** Creates the webhook of a connection in Zendesk, or corrects it, and keeps its signing secret. */
  wireZendesk(input: WireConnectionInput): Promise<WireConnectionResult>;
  /** Checks F&O with Entra, or Zendesk, for everything that a sync needs. Nothing is changed. */
  pingSystem(input: ConnectionRef & { system: 'dynamics' | 'zendesk' }): Promise<{ checks: readonly PingCheck[] }>;
  /** Delivers the oldest alert that was not delivered; `subject` is null when there was none, `left` counts the others. */
  deliverAlert(input: ConnectionRef): Promise<{ subject: HealthSubject | null; left: number }>;
  /** Returns the totals of the run so far, for its live details. */
  countOutcomes(input: RunRef): Promise<Totals>;
  /** Ends the run and keeps its totals. Returns how it ended: a run that cannot account for a record has failed. */
  finishRun(input: RunEnding): Promise<{ totals: Totals; error: RunEnding['error'] }>;
}

/** The steps that belong to no connection; `createActivities` implements this interface, too. */
export interface HousekeepingSteps {
  /** Erases some of what is older than it is kept. */
  sweep(input: { part: SweepPart; after: string }): Promise<{ erased: number; after: string | null }>;
}
