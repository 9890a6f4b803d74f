import {
  generalAdvice,
  type FarSystem,
  type FarSystemError,
  type FarSystemErrorKind,
} from '../../../clients/errors.ts';
import type { CallResult, ObservedCall } from '../../../clients/http.ts';
import { readRateHeaders } from '../../../clients/zendesk/rate-headers.ts';
import type { PingCheck } from '../../../domain/connection/ping-check.ts';
import { ok, type Finding } from './check.ts';

/** What the answers of one system tell beside what was asked: whether any came, and how our clock differs from theirs. */
interface SeenSystem {
  readonly answered: boolean;
  /** Why no answer came, where none did. */
  readonly failure: FarSystemError | undefined;
  /** Milliseconds that our clock is ahead; null where the answers have no date. */
  readonly clockSkewMs: number | null;
}

/** What the answers to the requests of a ping told. */
export interface SeenAnswers {
  readonly observe: (result: CallResult, call: ObservedCall) => void;
  /** Notes why a look failed. */
  readonly fail: (error: FarSystemError) => void;
  of(system: FarSystem): SeenSystem;
  /** What Zendesk last said of the account's rate limit. */
  rate(): { readonly limit: number; readonly remaining: number } | null;
}

/** Failures that tell of the address: an unreadable key or a token of wrong characters stops a request as well. */
const NOT_REACHED = new Set<FarSystemErrorKind>(['unreachable', 'unavailable', 'unsure', 'blocked']);

const NOTHING: SeenSystem = { answered: false, failure: undefined, clockSkewMs: null };

/** Begins to keep what answers tell. */
export function watchAnswers(): SeenAnswers {
  const seen = new Map<FarSystem, SeenSystem>();
  const kept: { rate: ReturnType<SeenAnswers['rate']> } = { rate: null };
  const of = (system: FarSystem): SeenSystem => seen.get(system) ?? NOTHING;
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

/** A reason not to have looked: the check that must be mended first. */
export function notLookedAt(because: string): Pick<PingCheck, 'status' | 'detail' | 'fix'> {
  return { status: 'warn', detail: `Not looked at: see ${because}.`, fix: '' };
}

/**
 * Judges from the answers whether the address of a system resolves to a server that proves to be its own, and puts that first.
 * Where it does not, what else failed with this system says nothing. `unasked` is told where no request was made.
 */
export function withAddress(
  checks: readonly PingCheck[],
  { system, origin, seen, unasked }: { system: FarSystem; origin: string; seen: SeenAnswers; unasked: Finding },
): readonly PingCheck[] {
  const name = `${system}.address`;
  const { answered, failure } = seen.of(system);
  const finding = answered ? reached(origin) : failure === undefined ? unasked : notReached(origin, failure);
  const address = { name, system, fix: '', ...finding };
  if (address.status !== 'fail') return [address, ...checks];
  const isDoubtful = (check: PingCheck): boolean => check.system === system && check.status === 'fail';
  return [address, ...checks.map((check) => (isDoubtful(check) ? { ...check, ...notLookedAt(name) } : check))];
}

function reached(origin: string): Finding {
  const { host, protocol } = new URL(origin);
  return protocol === 'https:'
    ? ok(`${host} answers, with a certificate that is trusted.`)
    : ok(`${host} answers, without TLS, as LEDGERDESK_ALLOW_HOSTS allows.`);
}

function notReached(origin: string, { system, kind, code, detail, advice }: FarSystemError): Finding {
  const fix = kind === 'blocked' ? advice : generalAdvice(system, 'unreachable');
  return { status: 'fail', detail: `${new URL(origin).host} does not answer (${code ?? kind}): ${detail}`, fix };
}
