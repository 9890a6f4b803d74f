import type { Priority } from '@temporalio/common';
import type { PingCheck } from '../domain/connection/ping-check.ts';
import type { TargetName } from '../domain/entity-spec.ts';
import type { Totals } from '../domain/sync/outcome.ts';
import type { SweepPart } from '../domain/operations/sweep.ts';

/** The task queue of all workflows and activities. */
export const TASK_QUEUE = 'ledgerdesk';

/** The names of the workflow types. They are public, for `temporal workflow start --type …`. */
export const WORKFLOW_TYPES = {
  syncMasterData: 'syncMasterData',
  previewSync: 'previewSync',
  syncLegalEntity: 'syncLegalEntity',
  syncAccount: 'syncAccount',
  handleBusinessEvent: 'handleBusinessEvent',
  handleZendeskEvent: 'handleZendeskEvent',
  annotateAccount: 'annotateAccount',
  reconcileSupport: 'reconcileSupport',
  wireConnection: 'wireConnection',
  pingConnection: 'pingConnection',
  deliverAlerts: 'deliverAlerts',
  probeCredentials: 'probeCredentials',
  sweepStore: 'sweepStore',
} as const;

/**
 * Temporal's priority of everything that events start (1 is the highest, 5 the lowest, 3 the default). Syncs have few
 * steps at a time, so they go before events, however many arrive.
 */
export const EVENT_PRIORITY = 4;

/** The longest fairness key that Temporal accepts, in bytes (SDK docs of `Priority`). */
const MAX_KEY_BYTES = 64;

/**
 * Returns the priority of a workflow or step. The connection is the fairness key, so no connection delays the others.
 */
export function priorityOf(connectionId: string, priorityKey?: number): Priority {
  const fairnessKey = connectionId.slice(0, MAX_KEY_BYTES);
  return priorityKey === undefined ? { fairnessKey } : { priorityKey, fairnessKey };
}

/** The signal that tickets have changed (`annotateAccount`) or that there are new alerts (`deliverAlerts`). */
export const CHANGED_SIGNAL = 'changed';

/**
 * The note on a schedule that waits for credentials. A schedule that a person paused has another note and stays paused.
 */
export const RECONNECT_NOTE = 'Paused until the connection has credentials that work';

/** The signal that ends a wait early. */
export const WAKE_SIGNAL = 'wake';

/**
 * Input of `syncMasterData`. Only `connectionId` is required. The API sets `runId`. `progress` is for continue-as-new.
 */
export interface SyncMasterDataInput {
  readonly connectionId: string;
  readonly runId?: string;
  readonly legalEntity?: string;
  readonly full?: boolean;
  readonly acceptShrink?: boolean;
  readonly progress?: MasterProgress;
}

/**
 * Input of `previewSync`. Only `connectionId` is required. The API sets `runId`, which is also the id of the plan.
 * `progress` is for continue-as-new.
 */
export interface PreviewSyncInput {
  readonly connectionId: string;
  readonly runId?: string;
  readonly legalEntity?: string;
  readonly full?: boolean;
  readonly progress?: MasterProgress;
}

/** Result of `previewSync`: the plan and its hash. */
export interface PreviewSyncResult {
  readonly planId: string;
  readonly hash: string;
}

/** Kinds of records that are written together, after everything on which they depend. They have the same target. */
export interface Level {
  readonly target: TargetName;
  readonly kinds: readonly string[];
}

/** The stages of a master run in their order. All except the first are repeated for each level. */
export type MasterStage = 'read' | 'changes' | 'compare' | 'rank' | 'reserve' | 'apply' | 'done';

/**
 * The progress of a master run, with everything that it needs to continue in a new history. `entities` were read,
 * except the kinds in `notRead`. Adoption by name waits for `incompleteEntities`. `after` is the cursor of the stage,
 * empty at its beginning. `plannedAgain` is true when the level was planned again because custom fields in Zendesk had
 * changed. `deferred` are the legal entities to which the level is applied once more, because some of their records
 * waited for another record.
 */
export interface MasterProgress {
  readonly stage: MasterStage;
  readonly level: number;
  readonly levels: readonly Level[];
  readonly entities: readonly string[];
  readonly notRead: readonly KindNotRead[];
  readonly incompleteEntities: readonly string[];
  readonly problems: readonly Problem[];
  readonly waitedMs: number;
  readonly after: string;
  readonly plannedAgain: boolean;
  readonly deferred?: readonly string[] | undefined;
}

