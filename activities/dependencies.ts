import type { AnnotateAccountInput } from '../workflows/contract.ts';
import type { RemoteSystem } from '../clients/errors.ts';
import type { DynamicsClient } from '../clients/dynamics/client.ts';
import type { CallResult, ObservedCall, RequestObserver } from '../clients/http.ts';
import type { ZendeskClient } from '../clients/zendesk/client.ts';
import type { Alert } from '../domain/operations/health.ts';
import type { Connection } from '../store/connection/connections.ts';
import type { Store } from '../store/store.ts';

/** The two systems of one connection, ready to be called. */
export interface RemoteSystems {
  readonly connection: Connection;
  readonly dynamics: DynamicsClient;
  readonly zendesk: ZendeskClient;
}

/** The step on whose behalf remote systems are called: who observes its requests, and what ends them early. */
export interface RemoteCaller {
  readonly observer: RequestObserver;
  readonly signal?: AbortSignal | undefined;
}

/** A request to a remote system that is over. `status` is null when no answer came. */
export interface EndedRequest {
  readonly connectionId: string;
  readonly system: RemoteSystem;
  readonly status: number | null;
  readonly durationMs: number;
}

/** What the activities need; `runtime/` and `workers/` build it. */
export interface ActivityDependencies {
  readonly store: Store;
  /** Calls the remote systems of a connection on behalf of `caller`. */
  readonly withRemoteSystems: <Result>(
    connectionId: string,
    caller: RemoteCaller,
    work: (systems: RemoteSystems) => Promise<Result>,
  ) => Promise<Result>;
  /** Counts a request to a remote system that is over. */
  readonly countRequest: (request: EndedRequest) => void;
  /** Returns whether Temporal says that the run which owns a claim is over. */
  readonly isRunOver: (owner: { readonly workflowId: string; readonly runId: string }) => Promise<boolean>;
  /** Signals the annotation of an account that its tickets have changed; where none is running, it starts after that time. */
  readonly wakeAnnotation: (input: AnnotateAccountInput, delayMs: number) => Promise<void>;
  /** Pauses the schedules of a connection whose credentials were rejected, or resumes what was paused for that. */
  readonly setSchedulesPaused: (connectionId: string, paused: boolean) => Promise<void>;
  /** Sends an alert to the operator's receiver; rejects when it was not accepted. Undefined where no receiver is configured. */
  readonly sendAlert: ((alert: Alert) => Promise<void>) | undefined;
  /** Starts or signals the delivery of a connection's alerts. */
  readonly wakeAlerts: (connectionId: string) => Promise<void>;
  /** The number of days for which runs, events and the audit are kept. */
  readonly keepDays: number;
  /** Returns for how long Temporal keeps workflows that have ended, in milliseconds. */
  readonly temporalRetentionMs: () => Promise<number>;
}

/** What one step works with: the store, and the remote systems with every request gated, and counted where it is for a run. */
export interface StepContext extends Pick<
  ActivityDependencies,
  'store' | 'isRunOver' | 'wakeAnnotation' | 'setSchedulesPaused' | 'sendAlert' | 'wakeAlerts'
> {
  /** The attempt of the step, from 1. */
  readonly attempt: number;
  /** Calls the remote systems of the connection that the step works for; `watch` gets each answer. */
  readonly remote: <Result>(
    work: (systems: RemoteSystems) => Promise<Result>,
    watch?: (result: CallResult, call: ObservedCall) => void,
  ) => Promise<Result>;
}
