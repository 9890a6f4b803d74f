import type { Priority } from '@temporalio/common';
import type { PingCheck } from '../domain/connection/ping-check.ts';
import type { TargetName } from '../domain/entity-spec.ts';
import type { Totals } from '../domain/sync/outcome.ts';
import type { SweepPart } from '../domain/operations/sweep.ts';

/** The one task queue that all workflows and activities run on. */
export const TASK_QUEUE = 'ledgerdesk';

/** The names of the workflow types. They are public, for `temporal workflow start --type …`. */
export const WORKFLOW_TYPES = {
  syncMasterData: 'syncMasterData',
  syncLegalEntity: 'syncLegalEntity',
  syncAccount: 'syncAccount',
  handleBusinessEvent: 'handleBusinessEvent',
  handleZendeskEvent: 'handleZendeskEvent',
  annotateAccount: 'annotateAccount',
  reconcileSupport: 'reconcileSupport',
  wireConnection: 'wireConnection',
  pingConnection: 'pingConnection',
  deliverAlerts: 'deliverAlerts',
  sweepStore: 'sweepStore',
} as const;

/**
 * Temporal's priority of everything that events start (1 goes first, 5 last, 3 by default): a flood of events leaves every sync its
 * turn, since a sync has few steps at a time.
 */
export const EVENT_PRIORITY = 4;

/** The longest fairness key that Temporal takes, in bytes (the SDK's docs of `Priority`). */
const MAX_KEY_BYTES = 64;

/** Returns the priority of a workflow or step. The connection is the fairness key, so that one customer's work never crowds out another's. */
export function priorityOf(connectionId: string, priorityKey?: number): Priority {
  const fairnessKey = connectionId.slice(0, MAX_KEY_BYTES);
  return priorityKey === undefined ? { fairnessKey } : { priorityKey, fairnessKey };
}

/** The signal that something has changed for `annotateAccount` (an account's tickets) or `deliverAlerts` (the alerts). */
export const CHANGED_SIGNAL = 'changed';

/** The note on a schedule that waits for credentials; one that a person has paused has another, and stays paused. */
export const RECONNECT_NOTE = 'Paused until the connection has credentials that work';

/** The signal that ends a wait early. */
export const WAKE_SIGNAL = 'wake';

/** Input of `syncMasterData`: only `connectionId` is needed. `runId` is given by the API; `progress` is for continue-as-new. */
export interface SyncMasterDataInput {
  readonly connectionId: string;
  readonly runId?: string;
  readonly legalEntity?: string;
  readonly full?: boolean;
  readonly acceptShrink?: boolean;
  readonly progress?: MasterProgress;
}

/** Kinds of records that can be written together, since what they depend on is written by then. All become the same in Zendesk. */
export interface Level {
  readonly target: TargetName;
  readonly kinds: readonly string[];
}

/** The stages of a master run, in their order. All but the first are done once per level. */
export type MasterStage = 'read' | 'changes' | 'compare' | 'rank' | 'reserve' | 'apply' | 'done';

/**
 * How far a master run has come: all that it must know to go on in a new history. `entities` are those that were read, `unread` the
 * kinds of them that were not, `incompleteEntities` those that adoption by name waits for, `after` the cursor of the stage (empty at
 * its beginning). `plannedAgain`: the level has been planned again because Zendesk's fields had changed.
 */
export interface MasterProgress {
  readonly stage: MasterStage;
  readonly level: number;
  readonly levels: readonly Level[];
  readonly entities: readonly string[];
  readonly unread: readonly UnreadKind[];
  readonly incompleteEntities: readonly string[];
  readonly problems: readonly Problem[];
  readonly waitedMs: number;
  readonly after: string;
  readonly plannedAgain: boolean;
}

/** A kind that could not be read in a legal entity, although others were. */
export interface UnreadKind {
  readonly legalEntity: string;
  readonly kind: string;
}

