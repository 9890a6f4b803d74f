import type { SystemName } from './journal.ts';

/** Whether a fault strikes before the request took effect or after it. */
type FaultMoment = 'before' | 'after';

/**
 * The shape of a faulty answer's body: the system's own JSON error, a proxy's HTML page, plain text, edge protection's JSON,
 * nothing, or the JSON error with the request's credentials and body as its words, as a careless debug page has them.
 */
export type FaultBody = 'json' | 'html' | 'text' | 'edge' | 'empty' | 'echo' | object;

/** A value of the header Retry-After: seconds, any text, or null for no header. */
export type RetryAfter = number | string | null;

/** Answer with this status; with `when: 'after'` the write has taken effect all the same. */
interface StatusAction {
  readonly kind: 'status';
  readonly status: number;
  readonly retryAfter?: RetryAfter;
  readonly body?: FaultBody;
  readonly when?: FaultMoment;
}

/** For `seconds` of simulated time from its first match on, answer 429; a list of Retry-After values is used in turn. */
interface StormAction {
  readonly kind: 'storm';
  readonly seconds: number;
  readonly retryAfter?: RetryAfter | readonly RetryAfter[];
  readonly body?: FaultBody;
}

/** What a fault does to the connection or to the answer. */
type TransportAction =
  | StatusAction
  | StormAction
  /** Destroy the socket. */
  | { readonly kind: 'cut'; readonly when: FaultMoment }
  /** Announce the whole body, send only its first bytes, then destroy the socket; the write has taken effect. */
  | { readonly kind: 'truncate'; readonly bytes: number }
  /** Wait real milliseconds. */
  | { readonly kind: 'delay'; readonly ms: number; readonly when: FaultMoment }
  /** Wait until the fault is removed, then go on normally. */
  | { readonly kind: 'hold'; readonly when: FaultMoment };

/** What happens to the bulk job that the matched request creates. */
export type JobAction =
  /** The answer is normal, yet nobody ever hears of the job again; its rows are applied or not. */
  | { readonly kind: 'lose-job'; readonly applied: boolean }
  /** The rows at these positions fail though the job completes. */
  | { readonly kind: 'fail-rows'; readonly rows: readonly number[]; readonly error?: string; readonly details?: string }
  /** The job ends as failed, without results, and no row is applied. */
  | { readonly kind: 'fail-job'; readonly message?: string }
  /** The job stays "working" for so many seconds of simulated time. */
  | { readonly kind: 'stick-job'; readonly seconds: number }
  /** The job runs normally and is forgotten as soon as it has ended. */
  | { readonly kind: 'forget-job' };

/** Everything a fault can do. */
export type FaultAction = TransportAction | JobAction;

/** A fault to be: which requests it strikes, how often, and what it does. */
export interface Fault {
  readonly system: SystemName;
  readonly match?: {
    readonly method?: string;
    /** The source of a regular expression that the path must match. */
    readonly path?: string;
  };
  /** How many matching requests pass unharmed first; default 0. */
  readonly skip?: number;
  /** How many requests are struck; default 1 (a storm: all in its time); null: until removed. */
  readonly times?: number | null;
  /** The probability that a matching request is struck; default 1. */
  readonly chance?: number;
  readonly action: FaultAction;
}

/** Whether an action concerns the bulk job that a request creates, not the request itself. */
export function isJobAction(action: FaultAction): action is JobAction {
  return action.kind.endsWith('-job') || action.kind === 'fail-rows';
}
