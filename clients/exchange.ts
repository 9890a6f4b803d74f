import got, { type StreamOptions } from 'got';
import type { Egress } from './egress.ts';
import { createGuardedAgents } from './guarded-agents.ts';
import { isSuccess, type AnswerHeaders } from './classify.ts';
import { BodyTooLargeError } from './network-failure.ts';

/** What is sent; at most one of `json`, `form` and `text`, or none for a request without a body. */
export interface Outgoing {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly url: string | URL;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly json?: unknown;
  readonly form?: Readonly<Record<string, string>> | undefined;
  /** JSON that is sent to the letter as it stands, since it is signed. */
  readonly text?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Limit of the whole request in milliseconds; 60 s when absent. */
  readonly timeoutMs?: number | undefined;
  /** Limit of a successful answer in bytes, inflated; 32 MiB when absent. */
  readonly maxBytes?: number | undefined;
}

/** What came back: of an answer that is no success at most the first 64 KiB. */
export interface Incoming {
  readonly status: number;
  readonly headers: AnswerHeaders;
  readonly text: string;
}

/** Sends one request. Rejects with what got throws; `onStatus` is called as soon as the answer begins. */
export type Exchange = (outgoing: Outgoing, onStatus: (status: number) => void) => Promise<Incoming>;

const MAX_BYTES = 32 * 1024 * 1024;
const MAX_ERROR_BYTES = 64 * 1024;
const REQUEST_MS = 60_000;

/** Shorter than the time after which servers close idle connections, which would break a write that is just being sent. */
const FREE_SOCKET_MS = 4_000;

/**
 * Makes the one way in which requests leave: nothing is retried, no redirect followed, no status thrown, and a body is
 * counted while it is inflated, so that neither a slow nor a huge answer can hold the process. Only https to a public address
 * is possible, but for the hosts that `egress` says are opened; whose hosts they are is for the caller to check.
 */
export function createExchange(egress: Pick<Egress, 'isOpened'>): Exchange {
  const agentsOf = createGuardedAgents(egress, { keepAlive: true, maxSockets: 8, timeout: FREE_SOCKET_MS });
  return async (outgoing, onStatus) => {
    const agent = agentsOf(new URL(outgoing.url));
    const stream = got.stream(outgoing.url, { ...optionsOf(outgoing), agent });
    const { method, json, form, text } = outgoing;
    if (method !== 'GET' && json === undefined && form === undefined && text === undefined) stream.end();
    let answer: { status: number; headers: AnswerHeaders } | undefined;
    stream.once(
      'response',
      (response: { statusCode: number; headers: Record<string, string | string[] | undefined> }) => {
        answer = { status: response.statusCode, headers: plainHeaders(response.headers) };
        onStatus(response.statusCode);
      },
    );
    const chunks: Buffer[] = [];
    let bytes = 0;
    try {
      for await (const chunk of stream as AsyncIterable<Buffer>) {
        chunks.push(chunk);
        bytes += chunk.length;
        if (answer !== undefined && !isSuccess(answer.status) && bytes >= MAX_ERROR_BYTES) break;
        if (bytes > (outgoing.maxBytes ?? MAX_BYTES)) throw new BodyTooLargeError('The answer is too large.');
      }
    } catch (error) {
      // The status of a failure says enough, even where its body broke off.
      if (answer === undefined || isSuccess(answer.status)) throw error;
    } finally {
      // A stream that was read to its end is not destroyed by itself, and would raise an error when the signal aborts later.
      stream.destroy();
    }
    if (answer === undefined) throw new Error('The answer has no status.');
    return {
      ...answer,
      text: new TextDecoder().decode(
        Buffer.concat(chunks).subarray(0, isSuccess(answer.status) ? bytes : MAX_ERROR_BYTES),
      ),
    };
  };
}

function optionsOf(outgoing: Outgoing): StreamOptions {
  const { method, headers, json, form, text, signal } = outgoing;
  const ofText = text === undefined ? {} : { 'content-type': 'application/json' };
  const requestMs = outgoing.timeoutMs ?? REQUEST_MS;
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

function plainHeaders(headers: Record<string, string | string[] | undefined>): AnswerHeaders {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, Array.isArray(value) ? value.join(', ') : value]],
    ),
  );
}
