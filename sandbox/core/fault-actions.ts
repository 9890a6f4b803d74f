import type { SystemName } from './journal.ts';

/** The moment of a fault: before or after the request takes effect. */
type FaultMoment = 'before' | 'after';

/**
 * The body of a faulty response: the system's own JSON error, a proxy's HTML page, plain text, the JSON of an edge
 * server, no body, or the JSON error with the request's credentials and body as its message, as a debug page may have
 * them.
 */
export type FaultBody = 'json' | 'html' | 'text' | 'edge' | 'empty' | 'echo' | object;

/** A value of the header Retry-After: seconds, any text, or null for no header. */
export type RetryAfter = number | string | null;

/** Responds with this status. With `when: 'after'` the write has taken effect. */
interface StatusAction {
  readonly kind: 'status';
  readonly status: number;
  readonly retryAfter?: RetryAfter;
  readonly body?: FaultBody;
  readonly when?: FaultMoment;
}

/**
 * Responds with 429 for `seconds` of simulated time after the first match. A list of Retry-After values is used in
 * turn.
 */
interface StormAction {
  readonly kind: 'storm';
  readonly seconds: number;
  readonly retryAfter?: RetryAfter | readonly RetryAfter[];
  readonly body?: FaultBody;
}

/** A fault of the connection or of the response. */
type TransportAction =
  | StatusAction
  | StormAction
  /** Closes the socket. */
  | { readonly kind: 'cut'; readonly when: FaultMoment }
  /** Announces the whole body, sends only its first bytes and closes the socket. The write has taken effect. */
  | { readonly kind: 'truncate'; readonly bytes: number }
  /** Waits real milliseconds. */
  | { readonly kind: 'delay'; readonly ms: number; readonly when: FaultMoment }
  /** Waits until the fault is removed, then continues normally. */
  | { readonly kind: 'hold'; readonly when: FaultMoment };

/** A fault of the bulk job that the matching request creates. */
export type JobAction =
  /** The response is normal, but the job can never be looked up. `applied` tells whether its rows are written. */
  | { readonly kind: 'lose-job'; readonly applied: boolean }
  /** The rows at these positions fail, although the job completes. */
  | { readonly kind: 'fail-rows'; readonly rows: readonly number[]; readonly error?: string; readonly details?: string }
  /** The job ends as failed, without results, and no row is applied. */
  | { readonly kind: 'fail-job'; readonly message?: string }
  /** The job stays "working" for this many seconds of simulated time. */
  | { readonly kind: 'stick-job'; readonly seconds: number }
  /** The job runs normally and can no longer be looked up when it has ended. */
  | { readonly kind: 'forget-job' };

/** The action of a fault. */
export type FaultAction = TransportAction | JobAction | PageAction;

/** A fault to inject: the requests to which it applies, how often, and its action. */
export interface Fault {
  readonly system: SystemName;
  readonly match?: {
    readonly method?: string;
    /** The source of a regular expression that the path must match. */
    readonly path?: string;
  };
  /** The number of matching requests that pass normally first; default 0. */
  readonly skip?: number;
  /**
   * The number of requests to which the fault applies; default 1 (a storm: all in its time); null: until it is removed.
   */
  readonly times?: number | null;
  /** The probability that the fault applies to a matching request; default 1. */
  readonly chance?: number;
  readonly action: FaultAction;
}

/**
 * A fault of the page of a list, which is answered as usual, but its link or cursor to the next page is one that the list
 * has given earlier: `back` 1 (the default) is the last one, 2 the one before, and so on; the oldest one if there are
 * fewer.
 */
interface PageAction {
  readonly kind: 'rewind';
  readonly back?: number;
}

/** Returns whether an action concerns the bulk job that a request creates, not the request itself. */
export function isJobAction(action: FaultAction): action is JobAction {
  return action.kind.endsWith('-job') || action.kind === 'fail-rows';
}
