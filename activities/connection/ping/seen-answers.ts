import { generalAdvice, type RemoteSystem, type RemoteError, type RemoteErrorKind } from '../../../clients/errors.ts';
import type { CallResult, ObservedCall } from '../../../clients/http.ts';
import { readRateHeaders } from '../../../clients/zendesk/rate-headers.ts';
import type { PingCheck } from '../../../domain/connection/ping-check.ts';
import { ok, type CheckResult } from './check.ts';

/** What the answers of one system show besides what was requested: whether any came, and how our clock differs from theirs. */
interface SeenSystem {
  readonly answered: boolean;
  /** Why no answer came, where none came. */
  readonly failure: RemoteError | undefined;
  /** Milliseconds that our clock is ahead; null where the answers have no date. */
  readonly clockSkewMs: number | null;
}

/** What the answers to the requests of a ping show. */
export interface SeenAnswers {
  readonly observe: (result: CallResult, call: ObservedCall) => void;
  /** Records why a check failed. */
  readonly fail: (error: RemoteError) => void;
  of(system: RemoteSystem): SeenSystem;
  /** Returns what Zendesk last said of the account's rate limit. */
  rate(): { readonly limit: number; readonly remaining: number } | null;
}

/** Failures that say something of the address: an unreadable key or a token of wrong characters stops a request as well. */
const NOT_REACHED = new Set<RemoteErrorKind>(['unreachable', 'unavailable', 'unsure', 'blocked']);

const NOTHING: SeenSystem = { answered: false, failure: undefined, clockSkewMs: null };

/** Creates an observer that keeps what answers show. */
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

/** Returns the result of a check that was not run, since another one must be fixed first. */
export function notChecked(because: string): Pick<PingCheck, 'status' | 'detail' | 'fix'> {
  return { status: 'warn', detail: `Not checked: see ${because}.`, fix: '' };
}

/**
 * Puts first whether the address of a system resolves to a server that proves to be its own, by the answers. Where it does not, the
 * other failures of this system say nothing. `unasked` is the result where no request was made.
 */
export function withAddress(
  checks: readonly PingCheck[],
  { system, origin, seen, unasked }: { system: RemoteSystem; origin: string; seen: SeenAnswers; unasked: CheckResult },
): readonly PingCheck[] {
  const name = `${system}.address`;
  const { answered, failure } = seen.of(system);
  const result = answered ? reached(origin) : failure === undefined ? unasked : notReached(origin, failure);
  const address = { name, system, fix: '', ...result };
  if (address.status !== 'fail') return [address, ...checks];
  const isDoubtful = (check: PingCheck): boolean => check.system === system && check.status === 'fail';
  return [address, ...checks.map((check) => (isDoubtful(check) ? { ...check, ...notChecked(name) } : check))];
}

function reached(origin: string): CheckResult {
  const { host, protocol } = new URL(origin);
  return protocol === 'https:'
    ? ok(`${host} answers, with a certificate that is trusted.`)
    : ok(`${host} answers, without TLS, as LEDGERDESK_ALLOW_HOSTS allows.`);
}

function notReached(origin: string, { system, kind, code, detail, advice }: RemoteError): CheckResult {
  const fix = kind === 'blocked' ? advice : generalAdvice(system, 'unreachable');
  return { status: 'fail', detail: `${new URL(origin).host} does not answer (${code ?? kind}): ${detail}`, fix };
}
