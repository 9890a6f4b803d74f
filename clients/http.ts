import { readRetryAfterMs } from './retry-after.ts';
import { classifyDynamicsError } from './dynamics/classify.ts';
import type { Egress } from './egress.ts';
import { classifyEntraError } from './entra/classify.ts';
import { remoteError, generalAdvice, RemoteError, type Bucket, type RemoteSystem } from './errors.ts';
import { createExchange, type Incoming, type Outgoing } from './exchange.ts';
import {
  isSuccess,
  looksLikeHtml,
  type AdviceNames,
  type AnswerHeaders,
  type ClassifyError,
  type Verdict,
} from './classify.ts';
import { parseLosslessJson } from './lossless-json.ts';
import { networkFailure } from './network-failure.ts';
import { redact, secretsOf } from './redact.ts';
import { classifyZendeskError } from './zendesk/classify.ts';

/** A request as an observer sees it: never its URL, headers or body. */
export interface ObservedCall {
  readonly system: RemoteSystem;
  readonly operation: string;
  readonly buckets: readonly Bucket[];
}

/** How a request ended: `status` null when no answer came; `error` absent when it succeeded. */
export interface CallResult {
  readonly status: number | null;
  readonly error?: RemoteError;
  readonly headers: AnswerHeaders;
}

/**
 * Told of every request, Entra's token requests included. Both are awaited: `before` may throw (a closed gate), and then
 * nothing is sent and `after` is not called; `after` gets what `before` returned.
 */
export interface RequestObserver {
  before(call: ObservedCall): Promise<unknown>;
  after(call: ObservedCall, token: unknown, result: CallResult): Promise<void>;
}

/** A request to a far system. `operation` names it in errors and figures, e.g. `read CustomersV3`. */
export interface HttpRequest extends Omit<Outgoing, 'signal'> {
  readonly operation: string;
  /** The limits it counts against. */
  readonly buckets: readonly Bucket[];
  /** Whether sending it twice does no harm; true for GET, else false unless given. */
  readonly repeatable?: boolean;
  /** What an advice about its failure may name. */
  readonly names?: AdviceNames;
}

/** A successful answer. `body` is the parsed JSON (long integers as texts, see `parseLosslessJson`); undefined when empty. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: AnswerHeaders;
  readonly body: unknown;
}

/** Requests to one far system. */
export interface Http {
  /** Resolves with a 2xx answer; everything else rejects with a RemoteError, or with what the observer threw. */
  request(request: HttpRequest): Promise<HttpAnswer>;
}

const CLASSIFIERS: Readonly<Record<RemoteSystem, ClassifyError>> = {
  dynamics: classifyDynamicsError,
  entra: classifyEntraError,
  zendesk: classifyZendeskError,
};

/**
 * Creates the HTTP client of one system. `clock` gives epoch milliseconds, for a Retry-After that is a date; `signal` gives what
 * ends the requests of the caller early, such as the cancellation of its activity.
 */
export function createHttp(options: {
  readonly system: RemoteSystem;
  readonly egress: Egress;
  readonly observer: RequestObserver;
  readonly clock?: () => number;
  readonly signal?: () => AbortSignal | undefined;
}): Http {
  const { system, egress, observer, clock = Date.now, signal = () => undefined } = options;
  const exchange = createExchange(egress);

  const attempt = async (request: HttpRequest): Promise<{ result: CallResult; answer?: HttpAnswer }> => {
    const repeatable = request.repeatable ?? request.method === 'GET';
    let status: number | null = null;
    try {
      const incoming = await exchange({ ...request, signal: signal() }, (begun) => (status = begun));
      const answer = readIncoming(incoming, { request, system, repeatable, nowMs: clock() });
      const { headers } = incoming;
      return answer instanceof RemoteError
        ? { result: { status, headers, error: answer } }
        : { result: { status, headers }, answer };
    } catch (failure) {
      const error = networkFailure(failure, { system, operation: request.operation, repeatable, status });
      return { result: { status, headers: {}, error } };
    }
  };

  return {
    async request(request) {
      egress.check(request.url, system, request.operation);
      const call = { system, operation: request.operation, buckets: request.buckets };
      const token = await observer.before(call);
      const { result, answer } = await attempt(request);
      await observer.after(call, token, result);
      if (result.error !== undefined) throw result.error;
      if (answer === undefined) throw remoteError({ ...call, kind: 'unexpected', detail: 'no answer was read.' });
      return answer;
    },
  };
}

interface Reading {
  readonly request: HttpRequest;
  readonly system: RemoteSystem;
  readonly repeatable: boolean;
  readonly nowMs: number;
}

function readIncoming(incoming: Incoming, reading: Reading): HttpAnswer | RemoteError {
  const { status, headers, text } = incoming;
  const parsed = tryParse(text);
  const body = parsed === 'unreadable' ? undefined : parsed.body;
  const { system, repeatable, request } = reading;
  const answer = {
    system,
    status,
    headers,
    body,
    text,
    buckets: request.buckets,
    repeatable,
    names: request.names ?? {},
  };
  const verdict = CLASSIFIERS[system](answer);
  if (verdict !== undefined) return failureOf(verdict, incoming, reading);
  if (isSuccess(status) && parsed === 'unreadable')
    return failureOf(unreadable(incoming, repeatable), incoming, reading);
  return { status, headers, body };
}

/** A success that cannot be read: a truncated answer is worth another try, a page is not the API. */
function unreadable(incoming: Incoming, repeatable: boolean): Verdict {
  const isPage = looksLikeHtml(incoming) || !/^\s*[{["]/.test(incoming.text);
  const detail = isPage ? 'an HTML page or text instead of JSON.' : 'JSON that breaks off or cannot be read.';
  return { kind: repeatable ? (isPage ? 'unexpected' : 'unavailable') : 'unsure', code: null, detail };
}

function tryParse(text: string): { body: unknown } | 'unreadable' {
  if (text.trim() === '') return { body: undefined };
  try {
    return { body: parseLosslessJson(text) };
  } catch {
    return 'unreadable';
  }
}

function failureOf(verdict: Verdict, incoming: Incoming, reading: Reading): RemoteError {
  const { system, request, nowMs } = reading;
  const secrets = secretsOf(request);
  const limited = verdict.kind === 'limited';
  const requestId = verdict.requestId ?? requestIdOf(incoming.headers);
  return new RemoteError({
    system,
    operation: request.operation,
    kind: verdict.kind,
    status: incoming.status,
    code: verdict.code === null ? null : redact(verdict.code, secrets, 80),
    requestId: requestId === null ? null : redact(requestId, secrets, 80),
    retryAfterMs: limited ? readRetryAfterMs(incoming.headers['retry-after'], nowMs) : null,
    bucket: limited ? (verdict.bucket ?? 'account') : null,
    detail: redact(verdict.detail, secrets),
    advice: verdict.advice ?? generalAdvice(system, verdict.kind),
  });
}

/** The id under which the vendor's support finds a request: Zendesk's, F&O's activity id, or Microsoft's request id. */
export function requestIdOf(headers: AnswerHeaders): string | null {
  const names = ['x-zendesk-request-id', 'ms-dyn-aid', 'x-ms-request-id', 'x-request-id'];
  return names.map((name) => headers[name]).find((id) => id !== undefined && id !== '') ?? null;
}
