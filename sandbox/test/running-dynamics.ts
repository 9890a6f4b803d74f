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

/** A row, or any other JSON object. */
export type Wire = Readonly<Record<string, unknown>>;

/** A parsed answer. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** Empty when the answer was no JSON. */
  readonly body: Wire;
  /** The rows of a list; empty when it was none. */
  readonly rows: readonly Wire[];
}

/** What a request consists of beside its method and path. */
export interface Extras {
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Replaces the valid bearer token; empty: no credentials. */
  readonly token?: string;
}

/** A simulated environment with a plain HTTP client in front. */
export interface RunningDynamics {
  readonly server: Dynamics;
  readonly journal: Journal;
  readonly faults: Faults;
  readonly tokens: Tokens;
  /** Moves the time that tokens expire by. */
  pass(seconds: number): void;
  /** Sends a request; `path` follows the origin, a whole URL is taken as it is. */
  send(method: string, path: string, extras?: Extras): Promise<Answer>;
  /** Lists a set across companies with these query options. */
  list(entitySet: string, options?: Readonly<Record<string, string>>, extras?: Extras): Promise<Answer>;
  close(): Promise<void>;
}

/** Starts one with a fixed seed. */
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
  const send = async (method: string, path: string, extras: Extras = {}): Promise<Answer> => {
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

/** The text of an error envelope, and its exception's own name. */
export function innerError({ body }: Answer): { readonly message: string; readonly type: string } {
  const { error } = body as { error?: { innererror?: { message: string; type: string } } };
  const { message = '', type = '' } = error?.innererror ?? {};
  return { message, type: type.split('.').at(-1) ?? '' };
}

/** Follows links from a first page to the last and gathers the rows. */
export async function allPages(run: RunningDynamics, first: Answer, extras: Extras = {}): Promise<readonly Wire[]> {
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
