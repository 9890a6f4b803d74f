import got, { RequestError, type Method, type Response } from 'got';
import type { Responses } from '../api/endpoints.ts';
import { CommandError, type Mistake } from './failures.ts';
import type { Settings } from './settings.ts';

/** A request to the admin API. */
export interface ApiRequest {
  readonly method: Method;
  /** Path segments below `/api`, not encoded. */
  readonly path: readonly string[];
  /** Members that are undefined are omitted. */
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  readonly body?: unknown;
  /** Default: 60 s. */
  readonly timeoutMs?: number;
  /** Aborts the request. */
  readonly signal?: AbortSignal;
}

/**
 * Sends a request to the endpoint of the admin API that the type parameter names. Returns its response. Throws a
 * `CommandError`.
 */
export type Api = <Name extends keyof Responses>(request: ApiRequest) => Promise<Responses[Name]>;

const CONNECT_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 60_000;

/** Creates a client of the admin API. It does not retry requests. */
export function createApi(settings: Settings): Api {
  return async <Name extends keyof Responses>(request: ApiRequest) => {
    const response = await send(settings, request);
    const body = parse(response, settings);
    if (response.ok) return body as Responses[Name];
    throw toCommandError(response, body, settings);
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
      // A redirect would send the token to another address.
      followRedirect: false,
      throwHttpErrors: false,
      timeout: { connect: CONNECT_TIMEOUT_MS, request: timeoutMs },
    });
  } catch (error) {
    // The error of got contains the token and the body, so only its code is used.
    throw unreachable(settings, error instanceof RequestError ? error.code : 'unknown');
  }
}

function urlOf({ url }: Settings, { path, query = {} }: ApiRequest): URL {
  // A URL treats these two segments as navigation, even if they are encoded.
  if (path.includes('.') || path.includes('..')) {
    throw new CommandError('"." and ".." are not valid ids.', { code: 'not_found' });
  }
  const target = new URL(`${url}/api/${path.map(encodeURIComponent).join('/')}`);
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) target.searchParams.set(name, String(value));
  }
  return target;
}

function unreachable({ url }: Settings, code: string): CommandError {
  if (code === 'ETIMEDOUT') {
    return new CommandError(`The API at ${url} did not respond in time. Check the log of the api process.`, {
      code: 'timeout',
    });
  }
  return new CommandError(
    `The API at ${url} cannot be reached (${code}). Start it with \`npm start\`, or set LEDGERDESK_URL to its address.`,
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
      `The server at ${url} (HTTP ${status}) is not Ledgerdesk's API. Set LEDGERDESK_URL to the address of the API.`,
      { code: 'not_the_api', status },
    );
  }
}

interface ErrorBody {
  readonly error?: { readonly code?: string; readonly message?: string; readonly mistakes?: readonly Mistake[] };
}

function toCommandError(response: Response, body: unknown, { tokenSource }: Settings): CommandError {
  const { statusCode: status } = response;
  const { code = 'refused', message = `The API responded with HTTP ${status}.`, mistakes } = errorOf(body);
  const source = status === 401 || code === 'too_many_failures' ? ` The token came from ${tokenSource}.` : '';
  return new CommandError(`${message}${source}`, { code, status, ...(mistakes && { mistakes }) });
}

function errorOf(body: unknown): NonNullable<ErrorBody['error']> {
  return (body as ErrorBody | null | undefined)?.error ?? {};
}
