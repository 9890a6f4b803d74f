import got, { RequestError, type Method, type Response } from 'got';
import { CommandError, type Mistake } from './failures.ts';
import type { Answers } from '../api/endpoints.ts';
import type { Settings } from './settings.ts';

/** A request to the admin API. */
export interface ApiRequest {
  readonly method: Method;
  /** Segments below `/api`, not yet encoded. */
  readonly path: readonly string[];
  /** Members without a value are left out. */
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  readonly body?: unknown;
  /** 60 s by default. */
  readonly timeoutMs?: number;
  /** Breaks the request off. */
  readonly signal?: AbortSignal;
}

/** Sends one request to an endpoint of the admin API, named by its type, and returns its answer. Throws a `CommandError`. */
export type Api = <Name extends keyof Answers>(request: ApiRequest) => Promise<Answers[Name]>;

const CONNECT_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 60_000;

/** Creates the client of the admin API. Nothing is sent before the first request, and none is sent twice. */
export function createApi(settings: Settings): Api {
  return async <Name extends keyof Answers>(request: ApiRequest) => {
    const response = await send(settings, request);
    const answer = parse(response, settings);
    if (response.ok) return answer as Answers[Name];
    throw refusal(response, answer, settings);
  };
}

async function send(settings: Settings, request: ApiRequest): Promise<Response> {
  const { method, body, signal, timeoutMs = REQUEST_TIMEOUT_MS } = request;
  try {
    return await got(urlOf(settings, request), {
      method,
      headers: { authorization: `Bearer ${settings.token}`, accept: 'application/json' },
      ...(body === undefined ? {} : { json: body }),
      ...(signal && { signal }),
      retry: { limit: 0 },
      // A redirect would carry the token to wherever it leads.
      followRedirect: false,
      throwHttpErrors: false,
      timeout: { connect: CONNECT_TIMEOUT_MS, request: timeoutMs },
    });
  } catch (error) {
    // got's error holds the token and the body: only its code goes on.
    throw unreachable(settings, error instanceof RequestError ? error.code : 'unknown');
  }
}

function urlOf({ url }: Settings, { path, query = {} }: ApiRequest): URL {
  // A URL takes these two as steps in its path, however they are encoded.
  if (path.includes('.') || path.includes('..')) {
    throw new CommandError('There is nothing of that name.', { code: 'not_found' });
  }
  const target = new URL(`${url}/api/${path.map(encodeURIComponent).join('/')}`);
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) target.searchParams.set(name, String(value));
  }
  return target;
}

function unreachable({ url }: Settings, code: string): CommandError {
  if (code === 'ETIMEDOUT') {
    return new CommandError(`The API at ${url} did not answer in time: see its log.`, { code: 'timeout' });
  }
  return new CommandError(
    `The API at ${url} cannot be reached (${code}): run \`npm start\`, or set LEDGERDESK_URL to where it listens.`,
    { code: 'unreachable' },
  );
}

function parse(response: Response, { url }: Settings): unknown {
  const text = String(response.body);
  if (text.trim() === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    const { statusCode: status } = response;
    throw new CommandError(
      `What answers at ${url} (HTTP ${status}) is not Ledgerdesk's API: set LEDGERDESK_URL to where it listens.`,
      { code: 'not_the_api', status },
    );
  }
}

interface ErrorAnswer {
  readonly error?: { readonly code?: string; readonly message?: string; readonly mistakes?: readonly Mistake[] };
}

function refusal(response: Response, answer: unknown, { tokenSource }: Settings): CommandError {
  const { statusCode: status } = response;
  const { code = 'refused', message = `The API answered HTTP ${status}.`, mistakes } = errorOf(answer);
  const source =
    status === 401 || code === 'too_many_failures' ? ` The token that was sent is from ${tokenSource}.` : '';
  return new CommandError(`${message}${source}`, { code, status, ...(mistakes && { mistakes }) });
}

function errorOf(answer: unknown): NonNullable<ErrorAnswer['error']> {
  return (answer as ErrorAnswer | null | undefined)?.error ?? {};
}
