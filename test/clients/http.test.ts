import { getEventListeners } from 'node:events';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from '@jest/globals';
import { createEgress } from '../../clients/egress.ts';
import { createHttp, type HttpRequest } from '../../clients/http.ts';
import {
  closeLoopbacks,
  startLoopback,
  type Loopback,
  type LoopbackHandler,
  type LoopbackReply,
} from '../fixtures/loopback.ts';
import { createRecorder, failureOf, httpTo } from './kit.ts';

const TOKEN = 'canary-token-5f2b9c';
afterEach(closeLoopbacks);

async function serve(handler: LoopbackHandler | LoopbackReply): Promise<Loopback> {
  const server = await startLoopback(typeof handler === 'function' ? handler : () => handler);
  return server;
}

function read(to: Loopback, more: Partial<HttpRequest> = {}): HttpRequest {
  const headers = { authorization: `Bearer ${TOKEN}` };
  return {
    operation: 'read things',
    method: 'GET',
    url: `${to.origin}/api/v2/things`,
    buckets: ['account'],
    headers,
    ...more,
  };
}

const write = (to: Loopback, more: Partial<HttpRequest> = {}): HttpRequest =>
  read(to, { method: 'POST', json: { a: 1 }, ...more });

describe('a request to a remote system', () => {
  it('is sent once with our name, accepts gzip, and returns the parsed body', async () => {
    const to = await serve({
      headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' },
      body: gzipSync('{"id":19856122753300123,"n":1.5}'),
    });
    const answer = await httpTo(to, 'zendesk').request(read(to));
    expect(answer.body).toEqual({ id: '19856122753300123', n: 1.5 });
    expect(to.requests).toHaveLength(1);
    expect(to.requests[0]?.headers).toMatchObject({ 'user-agent': 'Ledgerdesk', 'accept-encoding': 'gzip, br' });
  });

  it('returns no body for an empty answer', async () => {
    const to = await serve({ status: 204 });
    expect(await httpTo(to, 'dynamics').request(write(to))).toMatchObject({ status: 204, body: undefined });
  });

  it('sends a form, a JSON body, and a write without a body', async () => {
    const to = await serve({ body: {} });
    const http = httpTo(to, 'zendesk');
    await http.request(read(to, { method: 'POST', form: { a: 'b c' } }));
    await http.request(write(to, { method: 'PUT', json: { ä: [1] } }));
    await http.request(read(to, { method: 'DELETE' }));
    expect(to.requests.map(({ method, body }) => [method, body])).toEqual([
      ['POST', 'a=b+c'],
      ['PUT', '{"ä":[1]}'],
      ['DELETE', ''],
    ]);
  });

  it('keeps its connection for the next request', async () => {
    const to = await serve({ body: {} });
    const http = httpTo(to, 'zendesk');
    for (let n = 0; n < 5; n += 1) await http.request(read(to));
    expect(to.connections()).toBe(1);
  });

  it('holds at most eight connections to a host', async () => {
    const to = await serve({ body: {} });
    const http = httpTo(to, 'zendesk');
    await Promise.all(Array.from({ length: 40 }, () => http.request(read(to))));
    expect(to.requests).toHaveLength(40);
    expect(to.connections()).toBeLessThanOrEqual(8);
  });

  it('is never sent to a host that is not allowed', async () => {
    const to = await serve({ body: {} });
    const recorder = createRecorder();
    const http = createHttp({ system: 'zendesk', egress: createEgress([]), observer: recorder });
    const failure = await failureOf(http.request(read(to)));
    expect(failure).toMatchObject({ kind: 'blocked', code: 'EGRESS', operation: 'read things' });
    expect([to.requests.length, recorder.ended.length]).toEqual([0, 0]);
  });
});

