import { createClock } from '../core/clock.ts';
import type { Faults } from '../core/faults.ts';
import { createFaults } from '../core/faults.ts';
import type { Journal } from '../core/journal.ts';
import { createJournal } from '../core/journal.ts';
import { createRandom } from '../core/random.ts';
import type { Dynamics } from '../dynamics/server.ts';
import { startDynamics } from '../dynamics/server.ts';
import type { DynamicsSettings } from '../dynamics/settings.ts';
import type { Tokens } from '../entra/tokens.ts';
import { createTokens } from '../entra/tokens.ts';

/** A JSON object, such as a row. */
export type Wire = Readonly<Record<string, unknown>>;

/** A parsed response. */
export interface ApiResponse {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** Empty when the response is not JSON. */
  readonly body: Wire;
  /** The rows of a list; empty for any other response. */
  readonly rows: readonly Wire[];
}

/** The optional parts of a request. */
export interface Extras {
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Replaces the valid bearer token. An empty one means no credentials. */
  readonly token?: string;
}

/** A simulated environment with an HTTP client. */
export interface RunningDynamics {
  readonly server: Dynamics;
  readonly journal: Journal;
  readonly faults: Faults;
  readonly tokens: Tokens;
  /** Advances the clock by which tokens expire. */
  pass(seconds: number): void;
  /** Sends a request. `path` is relative to the origin, or a whole URL. */
  send(method: string, path: string, extras?: Extras): Promise<ApiResponse>;
  /** Lists an entity set across companies with these query options. */
  list(entitySet: string, options?: Readonly<Record<string, string>>, extras?: Extras): Promise<ApiResponse>;
  close(): Promise<void>;
}

/** Starts an environment with a fixed seed. */
export async function runDynamics(settings: Partial<DynamicsSettings> = {}): Promise<RunningDynamics> {
  let passedMs = 0;
  const clock = createClock();
  const journal = createJournal(clock);
  const faults = createFaults({ clock, random: createRandom(1) });
  const tokens = createTokens(() => Date.now() + passedMs);
  const server = await startDynamics({ journal, faults, tokens, randomSeed: 7 });
  Object.assign(server.settings, settings);
  const grant = { audience: server.url, clientId: 'app', tenantId: 'tenant' };
  const valid = tokens.issue(grant, 3_599);
  const send = async (method: string, path: string, extras: Extras = {}): Promise<ApiResponse> => {
    const { token = valid, body, headers } = extras;
    const response = await fetch(new URL(path, server.url), {
      method,
      headers: {
        ...(token === '' ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const parsed = parse(text);
    const rows = Array.isArray(parsed['value']) ? (parsed['value'] as Wire[]) : [];
    return { status: response.status, headers: response.headers, text, body: parsed, rows };
  };
  return {
    server,
    journal,
    faults,
    tokens,
    pass: (seconds) => void (passedMs += seconds * 1000),
    send,
    list: (entitySet, options = {}, extras = {}) => {
      const query = new URLSearchParams({ 'cross-company': 'true', ...options });
      return send('GET', `/data/${entitySet}?${query.toString()}`, extras);
    },
    close: () => server.close(),
  };
}

/** Returns the message of an error envelope, and the unqualified name of its exception. */
export function innerError({ body }: ApiResponse): { readonly message: string; readonly type: string } {
  const { error } = body as { error?: { innererror?: { message: string; type: string } } };
  const { message = '', type = '' } = error?.innererror ?? {};
  return { message, type: type.split('.').at(-1) ?? '' };
}

/** Follows the links from a first page to the last one. Returns all rows. */
export async function allPages(
  run: RunningDynamics,
  first: ApiResponse,
  extras: Extras = {},
): Promise<readonly Wire[]> {
  const rows = [...first.rows];
  let next = first.body['@odata.nextLink'];
  while (typeof next === 'string') {
    const page = await run.send('GET', next, extras);
    rows.push(...page.rows);
    next = page.body['@odata.nextLink'];
  }
  return rows;
}

function parse(text: string): Wire {
  try {
    return JSON.parse(text) as Wire;
  } catch {
    return {};
  }
}
