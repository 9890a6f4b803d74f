import { setTimeout as wait } from 'node:timers/promises';
import { createClock } from '../core/clock.ts';
import type { Faults } from '../core/faults.ts';
import { createFaults } from '../core/faults.ts';
import type { Journal } from '../core/journal.ts';
import { createJournal } from '../core/journal.ts';
import { createRandom } from '../core/random.ts';
import type { ZendeskServer } from '../zendesk/server.ts';
import { startZendesk } from '../zendesk/server.ts';
import type { ZendeskSettings } from '../zendesk/settings.ts';

/** A parsed response. */
export interface ApiResponse {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** Empty when the response is not JSON. */
  readonly body: Readonly<Record<string, unknown>>;
}

/** Returns the value at a path of members in JSON; undefined if there is none. */
export function at(json: unknown, ...members: readonly string[]): unknown {
  return members.reduce<unknown>(
    (inner, member) =>
      typeof inner === 'object' && inner !== null ? (inner as Record<string, unknown>)[member] : undefined,
    json,
  );
}

/** The optional parts of a request. */
interface Extras {
  readonly body?: unknown;
  /** Replaces the administrator's bearer token. An empty one means no credentials. */
  readonly authorization?: string;
}

/** A simulated Zendesk with an HTTP client. */
export interface RunningZendesk {
  readonly server: ZendeskServer;
  readonly journal: Journal;
  readonly faults: Faults;
  /** Advances the simulated time. */
  pass(seconds: number): void;
  /** Sends a request. `path` is relative to /api/v2/. */
  send(method: string, path: string, extras?: Extras): Promise<ApiResponse>;
  /** Polls a job until it has ended. */
  finish(created: ApiResponse): Promise<ApiResponse>;
  close(): Promise<void>;
}

/** Starts a Zendesk with a fixed seed and jobs that take 30 ms. `scale` is the speed of its clock. */
export async function runZendesk(settings: Partial<ZendeskSettings> = {}, scale = 1): Promise<RunningZendesk> {
  let passedMs = 0;
  const clock = createClock({ scale, realNow: () => Date.now() + passedMs / scale });
  const journal = createJournal(clock);
  const faults = createFaults({ clock, random: createRandom(1) });
  const limits = { rateLimitPerMinute: 100_000, incrementalPerMinute: 1000, jobDelayMs: 30 };
  const server = await startZendesk({
    clock,
    journal,
    faults,
    random: createRandom(2),
    settings: { ...limits, ...settings },
  });
  const send = async (method: string, path: string, extras: Extras = {}): Promise<ApiResponse> => {
    const { authorization = `Bearer ${server.credentials.accessToken}`, body } = extras;
    const response = await fetch(`${server.url}/api/v2/${path}`, {
      method,
      headers: { ...(authorization === '' ? {} : { authorization }), 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, body: parse(text) };
  };
  return {
    server,
    journal,
    faults,
    pass: (seconds) => void (passedMs += seconds * 1000),
    send,
    finish: async (created) => {
      for (;;) {
        const response = await send('GET', `job_statuses/${String(at(created.body, 'job_status', 'id'))}`);
        const status = at(response.body, 'job_status', 'status');
        if (String(status) === 'completed' || String(status) === 'failed') return response;
        await wait(5);
      }
    },
    close: () => server.close(),
  };
}

function parse(text: string): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return {};
  }
}