describe('the observer of requests', () => {
  it('is awaited before and after each request and gets back what it gave', async () => {
    const steps: string[] = [];
    const to = await serve(() => {
      steps.push('sent');
      return { status: 429, headers: { 'retry-after': '7' }, body: {} };
    });
    const http = httpTo(to, 'zendesk', {
      before: async (call) => {
        await new Promise(setImmediate);
        steps.push(`before ${call.operation} ${call.buckets.join('+')}`);
        return 42;
      },
      after: async (_call, token, result) => {
        await new Promise(setImmediate);
        steps.push(
          `after ${String(token)} ${String(result.status)} ${String(result.error?.kind)} ${String(result.headers['retry-after'])}`,
        );
      },
    });
    await failureOf(http.request(read(to, { buckets: ['account', 'jobs'] })));
    expect(steps).toEqual(['before read things account+jobs', 'sent', 'after 42 429 limited 7']);
  });

  it('sends nothing when it refuses, and its own error comes through', async () => {
    const to = await serve({ body: {} });
    const gate = new Error('closed');
    const http = httpTo(to, 'zendesk', {
      before: () => Promise.reject(gate),
      after: () => Promise.reject(new Error('after')),
    });
    await expect(http.request(read(to))).rejects.toBe(gate);
    expect(to.requests).toHaveLength(0);
  });

  it('is told of a request that got no answer', async () => {
    const to = await serve((_request, { response }) => void response.socket?.destroy());
    const recorder = createRecorder();
    await failureOf(httpTo(to, 'zendesk', recorder).request(read(to)));
    expect(recorder.ended).toMatchObject([{ status: null, error: { kind: 'unavailable' } }]);
  });
});

describe('an answer that breaks off', () => {
  const cases: readonly (readonly [string, LoopbackHandler])[] = [
    ['before its status', (_request, { response }) => void response.socket?.destroy()],
    [
      'within its declared length',
      (_request, { response }) => {
        response.writeHead(200, { 'content-type': 'application/json', 'content-length': '5000' });
        response.write('{"things":[', () => response.socket?.destroy());
        return undefined;
      },
    ],
    [
      'between chunks',
      (_request, { response }) => {
        response.writeHead(200, { 'content-type': 'application/json' });
        response.write('{"things":[', () => response.socket?.destroy());
        return undefined;
      },
    ],
    [
      'in JSON that its framing calls complete',
      () => ({ headers: { 'content-type': 'application/json' }, body: '{"things":[{"id":1' }),
    ],
    [
      'within its gzip stream',
      () => ({
        headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' },
        body: gzipSync(JSON.stringify({ things: 'x'.repeat(5_000) })).subarray(0, 30),
      }),
    ],
  ];
  it.each(cases)('%s is worth another try when reading and unsure when writing', async (_when, handler) => {
    const to = await serve(handler);
    const http = httpTo(to, 'zendesk');
    expect((await failureOf(http.request(read(to)))).kind).toBe('unavailable');
    expect((await failureOf(http.request(write(to)))).kind).toBe('unsure');
    expect(to.requests).toHaveLength(2);
  });

  it('still counts by its status when it is a failure', async () => {
    const to = await serve((_request, { response }) => {
      response.writeHead(429, { 'content-length': '5000', 'retry-after': '9' });
      response.write('Number of', () => response.socket?.destroy());
      return undefined;
    });
    expect(await failureOf(httpTo(to, 'zendesk').request(write(to)))).toMatchObject({
      kind: 'limited',
      retryAfterMs: 9_000,
    });
  });
});

describe('a kept connection', () => {
  it('is closed by us after four idle seconds, before the server would', async () => {
    const to = await serve({ body: {} });
    await httpTo(to, 'zendesk').request(read(to));
    const began = performance.now();
    await to.allClosed();
    const idleMs = performance.now() - began;
    expect(idleMs).toBeGreaterThan(3_000);
    expect(idleMs).toBeLessThan(6_000);
  });
});

