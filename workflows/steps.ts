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
  Problem,
  WireConnectionInput,
  WireConnectionResult,
} from './contract.ts';

/** The connection of a step. Inputs contain ids only, because no record and no secret may enter a history. */
export interface ConnectionRef {
  readonly connectionId: string;
}

/** The run of a step. */
export interface RunRef extends ConnectionRef {
  readonly runId: string;
  /** The workflow of the run. Claims contain its id. */
  readonly workflowId: string;
}

/** All records of a run that have the same target. */
export interface TargetRef extends RunRef {
  readonly target: TargetName;
}

/** One legal entity and kind of a run. */
export interface SliceRef extends RunRef {
  readonly legalEntity: string;
  readonly kind: string;
}

/** The result of beginning a run: begun; joined to a run that does the same; or waiting for a run that does less. */
export type BegunRun =
  | { readonly state: 'begun' }
  | { readonly state: 'joined'; readonly runId: string }
  | { readonly state: 'busy'; readonly runId: string };

/** The end of a run. */
export interface RunEnding extends RunRef {
  readonly status: 'completed' | 'failed' | 'cancelled';
  readonly waitedMs: number;
  readonly error: { readonly code: string; readonly message: string } | null;
}

/**
 * The steps of workflows. `createActivities` implements this interface. A step may run twice, moves at most one page or
 * a few batches, and fails with a typed failure. The failure `RateLimited` makes the workflow wait. Steps with pages
 * take a cursor `after`, empty or 0 at the beginning, and return the `next` one, null at the end. Adoption by name
 * waits for `incompleteEntities`.
 */
