import type { JobStatus } from '../../clients/zendesk/job-wire.ts';
import type { ZendeskClient } from '../../clients/zendesk/client.ts';
import type { EntitySpec } from '../../domain/entity-spec.ts';
import type { Values } from '../../domain/sync/field-value.ts';
import type { MappedParts } from '../../domain/sync/mapping.ts';
import type { RecordKey } from '../../domain/sync/record.ts';
import type { Remark } from '../../domain/sync/rejection.ts';
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

/** One page of a reading: how many were seen, and where to go on; null at the end. */
export interface PageRead {
  readonly seen: number;
  readonly next: string | null;
}

/** Reads what Zendesk has, before anything is planned. `after` is the cursor of a page, empty at the beginning. */
interface TargetReading {
  /** Reads one page of what has changed in Zendesk, or is not known of it yet. */
  readChanges(context: StepContext, run: RunRef, at: { target: OpenTarget; after: string }): Promise<PageRead>;
  /** Reads one page of the linked organizations or users as they are now, whatever is known of them. */
  compare(context: StepContext, run: RunRef, at: { target: OpenTarget; after: string }): Promise<PageRead>;
}

/** Reserves what only one record may have. */
interface TargetReserving {
  /** Registers the records that were read, and ranks them. */
  rank(context: StepContext, run: RunRef, target: OpenTarget): Promise<void>;
  /** Reserves for one page of records, in the order of their rank. Returns the last rank reserved, null at the end. */
  reserve(context: StepContext, run: RunRef, at: ReservePage): Promise<number | null>;
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

/** Decides what is to be written. */
interface TargetPlanning<Seen, Reservation> {
  /** Plans one record: an operation, or the outcome where nothing is to be done. */
  plan(row: RowToPlan<Seen, Reservation>, spec: EntitySpec): RecordOutcome | PlannedOperation;
  /** Returns all values that the organization or user of a row should have, in the form in which they are compared. */
  desired(row: JobRow<Seen, Reservation>, spec: EntitySpec): Values;
  /** Returns those of them that a write of the row sends. */
  sent(row: JobRow<Seen, Reservation>, spec: EntitySpec): Values;
  /** Writes down what an attempt to write the row consists of: the same is not tried again after a refusal. */
  attempt(row: JobRow<Seen, Reservation>, spec: EntitySpec): string;
  /** Returns what an operator should know of a row that is written; `ignored` are fields that came back with another value. */
  remark(row: JobRow<Seen, Reservation>, ignored: readonly string[]): Remark | null;
}

/** Writes in Zendesk, and finds out what became of it. */
interface TargetWriting<Seen, Reservation> {
  /** Starts a bulk job that creates what the rows want. */
  create(zendesk: ZendeskClient, rows: readonly JobRow<Seen, Reservation>[], spec: EntitySpec): Promise<JobStatus>;
  /** Starts a bulk job that changes what the rows want. */
  update(zendesk: ZendeskClient, rows: readonly JobRow<Seen, Reservation>[], spec: EntitySpec): Promise<JobStatus>;
  /** Creates one row by itself, for accounts where Zendesk forbids to create in bulk; absent where it never does. */
  createOne?(
    zendesk: ZendeskClient,
    row: JobRow<Seen, Reservation>,
    at: { spec: EntitySpec; askedAt: Date; mapped: MappedParts },
  ): Promise<{ readonly item: Shown<Seen, Reservation>; readonly changes: TargetChanges }>;
  /** Sends a job back when an organization to adopt has been taken meanwhile, and returns true; absent where nothing is adopted by name. */
  returnDoubtfulAdoptions?(
    context: StepContext,
    slice: OpenSlice,
    job: JobToSubmit<Seen, Reservation>,
  ): Promise<boolean>;
  /** Reads back by id or by external id; `changes` records what was shown. */
  show(
    zendesk: ZendeskClient,
    wanted: { readonly ids: readonly string[] } | { readonly externalIds: readonly string[] },
    at: { askedAt: Date; mapped: MappedParts },
  ): Promise<{ readonly items: readonly Shown<Seen, Reservation>[]; readonly changes: TargetChanges }>;
  /** Returns whether a row that a bulk job has just written is done, by what the store knows. */
  isCompleteAfter(row: JobRow<Seen, Reservation>, spec: EntitySpec): boolean;
  /** Returns what is known of the organization or user of a row that has just been written. */
  afterWrite(row: JobRow<Seen, Reservation>, at: WriteSeen & { readonly spec: EntitySpec }): TargetChanges;
  /** Gives an organization or user what a bulk write cannot. */
  complete(context: StepContext, slice: OpenSlice, row: JobRow<Seen, Reservation>): Promise<Changes>;
  /** Looks up what stands in the way of refused rows, and plans them anew with what was found. */
  resolve(context: StepContext, slice: OpenSlice, at: RefusedRows<Seen, Reservation>): Promise<void>;
}

/** A write of a row as Zendesk has shown it. `at` is its time by Zendesk's clock; `isShown`: the values were read back since. */
export interface WriteSeen {
  readonly id: string;
  readonly at: string | null;
  readonly isShown: boolean;
}

/** Rows that Zendesk refused. */
export interface RefusedRows<Seen = unknown, Reservation = unknown> {
  readonly rows: readonly JobRow<Seen, Reservation>[];
  readonly incompleteEntities: readonly string[];
}

/** What Zendesk shows of one organization or user. `values` are in the form in which they are compared. */
export interface Shown<Seen = unknown, Reservation = unknown> {
  readonly id: string;
  readonly externalId: string | null;
  readonly values: Values;
  readonly updatedAt: string | null;
  /** Returns whether it has what a bulk write does not give: our tags, or the addresses and organizations of a user. */
  isComplete(row: JobRow<Seen, Reservation>, spec: EntitySpec): boolean;
}

/**
 * What records become in Zendesk. Everything that differs between organizations and users is here, and the steps look it up by the
 * target of an entity. `Seen` is what the store remembers of one, `Reservation` what was reserved besides its external id and name.
 */
export interface Target<Seen = unknown, Reservation = unknown>
  extends TargetReading, TargetReserving, TargetPlanning<Seen, Reservation>, TargetWriting<Seen, Reservation> {}
