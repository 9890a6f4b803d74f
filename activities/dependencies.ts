import type { AnnotateAccountInput } from '../workflows/contract.ts';
import type { FarSystem } from '../clients/errors.ts';
import type { DynamicsClient } from '../clients/dynamics/client.ts';
import type { CallResult, ObservedCall, RequestObserver } from '../clients/http.ts';
import type { ZendeskClient } from '../clients/zendesk/client.ts';
import type { Alert } from '../domain/operations/health.ts';
import type { Connection } from '../store/connection/connections.ts';
import type { Store } from '../store/store.ts';

/** The two systems of one connection, ready to be called. */
export interface FarSystems {
  readonly connection: Connection;
  readonly dynamics: DynamicsClient;
  readonly zendesk: ZendeskClient;
}

/** A request to a far system that is over. `status` is null when no answer came. */
export interface EndedRequest {
  readonly connectionId: string;
  readonly system: FarSystem;
  readonly status: number | null;
  readonly durationMs: number;
}

/** What the steps are made of; `runtime/` builds it. */
export interface ActivityDependencies {
  readonly store: Store;
  /** Calls the far systems of a connection; `observer` is told of every request that `work` makes. */
  readonly withFarSystems: <Result>(
    connectionId: string,
    observer: RequestObserver,
    work: (far: FarSystems) => Promise<Result>,
  ) => Promise<Result>;
  /** Told of every request to a far system once it is over. */
  readonly noteRequest: (request: EndedRequest) => void;
  /** Whether Temporal says that the run which owns a claim is over. */
  readonly isRunOver: (owner: { readonly workflowId: string; readonly runId: string }) => Promise<boolean>;
  /** Tells the annotation of an account that its tickets have changed; where none is under way, it begins after that time. */
  readonly wakeAnnotation: (input: AnnotateAccountInput, delayMs: number) => Promise<void>;
  /** Pauses the schedules of a connection whose credentials were rejected, or resumes what was paused for that. */
  readonly setSchedulesPaused: (connectionId: string, paused: boolean) => Promise<void>;
  /** Tells the operator an alert; rejects when it was not taken. Undefined where nobody is to be told. */
  readonly tell: ((alert: Alert) => Promise<void>) | undefined;
  /** Has the alerts of a connection told. */
  readonly wakeOperator: (connectionId: string) => Promise<void>;
  /** For how many days runs, events and the audit are kept. */
  readonly keepDays: number;
  /** For how long Temporal keeps workflows that have ended, in milliseconds. */
  readonly temporalRetentionMs: () => Promise<number>;
}

/** What one step has at hand: the store, and the far systems with every request gated, and counted where it is for a run. */
export interface StepContext {
  readonly store: Store;
  readonly isRunOver: ActivityDependencies['isRunOver'];
  readonly wakeAnnotation: ActivityDependencies['wakeAnnotation'];
  readonly setSchedulesPaused: ActivityDependencies['setSchedulesPaused'];
  readonly tell: ActivityDependencies['tell'];
  readonly wakeOperator: ActivityDependencies['wakeOperator'];
  /** Which attempt of the step this is, from 1. */
  readonly attempt: number;
  /** Calls the far systems of the connection that the step works for; `watch` is told of each answer. */
  readonly far: <Result>(
    work: (far: FarSystems) => Promise<Result>,
    watch?: (result: CallResult, call: ObservedCall) => void,
  ) => Promise<Result>;
}