export interface Steps {
  /** Takes the connection for a run. */
  beginRun(input: RunRef & RunScope & { kind: 'master' | 'account' | 'preview' }): Promise<BegunRun>;
  /** Returns the legal entities and the levels of kinds to read. No run has read the entities in `neverRead` yet. */
  findLegalEntities(input: RunRef): Promise<{ entities: string[]; levels: Level[]; neverRead: string[] }>;
  /** Reads one page of records from F&O and stages it. */
  readRecordsPage(input: SliceRef): Promise<{ read: number; done: boolean }>;
  /** Accepts a complete reading. Fails with the reason when it is not plausible. */
  acceptReading(input: SliceRef & { acceptShrink: boolean }): Promise<{ records: number }>;
  /** Discards the failed reading of these kinds of a legal entity. */
  discardReading(input: RunRef & { legalEntity: string; kinds: readonly string[] }): Promise<void>;
  /** Checks the custom fields, and reads one page of organizations or users that have changed or are not known. */
  readZendeskChanges(
    input: TargetRef & { after: string; full: boolean },
  ): Promise<{ seen: number; next: string | null }>;
  /** Reads one page of linked organizations or users for a full comparison. */
  compareWithZendesk(input: TargetRef & { after: string }): Promise<{ seen: number; next: string | null }>;
  /** Registers and ranks the records that were read. */
  rankRecords(input: TargetRef): Promise<void>;
  /** Reserves external ids, names and addresses for one page of records, in the order of their rank. */
  reserveRecords(
    input: TargetRef & { after: number; incompleteEntities: readonly string[] },
  ): Promise<{ next: number | null }>;
  /** Releases the claims of ended runs. `waiting` counts ended runs whose bulk jobs are still running in Zendesk. */
  takeOverClaims(input: RunRef): Promise<{ waiting: number }>;
  /**
   * Plans one page of records: an operation or an outcome for each. `unfinished` counts the open operations of the
   * slice. `deferred` counts records of the page that wait for the outcome of another record with the same name. It is
   * missing when there are none, and in histories of 0.1.0.
   */
  planChanges(
    input: SliceRef & { after: string },
  ): Promise<{ unfinished: number; next: string | null; deferred?: number }>;
  /** Plans all records of these kinds again, because custom fields in Zendesk have changed. */
  planAgain(input: RunRef & { kinds: readonly string[] }): Promise<void>;
  /**
   * Submits bulk jobs until no rows are left or 25 jobs of the connection are open. `open` counts the open jobs of this
   * slice. `left` is true when rows are left, and `more` when the next step can submit them at once. `unsure` is true
   * when a submission got no answer and must be clarified first.
   */
  submitJobs(input: SliceRef): Promise<{ open: number; left: boolean; more: boolean; unsure: boolean }>;
  /** Clarifies jobs whose submission got no answer. `waiting` counts open jobs in Zendesk that may be these jobs. */
  clarifyJobs(input: SliceRef): Promise<{ waiting: number }>;
  /** Requests the state of all open jobs once. */
  pollJobs(input: SliceRef): Promise<{ open: number; ended: number }>;
  /** Matches ended jobs item by item and records the outcome of each record. */
  recordJobs(input: SliceRef): Promise<{ recorded: number }>;
  /** Gives organizations their tags, and users their addresses and organizations. `left` is 0 when all are complete. */
  completeRecords(input: SliceRef): Promise<{ left: number }>;
  /**
   * Looks up why Zendesk refused records, reserves for them again and plans them again. `left` is 0 when all refusals
   * are resolved. `fieldsChanged` is true when custom fields in Zendesk have changed, so that records already done must
   * be planned again.
   */
  resolveRefusals(
    input: SliceRef & { incompleteEntities: readonly string[] },
  ): Promise<{ left: number; planned: number; fieldsChanged: boolean }>;
  /** Reads the records again that another run asked for while this run had claimed them. */
  readAgain(input: SliceRef & { incompleteEntities: readonly string[] }): Promise<{ records: number }>;
  /**
   * Reads one record from F&O and stages it with its reservations. `withDue` adds the due records that the run has
   * taken. `found` is true when any of them exists, and `own` when this record exists.
   */
  stageRecord(
    input: SliceRef & { key: string; withDue?: boolean },
  ): Promise<{ found: boolean; own: boolean; incompleteEntities: string[] }>;
  /**
   * Takes the due records of the legal entity and kind of this event, if its own record is due. Returns `ended` when
   * the record was already read, which also ends the event, and `held` when another run is reading it.
   */
  takeDueRecords(input: HandleBusinessEventInput & RunRef): Promise<{ state: 'taken' | 'held' | 'ended' }>;
  /** Ends a wait for a remote system early, because a person asked for it. The next request becomes the probe. */
  endWait(input: ConnectionRef & { system: string; bucket: string }): Promise<void>;
  /**
   * Reads all due tickets and users, unless the record of this event was already read, and wakes the annotations of the
   * affected accounts. `waitMs` is 0 when the record of this event was read, or else the time until the next attempt.
   */
  readBack(input: HandleZendeskEventInput): Promise<{ waitMs: number }>;
  /** Ends an event if its record was read since the event arrived. */
  endEventIfRead(input: HandleZendeskEventInput): Promise<{ ended: boolean }>;
  /** Records the outcome of an event, by default the outcome of its record. */
  endEvent(input: HandleBusinessEventInput & { outcome?: string }): Promise<void>;
  /** Writes the annotation of one account if it differs from the last one. */
  annotate(input: ConnectionRef & { legalEntity: string; kind: string; key: string }): Promise<{ outcome: string }>;
  /** Reads one page of the tickets that changed since the last reading. */
  readTicketChanges(input: ConnectionRef): Promise<{ seen: number; done: boolean }>;
  /** Reads one page of the users that changed since the last reading. With `endsWell`, support works after the last one. */
  readUserChanges(input: ConnectionRef & { endsWell?: boolean }): Promise<{ seen: number; done: boolean }>;
  /** Writes some of the annotations that differ. Support works after the last ones, unless the users are read later. */
  annotateChanged(
    input: ConnectionRef & { after: string; usersFollow?: boolean },
  ): Promise<{ written: number; next: string | null }>;
  /** Creates or updates the webhook of a connection in Zendesk, and stores its signing secret. */
  wireZendesk(input: WireConnectionInput): Promise<WireConnectionResult>;
  /** Checks F&O and Entra, or Zendesk, for everything that a sync needs. Changes nothing. */
  pingSystem(
    input: ConnectionRef & { system: 'dynamics' | 'zendesk'; publicUrl?: string | undefined },
  ): Promise<{ checks: readonly PingCheck[] }>;
  /** Delivers the oldest waiting alert. `subject` is null when there was none. `left` counts the others. */
  deliverAlert(input: ConnectionRef): Promise<{ subject: HealthSubject | null; left: number }>;
  /** Tries rejected credentials again. `isOver` is true when they work, or when the connection no longer needs it. */
  probeCredentials(input: ConnectionRef): Promise<{ isOver: boolean }>;
  /**
   * Makes a plan from the records that the run has read, without any effect on them. `why` are the reasons of the plan.
   * `problems` of single legal entities become warnings.
   */
  makePlan(
    input: RunRef & { why: readonly string[]; incompleteEntities: readonly string[]; problems?: readonly Problem[] },
  ): Promise<{ planId: string; hash: string }>;
  /** Returns the current totals of the run, for its details in the Web UI. */
  countOutcomes(input: RunRef): Promise<Totals>;
  /** Ends the run and stores its totals. Returns its error: a run in which a record has no outcome has failed. */
  finishRun(input: RunEnding): Promise<{ totals: Totals; error: RunEnding['error'] }>;
}

/** The steps that belong to no connection. `createActivities` implements this interface, too. */
export interface HousekeepingSteps {
  /** Deletes a few batches of rows whose retention period is over. */
  sweep(input: { part: SweepPart; after: string }): Promise<{ erased: number; after: string | null }>;
}
