import { readRetryAfterMs } from './retry-after.ts';
import { classifyDynamicsError } from './dynamics/classify.ts';
import type { Egress } from './egress.ts';
import { classifyEntraError } from './entra/classify.ts';
import { remoteError, generalAdvice, RemoteError, type Bucket, type RemoteSystem } from './errors.ts';
import { createExchange, type OutgoingRequest, type RawResponse } from './exchange.ts';
import {
  isSuccess,
  looksLikeHtml,
  type AdviceNames,
  type ResponseHeaders,
  type ClassifyError,
  type Classification,
} from './classify.ts';
import { parseLosslessJson } from './lossless-json.ts';
import { networkFailure } from './network-failure.ts';
import { redact, secretsOf } from './redact.ts';
import { classifyZendeskError } from './zendesk/classify.ts';

/** The part of a request that an observer sees, without its URL, headers and body. */
export interface ObservedCall {
  readonly system: RemoteSystem;
  readonly operation: string;
  readonly buckets: readonly Bucket[];
}

/**
 * The result of a request. `status` is null when there was no response; `error` is absent when the request succeeded.
 */
export interface CallResult {
  readonly status: number | null;
  readonly error?: RemoteError;
  readonly headers: ResponseHeaders;
}

/**
 * An observer of every request, including the token requests to Entra. Both functions are awaited. `before` may reject,
 * for example because a rate gate is closed: then nothing is sent and `after` is not called. `after` receives the
 * result of `before` as its token.
 */
export interface RequestObserver {
  before(call: ObservedCall): Promise<unknown>;
  after(call: ObservedCall, token: unknown, result: CallResult): Promise<void>;
}

/** A request to a remote system. `operation` is its name in errors and metrics, such as `read CustomersV3`. */
export interface HttpRequest extends Omit<OutgoingRequest, 'signal'> {
  readonly operation: string;
  /** The limits that the request counts against. */
  readonly buckets: readonly Bucket[];
  /** True if the request can be sent twice safely. The default is true for GET and false for other methods. */
  readonly repeatable?: boolean;
  /** Names that the advice about a failure may contain. */
  readonly names?: AdviceNames;
}

/**
 * A successful response. `body` is the parsed JSON, with long integers as strings (`parseLosslessJson`); undefined if
 * empty.
 */
export interface HttpResponse {
  readonly status: number;
  readonly headers: ResponseHeaders;
  readonly body: unknown;
}

/** The HTTP client of one remote system. */
export interface Http {
  /** Resolves with a 2xx response. Otherwise it rejects with a RemoteError, or with the error of the observer. */
  request(request: HttpRequest): Promise<HttpResponse>;
}

const CLASSIFIERS: Readonly<Record<RemoteSystem, ClassifyError>> = {
  dynamics: classifyDynamicsError,
  entra: classifyEntraError,
  zendesk: classifyZendeskError,
};

/**
 * Creates the HTTP client of one system. `clock` returns epoch milliseconds. It is used only for a Retry-After that is a
 * date, in an answer that does not say when it was sent. `signal` returns the signal that aborts the requests of the caller, such as the cancellation of its activity.
 */
export function createHttp(options: {
  readonly system: RemoteSystem;
  readonly egress: Egress;
  readonly observer: RequestObserver;
  readonly clock?: () => number;
  readonly signal?: () => AbortSignal | undefined;
}): Http {
  const { system, egress, observer, clock = Date.now, signal = () => undefined } = options;
  const exchange = createExchange(egress, 'remote');

  const attempt = async (request: HttpRequest): Promise<{ result: CallResult; response?: HttpResponse }> => {
    const repeatable = request.repeatable ?? request.method === 'GET';
    let status: number | null = null;
    try {
      const raw = await exchange({ ...request, signal: signal() }, (received) => (status = received));
      const response = readRawResponse(raw, { request, system, repeatable, nowMs: sentAtMs(raw.headers) ?? clock() });
      const { headers } = raw;
      return response instanceof RemoteError
        ? { result: { status, headers, error: response } }
        : { result: { status, headers }, response };
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
      const { result, response } = await attempt(request);
      await observer.after(call, token, result);
      if (result.error !== undefined) throw result.error;
      if (response === undefined) throw remoteError({ ...call, kind: 'unexpected', detail: 'no response was read.' });
      return response;
    },
  };
}

/** Returns when an answer was sent by the clock of the system, so that its times are not compared with our clock. */
function sentAtMs(headers: ResponseHeaders): number | undefined {
  const ms = Date.parse(headers['date'] ?? '');
  return Number.isNaN(ms) ? undefined : ms;
}

interface ResponseContext {
  readonly request: HttpRequest;
  readonly system: RemoteSystem;
  readonly repeatable: boolean;
  readonly nowMs: number;
}

function readRawResponse(raw: RawResponse, context: ResponseContext): HttpResponse | RemoteError {
  const { status, headers, text } = raw;
  const parsed = tryParse(text);
  const body = parsed === 'unreadable' ? undefined : parsed.body;
  const { system, repeatable, request } = context;
  const response = {
    system,
    status,
    headers,
    body,
    text,
    buckets: request.buckets,
    repeatable,
    names: request.names ?? {},
  };
  const classification = CLASSIFIERS[system](response);
  if (classification !== undefined) return errorOf(classification, raw, context);
  if (isSuccess(status) && parsed === 'unreadable') return errorOf(unreadable(raw, repeatable), raw, context);
  return { status, headers, body };
}

/**
 * Classifies a 2xx response that is not JSON: a truncated one can be tried again, but a page does not come from the
 * API.
 */
function unreadable(raw: RawResponse, repeatable: boolean): Classification {
  const isPage = looksLikeHtml(raw) || !/^\s*[{["]/.test(raw.text);
  const detail = isPage ? 'an HTML page or text instead of JSON.' : 'incomplete or invalid JSON.';
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

function errorOf(classification: Classification, raw: RawResponse, context: ResponseContext): RemoteError {
  const { system, request, nowMs } = context;
  const secrets = secretsOf(request);
  const limited = classification.kind === 'limited';
  const requestId = classification.requestId ?? requestIdOf(raw.headers);
  return new RemoteError({
    system,
    operation: request.operation,
    kind: classification.kind,
    status: raw.status,
    code: classification.code === null ? null : redact(classification.code, secrets, 80),
    requestId: requestId === null ? null : redact(requestId, secrets, 80),
    retryAfterMs: limited ? readRetryAfterMs(raw.headers['retry-after'], nowMs) : null,
    bucket: limited ? (classification.bucket ?? 'account') : null,
    detail: redact(classification.detail, secrets),
    advice: classification.advice ?? generalAdvice(system, classification.kind),
  });
}

/**
 * Returns the id by which the vendor's support finds a request: Zendesk's request id, F&O's activity id, or Microsoft's
 * request id.
 */
export function requestIdOf(headers: ResponseHeaders): string | null {
  const names = ['x-zendesk-request-id', 'ms-dyn-aid', 'x-ms-request-id', 'x-request-id'];
  return names.map((name) => headers[name]).find((id) => id !== undefined && id !== '') ?? null;
}