describe('a signal that ends requests early', () => {
  /** Creates a client whose requests end by the signal that is given at the time. */
  const httpUntil = (to: Loopback, signal: () => AbortSignal | undefined, observer = createRecorder()) =>
    createHttp({ system: 'zendesk', egress: createEgress([to.host]), observer, signal });

  it('ends a request that waits for an answer, and tells the observer', async () => {
    const controller = new AbortController();
    const to = await serve(() => {
      controller.abort();
      return undefined;
    });
    const recorder = createRecorder();
    const began = performance.now();
    const failure = await failureOf(httpUntil(to, () => controller.signal, recorder).request(read(to)));
    expect(failure).toMatchObject({ kind: 'unavailable', code: 'ERR_ABORTED', status: null });
    expect(performance.now() - began).toBeLessThan(2_000);
    expect(recorder.ended).toMatchObject([{ operation: 'read things', status: null, error: { code: 'ERR_ABORTED' } }]);
    expect(to.requests).toHaveLength(1);
  });

  it('ends a request whose answer has begun', async () => {
    const controller = new AbortController();
    const to = await serve((_request, { response }) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.write('{"things":[', () => setImmediate(() => controller.abort()));
      return undefined;
    });
    expect(await failureOf(httpUntil(to, () => controller.signal).request(read(to)))).toMatchObject({
      kind: 'unavailable',
      code: 'ERR_ABORTED',
    });
  });

  it('leaves open whether a write was done', async () => {
    const controller = new AbortController();
    const to = await serve(() => {
      controller.abort();
      return undefined;
    });
    expect(await failureOf(httpUntil(to, () => controller.signal).request(write(to)))).toMatchObject({
      kind: 'unsure',
      code: 'ERR_ABORTED',
    });
  });

  it('closes the connection of the request that it ends', async () => {
    const controller = new AbortController();
    const to = await serve(() => {
      controller.abort();
      return undefined;
    });
    await failureOf(httpUntil(to, () => controller.signal).request(read(to)));
    await to.allClosed();
  });

  it('that has already ended requests sends no more', async () => {
    const to = await serve({ body: {} });
    const http = httpUntil(to, () => AbortSignal.abort());
    for (const request of [read(to), write(to)])
      expect((await failureOf(http.request(request))).code).toBe('ERR_ABORTED');
    expect(to.requests).toHaveLength(0);
  });

  it('is taken anew for every request, and may be absent', async () => {
    const signals = [AbortSignal.abort(), undefined, new AbortController().signal];
    const to = await serve({ body: {} });
    const http = httpUntil(to, () => signals.shift());
    expect((await failureOf(http.request(read(to)))).code).toBe('ERR_ABORTED');
    expect(await http.request(read(to))).toMatchObject({ status: 200 });
    expect(await http.request(read(to))).toMatchObject({ status: 200 });
    expect([signals.length, to.requests.length]).toEqual([0, 2]);
  });

  it('is not listened to any more once a request has ended, however it ended', async () => {
    const { signal } = new AbortController();
    const to = await serve((_request, { nth, response }) => {
      if (nth < 3) return { status: nth === 1 ? 200 : 500, body: {} };
      response.socket?.destroy();
      return undefined;
    });
    const http = httpUntil(to, () => signal);
    await http.request(read(to));
    expect(getEventListeners(signal, 'abort')).toEqual([]);
    expect(await failureOf(http.request(read(to)))).toMatchObject({ status: 500 });
    expect(getEventListeners(signal, 'abort')).toEqual([]);
    expect(await failureOf(http.request(read(to)))).toMatchObject({ status: null });
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  it('that comes after the answer changes nothing', async () => {
    const controller = new AbortController();
    const to = await serve({ body: { a: 1 } });
    const http = httpUntil(to, () => controller.signal);
    expect(await http.request(read(to))).toMatchObject({ body: { a: 1 } });
    controller.abort();
    // An error that nobody handles would end the process a tick later.
    await new Promise(setImmediate);
    expect(to.requests).toHaveLength(1);
  });
});

describe('limits of time and size', () => {
  it('ends an answer that trickles, as unavailable or unsure', async () => {
    const to = await serve((_request, { response }) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      const timer = setInterval(() => response.write(' '), 20);
      response.on('close', () => clearInterval(timer));
      return undefined;
    });
    const http = httpTo(to, 'zendesk');
    expect(await failureOf(http.request(read(to, { timeoutMs: 300 })))).toMatchObject({
      kind: 'unavailable',
      code: 'ETIMEDOUT',
    });
    expect((await failureOf(http.request(write(to, { timeoutMs: 300 })))).kind).toBe('unsure');
  });

  it('stops inflating a huge compressed answer at 32 MiB', async () => {
    const bomb = gzipSync(Buffer.alloc(200 * 1024 * 1024, 32));
    const to = await serve({ headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' }, body: bomb });
    const before = process.memoryUsage().rss;
    const failure = await failureOf(httpTo(to, 'zendesk').request(read(to)));
    expect(failure).toMatchObject({ kind: 'unexpected', status: 200, code: 'BODY_TOO_LARGE' });
    expect(process.memoryUsage().rss - before).toBeLessThan(150 * 1024 * 1024);
  });

  it('reads no more of a failure than it needs', async () => {
    const to = await serve({
      status: 500,
      headers: { 'content-encoding': 'gzip' },
      body: gzipSync(Buffer.alloc(100 * 1024 * 1024, 65)),
    });
    const failure = await failureOf(httpTo(to, 'zendesk').request(read(to)));
    expect(failure.kind).toBe('unavailable');
    expect(failure.detail.length).toBeLessThanOrEqual(300);
  });

  it('applies a smaller limit that the request has', async () => {
    const to = await serve({ body: { text: 'x'.repeat(2_000) } });
    expect((await failureOf(httpTo(to, 'zendesk').request(read(to, { maxBytes: 1_000 })))).code).toBe('BODY_TOO_LARGE');
  });
});