/** A kind that could not be read in a legal entity although others were. */
export interface KindNotRead {
  readonly legalEntity: string;
  readonly kind: string;
}

/** The reason why a legal entity, or one kind of its records, could not be synchronized. `message` says what to do. */
export interface Problem {
  readonly code: string;
  readonly message: string;
}

/** Result of `syncMasterData`: the id and totals of the run, or the id of the run that it joined. */
export type SyncMasterDataResult = { readonly runId: string; readonly totals: Totals } | { readonly joined: string };

/**
 * Input of `syncLegalEntity`: one stage of one legal entity of a run. `stage` is `read`, or `apply` for the first level
 * and `apply-…` for the others. It is part of the workflow id. `dependentKinds` are read last, because the other kinds
 * do not need them.
 */
export interface SyncLegalEntityInput {
  readonly connectionId: string;
  readonly runId: string;
  /** The workflow of the run, to which all its claims belong. */
  readonly runWorkflowId: string;
  readonly legalEntity: string;
  readonly kinds: readonly string[];
  readonly dependentKinds: readonly string[];
  readonly stage: string;
  readonly acceptShrink: boolean;
  readonly incompleteEntities: readonly string[];
  readonly waitedMs: number;
  /** True if an earlier history of this stage found that custom fields in Zendesk have changed. */
  readonly fieldsChanged?: boolean;
}

/**
 * Result of `syncLegalEntity`. `waitedMs` is the time that it waited for remote systems. `notRead` are dependent kinds
 * that could not be read, which does not stop the others. `fieldsChanged` is true when custom fields in Zendesk have
 * changed. `isDeferred` is true when records wait for the outcome of another record with the same name.
 */
export interface SyncLegalEntityResult {
  readonly waitedMs: number;
  readonly notRead: readonly { readonly kind: string; readonly problem: Problem }[];
  readonly fieldsChanged: boolean;
  readonly isDeferred?: boolean;
}

/** Input of `syncAccount`: one record. For a contact, `accountNumber` is its ContactPersonId. */
export interface SyncAccountInput {
  readonly connectionId: string;
  readonly legalEntity: string;
  readonly kind: string;
  readonly accountNumber: string;
}

/** Input of `handleBusinessEvent`: the record that an event has named. `eventId` is the id of the stored event. */
export interface HandleBusinessEventInput extends SyncAccountInput {
  readonly eventId: string;
}

/**
 * Input of `handleZendeskEvent`: the ticket or user that a delivery has named. `eventId` is the id of the stored event.
 */
export interface HandleZendeskEventInput {
  readonly connectionId: string;
  readonly eventId: string;
  readonly record: 'ticket' | 'user';
  readonly zendeskId: string;
}

/** Input of `annotateAccount`: the account to annotate. */
export interface AnnotateAccountInput {
  readonly connectionId: string;
  readonly legalEntity: string;
  readonly kind: string;
  readonly accountNumber: string;
}

/**
 * Input of `reconcileSupport`. Only `connectionId` is required. `progress` is for continue-as-new. `problem` is why the
 * annotations could not be written, although the rest was done.
 */
export interface ReconcileSupportInput {
  readonly connectionId: string;
  readonly progress?: ReconcileSupportResult & {
    readonly stage: 'tickets' | 'users' | 'annotate' | 'done';
    readonly after: string;
    readonly problem?: Problem;
  };
}

/** Result of `reconcileSupport`: the numbers of tickets and users read, and of annotations written. */
export interface ReconcileSupportResult {
  readonly tickets: number;
  readonly users: number;
  readonly written: number;
}

/** Input of `wireConnection`. `publicUrl` is the base of the ingress URLs. The step reads the hook from the store. */
export interface WireConnectionInput {
  readonly connectionId: string;
  readonly publicUrl: string;
}

/** Result of `wireConnection`: the webhook, and whether event subscriptions or a trigger call it. */
export interface WireConnectionResult {
  readonly webhookId: string;
  readonly by: 'subscription' | 'trigger';
}

/** Input of `pingConnection`. With `publicUrl`, the address of the webhook in Zendesk is compared as a whole. */
export interface PingConnectionInput {
  readonly connectionId: string;
  readonly publicUrl?: string | undefined;
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

/** Input of `probeCredentials`: the connection, and the time between two attempts in milliseconds. */
export interface ProbeCredentialsInput {
  readonly connectionId: string;
  readonly everyMs: number;
}

/** Result of `sweepStore`: the number of deleted rows by part. */
export type SweepStoreResult = Readonly<Partial<Record<SweepPart, number>>>;
