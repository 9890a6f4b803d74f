import { generalAdvice, type RemoteSystem, type RemoteError, type RemoteErrorKind } from '../../../clients/errors.ts';
import type { CallResult, ObservedCall } from '../../../clients/http.ts';
import { readRateHeaders } from '../../../clients/zendesk/rate-headers.ts';
import type { PingCheck } from '../../../domain/connection/ping-check.ts';
import { ok, type CheckResult } from './check.ts';

/** Observations of one system: whether it has answered, and the difference of the clocks. */
interface SeenSystem {
  readonly answered: boolean;
  /** The error of a request without an answer. */
  readonly failure: RemoteError | undefined;
  /** Milliseconds that the clock of this machine is ahead; null if the answers have no date. */
  readonly clockSkewMs: number | null;
}

/** Observations of the requests of a ping. */
export interface SeenAnswers {
  /** Records the result of a request. */
  readonly observe: (result: CallResult, call: ObservedCall) => void;
  /** Records the error of a check. */
  readonly fail: (error: RemoteError) => void;
  /** Returns the observations of one system. */
  of(system: RemoteSystem): SeenSystem;
  /** Returns the account's rate limit from the last answer of Zendesk; null if it was not sent. */
  rate(): { readonly limit: number; readonly remaining: number } | null;
}

/** Errors that may come from a wrong address. Others, such as an unreadable key, also prevent a request. */
const NOT_REACHED = new Set<RemoteErrorKind>(['unreachable', 'unavailable', 'unsure', 'blocked']);

const NOTHING: SeenSystem = { answered: false, failure: undefined, clockSkewMs: null };

/** Creates an observer of requests. */
export function watchAnswers(): SeenAnswers {
  const seen = new Map<RemoteSystem, SeenSystem>();
  const kept: { rate: ReturnType<SeenAnswers['rate']> } = { rate: null };
  const of = (system: RemoteSystem): SeenSystem => seen.get(system) ?? NOTHING;
  return {
    of,
    rate: () => kept.rate,
    fail: (failure) => {
      if (failure.status === null && NOT_REACHED.has(failure.kind))
        seen.set(failure.system, { ...of(failure.system), failure });
    },
    observe: ({ status, headers }, { system }) => {
      const date = Date.parse(headers['date'] ?? '');
      const before = of(system);
      seen.set(system, {
        ...before,
        answered: before.answered || status !== null,
        clockSkewMs: Number.isNaN(date) ? before.clockSkewMs : Date.now() - date,
      });
      if (system === 'zendesk') kept.rate = readRateHeaders(headers) ?? kept.rate;
    },
  };
}

/** Returns the result of a check that was not run, because another one must be fixed first. */
export function notChecked(because: string): Pick<PingCheck, 'status' | 'detail' | 'fix'> {
  return { status: 'warn', detail: `Not checked: see ${because}.`, fix: '' };
}

/**
 * Adds, as the first check, whether a trusted server answers at the address of a system. If it fails, the other
 * failures of this system are meaningless and count as not checked. `notRequested` is the result if no request was
 * made.
 */
export function withAddress(
  checks: readonly PingCheck[],
  {
    system,
    origin,
    seen,
    notRequested,
  }: { system: RemoteSystem; origin: string; seen: SeenAnswers; notRequested: CheckResult },
): readonly PingCheck[] {
  const name = `${system}.address`;
  const { answered, failure } = seen.of(system);
  const result = answered ? reached(origin) : failure === undefined ? notRequested : notReached(origin, failure);
  const address = { name, system, fix: '', ...result };
  if (address.status !== 'fail') return [address, ...checks];
  const isMeaningless = (check: PingCheck): boolean => check.system === system && check.status === 'fail';
  return [address, ...checks.map((check) => (isMeaningless(check) ? { ...check, ...notChecked(name) } : check))];
}

function reached(origin: string): CheckResult {
  const { host, protocol } = new URL(origin);
  return protocol === 'https:'
    ? ok(`${host} answers with a trusted certificate.`)
    : ok(`${host} answers without TLS, which LEDGERDESK_ALLOW_HOSTS allows.`);
}

function notReached(origin: string, { system, kind, code, detail, advice }: RemoteError): CheckResult {
  const fix = kind === 'blocked' ? advice : generalAdvice(system, 'unreachable');
  return { status: 'fail', detail: `${new URL(origin).host} does not answer (${code ?? kind}): ${detail}`, fix };
}
