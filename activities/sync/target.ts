import type { JobStatus } from '../../clients/zendesk/job-wire.ts';
import type { ZendeskClient } from '../../clients/zendesk/client.ts';
import type { EntitySpec } from '../../domain/entity-spec.ts';
import type { Values } from '../../domain/sync/field-value.ts';
import type { MappedParts } from '../../domain/sync/mapping.ts';
import type { RecordKey } from '../../domain/sync/record.ts';
import type { Remark } from '../../domain/sync/rejection.ts';
import type { PlannedFieldChange } from '../../domain/sync/planned-change.ts';
import type { Changes } from '../../store/sync/changes.ts';
import type { PlannedOperation } from '../../store/sync/claims.ts';
import type { JobRow } from '../../store/sync/job-rows.ts';
import type { JobToSubmit } from '../../store/sync/jobs.ts';
import type { RecordOutcome } from '../../store/sync/outcomes.ts';
import type { RowToPlan } from '../../store/sync/planning.ts';
import type { TargetChanges } from '../../store/targets.ts';
import type { RunRef } from '../../workflows/steps.ts';
import type { StepContext } from '../dependencies.ts';
import type { OpenSlice, OpenTarget } from './open-slice.ts';

/** One page of a reading: the number of items, and the cursor of the next page, null at the end. */
export interface PageRead {
  readonly seen: number;
  readonly next: string | null;
}

/** Reading from Zendesk before planning. `after` is the cursor of a page, empty at the beginning. */
interface TargetReading {
  /** Reads one page of organizations or users that have changed or are not known yet. */
  readChanges(context: StepContext, run: RunRef, at: { target: OpenTarget; after: string }): Promise<PageRead>;
  /** Reads one page of all linked organizations or users, even if they are known. */
  compare(context: StepContext, run: RunRef, at: { target: OpenTarget; after: string }): Promise<PageRead>;
}

/** Reserving of what only one record can have. */
interface TargetReserving {
  /** Registers and ranks the records that were read. */
  rank(context: StepContext, run: RunRef, target: OpenTarget): Promise<void>;
  /** Reserves for one page of records, in the order of their rank. Returns the last rank, or null at the end. */
  reserve(context: StepContext, run: RunRef, at: ReservePage): Promise<number | null>;
  /**
   * Reads newly what rejected records of a run could belong to, because a person may have changed it a moment ago: with
   * `asked`, for all records that a person retries, and otherwise for those that were staged since the last ranking.
   * Undefined for users, which are looked up anyway.
   */
  readRejected?(context: StepContext, run: RunRef, at: { target: OpenTarget; asked: boolean }): Promise<void>;
  /**
   * Reserves again for the records of a slice that took a fall-back which they no longer need, and plans them again.
   * Returns how many are to be planned. Undefined for users, whose names need not be unique.
   */
  giveBack?(context: StepContext, slice: OpenSlice, incompleteEntities: readonly string[]): Promise<number>;
  /** Ranks records that were read one by one, and reserves for them again. */
  reserveAgain(context: StepContext, slice: OpenSlice, at: ReserveAgain): Promise<void>;
}

/** A page of records to reserve for. Adoption by name waits for the incomplete legal entities. */
export interface ReservePage {
  readonly target: OpenTarget;
  readonly after: number;
  readonly incompleteEntities: readonly string[];
}

/** Records to reserve for again. */
export interface ReserveAgain {
  readonly keys: readonly RecordKey[];
  readonly incompleteEntities: readonly string[];
}

/** The changes of one planned operation: as a person sees them, with personal data masked, and in their exact form. */
export interface PlannedWrite {
  readonly shown: readonly PlannedFieldChange[];
  readonly exact: readonly PlannedFieldChange[];
}

/** Planning of writes. */
interface TargetPlanning<Seen, Reservation> {
  /** Plans one record: an operation, or the outcome if no operation is needed. */
  plan(row: RowToPlan<Seen, Reservation>, spec: EntitySpec): RecordOutcome | PlannedOperation;
  /** Returns what a planned operation changes, field by field. */
  changes(row: RowToPlan<Seen, Reservation>, planned: PlannedOperation, spec: EntitySpec): PlannedWrite;
  /** Returns all desired values of the organization or user of a row, in their compared form. */
  desired(row: JobRow<Seen, Reservation>, spec: EntitySpec): Values;
  /** Returns the values that a write of the row sends. */
  sent(row: JobRow<Seen, Reservation>, spec: EntitySpec): Values;
  /** Returns a text that identifies an attempt to write the row. A refused attempt is not repeated. */
  attempt(row: JobRow<Seen, Reservation>, spec: EntitySpec): string;
  /**
   * Returns the remark on a row that was written, or null. `ignored` are fields that Zendesk shows with another value.
   */
  remark(row: JobRow<Seen, Reservation>, ignored: readonly string[]): Remark | null;
}

