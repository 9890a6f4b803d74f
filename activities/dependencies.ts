import type { AnnotateAccountInput } from '../workflows/contract.ts';
import type { RemoteSystem } from '../clients/errors.ts';
import type { DynamicsClient } from '../clients/dynamics/client.ts';
import type { CallResult, ObservedCall, RequestObserver } from '../clients/http.ts';
import type { ZendeskClient } from '../clients/zendesk/client.ts';
import type { Alert } from '../domain/operations/health.ts';
import type { Connection } from '../store/connection/connections.ts';
import type { Store } from '../store/store.ts';

/** A connection with the clients of its two systems. */
export interface RemoteSystems {
  readonly connection: Connection;
  readonly dynamics: DynamicsClient;
  readonly zendesk: ZendeskClient;
}

/** The step that calls remote systems: the observer of its requests, and a signal that cancels them. */
export interface RemoteCaller {
  readonly observer: RequestObserver;
  readonly signal?: AbortSignal | undefined;
}

/** A finished request to a remote system. `status` is null when there was no answer. */
export interface EndedRequest {
  readonly connectionId: string;
  readonly system: RemoteSystem;
  readonly status: number | null;
  readonly durationMs: number;
}

/** The dependencies of activities. `runtime/` and `workers/` implement them. */
export interface ActivityDependencies {
  readonly store: Store;
  /** Calls the remote systems of a connection on behalf of `caller`. */
  readonly withRemoteSystems: <Result>(
    connectionId: string,
    caller: RemoteCaller,
    work: (systems: RemoteSystems) => Promise<Result>,
  ) => Promise<Result>;
  /** Counts a finished request to a remote system. */
  readonly countRequest: (request: EndedRequest) => void;
  /** Returns whether Temporal says that the owner of a claim has ended. */
  readonly isRunOver: (owner: { readonly workflowId: string; readonly runId: string }) => Promise<boolean>;
  /** Signals the annotation workflow of an account that its tickets have changed, or starts it after `delayMs`. */
  readonly wakeAnnotation: (input: AnnotateAccountInput, delayMs: number) => Promise<void>;
  /**
   * Pauses the schedules of a connection whose credentials were rejected, and starts the workflow that tries them again
   * from time to time. Or resumes the schedules that were paused for this reason.
   */
  readonly setSchedulesPaused: (connectionId: string, paused: boolean) => Promise<void>;
  /**
   * Sends an alert to the operator's receiver. Rejects when it was not accepted. Undefined if no receiver is
   * configured.
   */
  readonly sendAlert: ((alert: Alert) => Promise<void>) | undefined;
  /** Starts or signals the workflow that delivers the alerts of a connection. */
  readonly wakeAlerts: (connectionId: string) => Promise<void>;
  /** The number of days for which runs, events and the audit are kept. */
  readonly keepDays: number;
  /** Returns the retention period of ended workflows in Temporal, in milliseconds. */
  readonly temporalRetentionMs: () => Promise<number>;
}

/**
 * The context of one step: the store, and the remote systems. Every request passes the rate gates and is counted for
 * its run.
 */
export interface StepContext extends Pick<
  ActivityDependencies,
  'store' | 'isRunOver' | 'wakeAnnotation' | 'setSchedulesPaused' | 'sendAlert' | 'wakeAlerts'
> {
  /** The attempt of the step, from 1. */
  readonly attempt: number;
  /** Calls the remote systems of the step's connection. `watch` gets each answer. */
  readonly remote: <Result>(
    work: (systems: RemoteSystems) => Promise<Result>,
    watch?: (result: CallResult, call: ObservedCall) => void,
  ) => Promise<Result>;
}
