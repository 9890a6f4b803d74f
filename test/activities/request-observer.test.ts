import { beforeEach, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import type { EndedRequest } from '../../activities/dependencies.ts';
import { createRequestObserver, watched } from '../../activities/request-observer.ts';
import { remoteError } from '../../clients/errors.ts';
import type { CallResult, ObservedCall, RequestObserver } from '../../clients/http.ts';
import { execute } from '../fixtures/database.ts';
import { useConnectedStore } from '../fixtures/connected-store.ts';
import { account } from '../fixtures/accounts.ts';
import { beginRun, CONNECTION } from '../store/kit.ts';

const TO_ZENDESK: ObservedCall = { system: 'zendesk', operation: 'show jobs', buckets: ['account', 'jobs'] };
const TO_DYNAMICS: ObservedCall = { system: 'dynamics', operation: 'read CustomersV3', buckets: ['account'] };
const OK: CallResult = { status: 200, headers: {} };

const at = useConnectedStore();
let ended: EndedRequest[] = [];
beforeEach(() => {
  ended = [];
});

/** Creates the observer of a step. `share`: the part of Zendesk's rate limit that is left to other apps. */
function observer({ runId, share = 0 }: { runId?: string; share?: number } = {}): RequestObserver {
  const dependencies = { store: at.store, countRequest: (request: EndedRequest) => void ended.push(request) };
  return createRequestObserver(dependencies, { connectionId: CONNECTION, runId, share: () => share });
}

/** Simulates a request with this result, as the HTTP client observes it. */
async function request(by: RequestObserver, call: ObservedCall, result: CallResult = OK): Promise<void> {
  await by.after(call, await by.before(call), result);
}

/** Returns the result of a request that failed with this status. */
function failed(status: number | null, facts: { bucket?: string; retryAfterMs?: number } = {}): CallResult {
  const kind = status === 429 ? 'limited' : 'unavailable';
  const error = remoteError({ system: 'zendesk', operation: 'show jobs', detail: '', kind, status, ...facts });
  return { status, headers: {}, error };
}

/** Returns the closed rate gates, with the milliseconds of their closing. */
async function gates(): Promise<Record<string, number>> {
  const database = new pg.Client({ connectionString: at.url });
  await database.connect();
  const { rows } = await database.query<{ gate: string; ms: string }>(
    `select system || ' ' || bucket as gate, round(extract(epoch from closed_until - closed_at) * 1000) as ms from rate_gates`,
  );
  await database.end();
  return Object.fromEntries(rows.map(({ gate, ms }) => [gate, Number(ms)]));
}

/** Returns whether a request may be sent. */
async function isOpen(call: ObservedCall): Promise<boolean> {
  return at.store.gates.enter({ connectionId: CONNECTION, ...call }).then(
    () => true,
    () => false,
  );
}

const endWait = () => at.store.gates.endWait({ connectionId: CONNECTION, ...TO_ZENDESK });
const requestsOf = async (runId: string) => (await at.store.reports.get(runId))?.requests;

describe('a request of a run', () => {
  it('is counted for the run and for the metrics', async () => {
    const runId = await beginRun(at.store, [account('A1')]);
    await request(observer({ runId }), TO_ZENDESK);
    await request(observer({ runId }), TO_DYNAMICS, { status: 404, headers: {} });
    expect(await requestsOf(runId)).toMatchObject({ zendesk: 1, dynamics: 1, entra: 0 });
    expect(ended).toMatchObject([
      { connectionId: CONNECTION, system: 'zendesk', status: 200, durationMs: expect.any(Number) },
      { system: 'dynamics', status: 404 },
    ]);
  });

  it('is counted as limited if the response is a rate limit', async () => {
    const runId = await beginRun(at.store, [account('A1')]);
    await request(observer({ runId }), TO_ZENDESK, failed(429));
    const limited = (await at.store.metrics.read()).find(({ name }) => name === 'requests_limited_last_day');
    expect(limited?.samples).toMatchObject([{ labels: { system: 'zendesk' }, value: 1 }]);
  });
});

describe('a request without a run', () => {
  it('is counted only for the metrics', async () => {
    await request(observer(), TO_ZENDESK);
    expect(ended).toHaveLength(1);
  });
});

describe('a response with a rate limit', () => {
  it('stops all other requests with the limited bucket, and no others', async () => {
    await request(observer(), TO_ZENDESK, failed(429, { bucket: 'jobs', retryAfterMs: 9_000 }));
    const closed = { name: 'GateClosedError', system: 'zendesk', bucket: 'jobs' };
    await expect(observer().before(TO_ZENDESK)).rejects.toMatchObject(closed);
    expect(await isOpen({ ...TO_ZENDESK, buckets: ['account'] })).toBe(true);
    expect(await isOpen(TO_DYNAMICS)).toBe(true);
    expect(await gates()).toEqual({ 'zendesk jobs': 9_000 });
  });

  it('without details stops requests with the bucket of the account for 30 seconds', async () => {
    await request(observer(), TO_ZENDESK, failed(429));
    expect(await gates()).toEqual({ 'zendesk account': 30_000 });
  });

  it('stops requests before they are counted', async () => {
    const runId = await beginRun(at.store, [account('A1')]);
    await request(observer(), TO_ZENDESK, failed(429));
    await expect(observer({ runId }).before(TO_ZENDESK)).rejects.toMatchObject({ name: 'GateClosedError' });
    expect(await requestsOf(runId)).toMatchObject({ zendesk: 0 });
  });
});

describe('the request that probes a gate after its time', () => {
  it.each([200, 404, 499])('opens it with a response of status %i', async (status) => {
    await request(observer(), TO_ZENDESK, failed(429));
    await endWait();
    const probing = observer();
    const token = await probing.before(TO_ZENDESK);
    expect(await isOpen(TO_ZENDESK)).toBe(false);
    await probing.after(TO_ZENDESK, token, { status, headers: {} });
    expect(await isOpen(TO_ZENDESK)).toBe(true);
    expect(await gates()).toEqual({});
  });

  it.each([500, 503, null])('leaves the probe to another request with a response of status %p', async (status) => {
    await request(observer(), TO_ZENDESK, failed(429));
    await endWait();
    await request(observer(), TO_ZENDESK, failed(status));
    expect(await isOpen(TO_ZENDESK)).toBe(true);
    expect(await isOpen(TO_ZENDESK)).toBe(false);
  });

  it('closes it again with another rate limit', async () => {
    await request(observer(), TO_ZENDESK, failed(429, { retryAfterMs: 1_000 }));
    await endWait();
    await request(observer(), TO_ZENDESK, failed(429, { retryAfterMs: 60_000 }));
    expect(await gates()).toEqual({ 'zendesk account': 60_000 });
    expect(await isOpen(TO_ZENDESK)).toBe(false);
  });
});

describe('a system that has responded', () => {
  const reached = async () => (await at.store.connections.require(CONNECTION)).reached;

  it('counts as reached, with any status', async () => {
    await request(observer(), TO_ZENDESK, failed(500));
    expect(await reached()).toEqual({ zendesk: true, dynamics: false, entra: false });
  });

  it('does not count as reached without a response', async () => {
    await request(observer(), TO_ZENDESK, failed(null));
    expect((await reached()).zendesk).toBe(false);
  });

  it('is recorded once per step, for any number of requests', async () => {
    const one = observer();
    await request(one, TO_ZENDESK);
    await execute(at.url, 'update connections set zendesk_reached_at = null');
    await request(one, TO_ZENDESK);
    expect((await reached()).zendesk).toBe(false);
    await request(observer(), TO_ZENDESK);
    expect((await reached()).zendesk).toBe(true);
  });
});

describe('the share of others in the rate limit of Zendesk', () => {
  const shown = (remaining: number, reset?: number): CallResult => ({
    status: 200,
    headers: {
      ...{ 'ratelimit-limit': '100', 'ratelimit-remaining': String(remaining) },
      ...(reset === undefined ? {} : { 'ratelimit-reset': String(reset) }),
    },
  });
  const gatesAfter = async (result: CallResult, { share = 0.25, call = TO_ZENDESK } = {}) => {
    await request(observer({ share }), call, result);
    return gates();
  };

  it('stops all requests until the reset of the limit if no more than the share remains', async () => {
    expect(await gatesAfter(shown(25, 40))).toEqual({ 'zendesk account': 40_000 });
  });

  it('stops nothing if more than the share remains', async () => {
    expect(await gatesAfter(shown(26, 40))).toEqual({});
  });

  it('stops requests for at most a minute', async () => {
    expect(await gatesAfter(shown(0, 3_600))).toEqual({ 'zendesk account': 60_000 });
  });

  it('stops requests for a minute if the response has no time of the reset', async () => {
    expect(await gatesAfter(shown(0))).toEqual({ 'zendesk account': 60_000 });
  });

  it('stops requests for at least a second', async () => {
    expect(await gatesAfter(shown(0, 0))).toEqual({ 'zendesk account': 1_000 });
  });

  it('is ignored for failures, for responses without a limit, and for F&O', async () => {
    expect(await gatesAfter({ ...failed(500), headers: shown(0, 40).headers })).toEqual({});
    expect(await gatesAfter(OK)).toEqual({});
    expect(await gatesAfter(shown(0, 40), { call: TO_DYNAMICS })).toEqual({});
  });
});

describe('a watched observer', () => {
  it('passes each result to the watcher before it handles the result', async () => {
    const seen: string[] = [];
    const by = watched(observer(), ({ status }, { operation }) =>
      seen.push(`${status} to ${operation}, ${ended.length}`),
    );
    await request(by, TO_ZENDESK);
    expect(seen).toEqual(['200 to show jobs, 0']);
    expect(ended).toHaveLength(1);
  });
});
