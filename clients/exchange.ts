import got, { type StreamOptions } from 'got';
import { createGuardedAgents, type HostKind, type HostRules } from './guarded-agents.ts';
import { isSuccess, type ResponseHeaders } from './classify.ts';
import { BodyTooLargeError } from './network-failure.ts';

/** A request to send. It has at most one of `json`, `form` and `text`, and none of them when it has no body. */
export interface OutgoingRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly url: string | URL;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly json?: unknown;
  readonly form?: Readonly<Record<string, string>> | undefined;
  /** JSON that is sent unchanged, because it is signed. */
  readonly text?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Time limit of the whole request in milliseconds; 60 s when absent. */
  readonly timeoutMs?: number | undefined;
  /** Size limit of a successful response in bytes, after decompression; 32 MiB when absent. */
  readonly maxBytes?: number | undefined;
}

/** A response as it was received. The text of a failure is cut to its first 64 KiB. */
export interface RawResponse {
  readonly status: number;
  readonly headers: ResponseHeaders;
  readonly text: string;
}

/** Sends one request. Rejects with the error of got. It calls `onStatus` as soon as the response begins. */
export type Exchange = (request: OutgoingRequest, onStatus: (status: number) => void) => Promise<RawResponse>;

const MAX_BYTES = 32 * 1024 * 1024;
const MAX_ERROR_BYTES = 64 * 1024;
const REQUEST_MS = 60_000;

/**
 * Shorter than the idle timeout of servers: a connection that the server closes would break a write that is being sent.
 */
const FREE_SOCKET_MS = 4_000;

/**
 * Creates the function through which every request leaves the process. It does not retry, follow redirects or reject
 * for a status. It counts a body while decompressing it, so that neither a slow nor a large response exhausts the
 * process. Only https to public addresses is possible, except for the hosts that `rules` allow. If an operator has
 * configured a proxy, requests go through it (`guarded-agents.ts`). With the `hosts` `vendor`, the caller checks to
 * which system a host belongs.
 */
export function createExchange(rules: HostRules, hosts: HostKind = 'any'): Exchange {
  const pool = { keepAlive: true, maxSockets: 8, timeout: FREE_SOCKET_MS };
  const agentsOf = createGuardedAgents(rules, { hosts, pool });
  return async (request, onStatus) => {
    const agent = await agentsOf(new URL(request.url));
    const stream = got.stream(request.url, { ...optionsOf(request), agent });
    const { method, json, form, text } = request;
    if (method !== 'GET' && json === undefined && form === undefined && text === undefined) stream.end();
    let head: { status: number; headers: ResponseHeaders } | undefined;
    stream.once(
      'response',
      (response: { statusCode: number; headers: Record<string, string | string[] | undefined> }) => {
        head = { status: response.statusCode, headers: plainHeaders(response.headers) };
        onStatus(response.statusCode);
      },
    );
    const chunks: Buffer[] = [];
    let bytes = 0;
    try {
      for await (const chunk of stream as AsyncIterable<Buffer>) {
        chunks.push(chunk);
        bytes += chunk.length;
        if (head !== undefined && !isSuccess(head.status) && bytes >= MAX_ERROR_BYTES) break;
        if (bytes > (request.maxBytes ?? MAX_BYTES)) throw new BodyTooLargeError('The response is too large.');
      }
    } catch (error) {
      // The status of a failure is enough, even if its body is incomplete.
      if (head === undefined || isSuccess(head.status)) throw error;
    } finally {
      // got does not destroy a stream that was read to its end. It would raise an error when the signal aborts later.
      stream.destroy();
    }
    if (head === undefined) throw new Error('The response has no status.');
    return {
      ...head,
      text: new TextDecoder().decode(
        Buffer.concat(chunks).subarray(0, isSuccess(head.status) ? bytes : MAX_ERROR_BYTES),
      ),
    };
  };
}

function optionsOf(request: OutgoingRequest): StreamOptions {
  const { method, headers, json, form, text, signal } = request;
  const ofText = text === undefined ? {} : { 'content-type': 'application/json' };
  const requestMs = request.timeoutMs ?? REQUEST_MS;
  return {
    method,
    headers: {
      accept: 'application/json',
      'accept-encoding': 'gzip, br',
      'user-agent': 'Ledgerdesk',
      ...ofText,
      ...headers,
    },
    ...(json === undefined ? {} : { json }),
    ...(form === undefined ? {} : { form: { ...form } }),
    ...(text === undefined ? {} : { body: text }),
    ...(signal === undefined ? {} : { signal }),
    retry: { limit: 0 },
    followRedirect: false,
    throwHttpErrors: false,
    timeout: {
      lookup: 2_000,
      connect: 3_000,
      secureConnect: 3_000,
      send: 10_000,
      socket: 15_000,
      response: Math.min(30_000, requestMs),
      request: requestMs,
    },
  };
}

function plainHeaders(headers: Record<string, string | string[] | undefined>): ResponseHeaders {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, Array.isArray(value) ? value.join(', ') : value]],
    ),
  );
}