/** Why one legal entity, or one kind of its records, could not be synchronized. `message` says what a person must do. */
export interface Problem {
  readonly code: string;
  readonly message: string;
}

/** Result of `syncMasterData`: the run's id and totals, or the run that it joined. */
export type SyncMasterDataResult = { readonly runId: string; readonly totals: Totals } | { readonly joined: string };

/**
 * Input of `syncLegalEntity`: one stage of one legal entity of a run. `stage` is `read`, or `apply` for the first level and
 * `apply-…` for the others; it is part of the workflow's id. `dependentKinds` are read after the others, which do not need them.
 */
export interface SyncLegalEntityInput {
  readonly connectionId: string;
  readonly runId: string;
  /** The workflow that the run, and with it every claim, belongs to. */
  readonly runWorkflowId: string;
  readonly legalEntity: string;
  readonly kinds: readonly string[];
  readonly dependentKinds: readonly string[];
  readonly stage: string;
  readonly acceptShrink: boolean;
  readonly incompleteEntities: readonly string[];
  readonly waitedMs: number;
}

/**
 * Result of `syncLegalEntity`: how long it waited for remote systems, in milliseconds; the dependent kinds that could not be read,
 * which does not stop the others; and whether custom fields in Zendesk were found changed.
 */
export interface SyncLegalEntityResult {
  readonly waitedMs: number;
  readonly unread: readonly { readonly kind: string; readonly problem: Problem }[];
  readonly fieldsChanged: boolean;
}

/** Input of `syncAccount`: one record; of a contact, `accountNumber` is its ContactPersonId. */
export interface SyncAccountInput {
  readonly connectionId: string;
  readonly legalEntity: string;
  readonly kind: string;
  readonly accountNumber: string;
}

/** Input of `handleBusinessEvent`: the record that an event has named; `eventId` is the event's row in the store. */
export interface HandleBusinessEventInput extends SyncAccountInput {
  readonly eventId: string;
}

/** Input of `handleZendeskEvent`: the ticket or user that a delivery has named; `eventId` is the event's row in the store. */
export interface HandleZendeskEventInput {
  readonly connectionId: string;
  readonly eventId: string;
  readonly record: 'ticket' | 'user';
  readonly zendeskId: string;
}

/** Input of `annotateAccount`. */
export interface AnnotateAccountInput {
  readonly connectionId: string;
  readonly legalEntity: string;
  readonly kind: string;
  readonly accountNumber: string;
}

/** Input of `reconcileSupport`: only `connectionId` is needed. `progress` is for continue-as-new. */
export interface ReconcileSupportInput {
  readonly connectionId: string;
  readonly progress?: ReconcileSupportResult & {
    readonly stage: 'tickets' | 'users' | 'annotate' | 'done';
    readonly after: string;
  };
}

/** Result of `reconcileSupport`: how many tickets and users were read, and how many accounts written. */
export interface ReconcileSupportResult {
  readonly tickets: number;
  readonly users: number;
  readonly written: number;
}

/** Input of `wireConnection`: `publicUrl` is the base of our ingress URLs; the hook's own part is read in the step. */
export interface WireConnectionInput {
  readonly connectionId: string;
  readonly publicUrl: string;
}

/** Result of `wireConnection`: the webhook, and whether it is subscribed to events or called by a trigger. */
export interface WireConnectionResult {
  readonly webhookId: string;
  readonly by: 'subscription' | 'trigger';
}

/** Result of `pingConnection`: whether a sync can run, and the result of each check. */
export interface PingResult {
  readonly ok: boolean;
  readonly checks: readonly PingCheck[];
}

/** Input of `deliverAlerts`: the connection whose alerts are to be delivered. */
export interface DeliverAlertsInput {
  readonly connectionId: string;
}

/** Result of `sweepStore`: how many rows of each part were erased. */
export type SweepStoreResult = Readonly<Partial<Record<SweepPart, number>>>;