/** Writing to Zendesk, and reading the results. */
interface TargetWriting<Seen, Reservation> {
  /** Starts a bulk job that creates the organizations or users of rows. */
  create(zendesk: ZendeskClient, rows: readonly JobRow<Seen, Reservation>[], spec: EntitySpec): Promise<JobStatus>;
  /** Starts a bulk job that updates the organizations or users of rows. */
  update(zendesk: ZendeskClient, rows: readonly JobRow<Seen, Reservation>[], spec: EntitySpec): Promise<JobStatus>;
  /**
   * Creates the user of one row, for accounts in which Zendesk does not allow bulk creation. Undefined for
   * organizations.
   */
  createOne?(
    zendesk: ZendeskClient,
    row: JobRow<Seen, Reservation>,
    at: { spec: EntitySpec; askedAt: Date; mapped: MappedParts },
  ): Promise<{ readonly item: Shown<Seen, Reservation>; readonly changes: TargetChanges }>;
  /**
   * Plans a job again if an organization to adopt was taken meanwhile. Returns whether that was necessary. Undefined
   * for users, which are not adopted by name.
   */
  recheckAdoptions?(context: StepContext, slice: OpenSlice, job: JobToSubmit<Seen, Reservation>): Promise<boolean>;
  /** Reads organizations or users by id or by external id. `changes` records them in the store. */
  show(
    zendesk: ZendeskClient,
    wanted: { readonly ids: readonly string[] } | { readonly externalIds: readonly string[] },
    at: { askedAt: Date; mapped: MappedParts },
  ): Promise<{ readonly items: readonly Shown<Seen, Reservation>[]; readonly changes: TargetChanges }>;
  /** Returns whether a row is complete after a bulk job, by the stored values. */
  isCompleteAfter(row: JobRow<Seen, Reservation>, spec: EntitySpec): boolean;
  /** Returns the changes to store after a row was written. */
  afterWrite(row: JobRow<Seen, Reservation>, at: WriteSeen & { readonly spec: EntitySpec }): TargetChanges;
  /** Gives an organization or user what a bulk job cannot write. */
  complete(context: StepContext, slice: OpenSlice, row: JobRow<Seen, Reservation>): Promise<Changes>;
  /** Looks up why rows were refused, and plans them again. */
  resolve(context: StepContext, slice: OpenSlice, at: RefusedRows<Seen, Reservation>): Promise<void>;
}

/**
 * A write of a row. `at` is its time by Zendesk's clock. `isShown` is true when the values were read back since, and
 * `lacksParts` when something is missing that is not a value, such as a tag.
 */
export interface WriteSeen {
  readonly id: string;
  readonly at: string | null;
  readonly isShown: boolean;
  readonly lacksParts?: boolean;
}

/** Rows that Zendesk refused. */
export interface RefusedRows<Seen = unknown, Reservation = unknown> {
  readonly rows: readonly JobRow<Seen, Reservation>[];
  readonly incompleteEntities: readonly string[];
}

/** One organization or user as Zendesk shows it. `values` are in their compared form. */
export interface Shown<Seen = unknown, Reservation = unknown> {
  readonly id: string;
  readonly externalId: string | null;
  readonly values: Values;
  readonly updatedAt: string | null;
  /** Returns whether it has what a bulk job does not write: our tags, or the addresses and organizations of a user. */
  isComplete(row: JobRow<Seen, Reservation>, spec: EntitySpec): boolean;
}

/**
 * A target: organizations or users. It contains everything in which they differ, and steps look it up by the name of
 * the target. `Seen` is the type of a stored organization or user, `Reservation` that of reservations besides external
 * id and name.
 */
export interface Target<Seen = unknown, Reservation = unknown>
  extends TargetReading, TargetReserving, TargetPlanning<Seen, Reservation>, TargetWriting<Seen, Reservation> {}
