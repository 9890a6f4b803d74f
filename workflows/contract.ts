import type { Priority } from '@temporalio/common';
import type { AccountKind } from '../domain/accounts/account.ts';
import type { PingCheck } from '../domain/connection/ping-check.ts';
import type { RecordKind } from '../domain/sync/record.ts';
import type { Totals } from '../domain/sync/outcome.ts';
import type { SweepPart } from '../domain/operations/sweep.ts';

/** The one task queue that all workflows and activities run on. */
export const TASK_QUEUE = 'ledgerdesk';

/** Names of the workflow types: they are public, for `temporal workflow start --type …`. */
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
  tellOperator: 'tellOperator',
  sweepStore: 'sweepStore',
} as const;

/**
 * Temporal's priority of all that events start (1 goes first, 5 last, 3 unless told): a flood of them leaves every sync its
 * turn, which has few steps at a time.
 */
export const EVENT_PRIORITY = 4;

/** Temporal takes no longer fairness key, in bytes (the SDK's docs of `Priority`). */
const LONGEST_KEY = 64;

/** Whose turn a workflow or step takes: its connection's, so that one customer's work never crowds out another's. */
export function priorityOf(connectionId: string, priorityKey?: number): Priority {
  const fairnessKey = connectionId.slice(0, LONGEST_KEY);
  return priorityKey === undefined ? { fairnessKey } : { priorityKey, fairnessKey };
}

/** The signal that tells `annotateAccount` or `tellOperator` that something has changed: an account's tickets, the alerts. */
export const CHANGED_SIGNAL = 'changed';

/** The note on a schedule that waits for credentials; one that a person has paused has another, and stays paused. */
export const RECONNECT_NOTE = 'Paused until the connection has credentials that work';

/** The signal that ends a wait early. */
export const WAKE_SIGNAL = 'wake';

/** Input of `syncMasterData`: only `connectionId` is needed. `progress` is the workflow's own, for continue-as-new. */
export interface SyncMasterDataInput {
  readonly connectionId: string;
  readonly legalEntity?: string;
  readonly full?: boolean;
  readonly acceptShrink?: boolean;
  readonly progress?: MasterProgress;
}

/** The stretches of a master run, in their order. */
export type MasterStage =
  | 'read'
  | 'organizations'
  | 'compare'
  | 'rank'
  | 'settle'
  | 'apply'
  | 'users'
  | 'rankContacts'
  | 'settleContacts'
  | 'applyContacts'
  | 'done';

/**
 * How far a master run has come: all that it must know to go on in a new history. `entities` are those that were read,
 * `contactEntities` those of them whose contacts were, `unread` those that adoption by name waits for, `after` the cursor of
 * the stretch (empty at its beginning).
 */
export interface MasterProgress {
  readonly stage: MasterStage;
  readonly kinds: readonly RecordKind[];
  readonly entities: readonly string[];
  readonly contactEntities: readonly string[];
  readonly unread: readonly string[];
  readonly problems: readonly Problem[];
  readonly waitedMs: number;
  readonly after: string;
}

/** Why one legal entity, or its contacts, could not be synchronised. `message` says what a person must do. */
export interface Problem {
  readonly code: string;
  readonly message: string;
}

/** Result of `syncMasterData`: the run's id and totals, or the run that it joined. */
export type SyncMasterDataResult = { readonly runId: string; readonly totals: Totals } | { readonly joined: string };

/** The waves of a run over its legal entities: contacts are applied once all accounts have their organizations. */
export type WaveName = 'read' | 'apply' | 'apply-contacts';

/** Input of `syncLegalEntity`: one wave of one legal entity of a run. */
export interface SyncLegalEntityInput {
  readonly connectionId: string;
  readonly runId: string;
  /** The workflow that the run, and with it every claim, belongs to. */
  readonly runWorkflowId: string;
  readonly legalEntity: string;
  readonly kinds: readonly RecordKind[];
  readonly wave: WaveName;
  readonly acceptShrink: boolean;
  readonly unread: readonly string[];
  readonly waitedMs: number;
}

/**
 * Result of `syncLegalEntity`: how long it waited for far systems, in milliseconds, and why the contacts could not be read;
 * that does not stop the accounts.
 */
export interface SyncLegalEntityResult {
  readonly contactsProblem: Problem | null;
  readonly waitedMs: number;
}

/** Input of `syncAccount`: one record; of a contact, `accountNumber` is its ContactPersonId. */
export interface SyncAccountInput {
  readonly connectionId: string;
  readonly legalEntity: string;
  readonly kind: RecordKind;
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
  readonly kind: AccountKind;
  readonly accountNumber: string;
}

/** Input of `reconcileSupport`: only `connectionId` is needed. `progress` is the workflow's own, for continue-as-new. */
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

/** Result of `pingConnection`: whether the connection can be worked with, and what was looked at. */
export interface PingResult {
  readonly ok: boolean;
  readonly checks: readonly PingCheck[];
}

/** Input of `tellOperator`: the connection whose alerts are to be told. */
export interface TellOperatorInput {
  readonly connectionId: string;
}

/** Result of `sweepStore`: how many rows of each kind were erased. */
export type SweepStoreResult = Readonly<Partial<Record<SweepPart, number>>>;
