import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from '@jest/globals';
import { createEgress } from '../../clients/egress.ts';
import { createHttp } from '../../clients/http.ts';
import { closeLoopbacks, type LoopbackHandler } from '../fixtures/loopback.ts';
import { createRecorder, failureOf, httpTo, read, serve, write } from './kit.ts';

afterEach(closeLoopbacks);

describe('a request to a remote system', () => {
  it('is sent once with the user agent Ledgerdesk, accepts gzip, and returns the parsed body', async () => {
    const to = await serve({
      headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' },
      body: gzipSync('{"id":19856122753300123,"n":1.5}'),
    });
    const response = await httpTo(to, 'zendesk').request(read(to));
    expect(response.body).toEqual({ id: '19856122753300123', n: 1.5 });
    expect(to.requests).toHaveLength(1);
    expect(to.requests[0]?.headers).toMatchObject({ 'user-agent': 'Ledgerdesk', 'accept-encoding': 'gzip, br' });
  });

  it('returns no body for an empty response', async () => {
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

  it('reuses its connection for the next request', async () => {
    const to = await serve({ body: {} });
    const http = httpTo(to, 'zendesk');
    for (let n = 0; n < 5; n += 1) await http.request(read(to));
    expect(to.connections()).toBe(1);
  });

  it('opens at most eight connections to a host', async () => {
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
  it('is awaited before and after each request, and receives its own token after it', async () => {
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

  it('prevents the request if it rejects, and its error is returned', async () => {
    const to = await serve({ body: {} });
    const gate = new Error('closed');
    const http = httpTo(to, 'zendesk', {
      before: () => Promise.reject(gate),
      after: () => Promise.reject(new Error('after')),
    });
    await expect(http.request(read(to))).rejects.toBe(gate);
    expect(to.requests).toHaveLength(0);
  });

  it('is notified of a request without a response', async () => {
    const to = await serve((_request, { response }) => void response.socket?.destroy());
    const recorder = createRecorder();
    await failureOf(httpTo(to, 'zendesk', recorder).request(read(to)));
    expect(recorder.ended).toMatchObject([{ status: null, error: { kind: 'unavailable' } }]);
  });
});

describe('a response that ends early', () => {
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
      'in JSON, with complete HTTP framing',
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
  it.each(cases)('%s is unavailable for a read and unsure for a write', async (_position, handler) => {
    const to = await serve(handler);
    const http = httpTo(to, 'zendesk');
    expect((await failureOf(http.request(read(to)))).kind).toBe('unavailable');
    expect((await failureOf(http.request(write(to)))).kind).toBe('unsure');
    expect(to.requests).toHaveLength(2);
  });

  it('is classified by its status if that is a failure', async () => {
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

describe('an idle connection', () => {
  it('is closed after four seconds, before the server closes it', async () => {
    const to = await serve({ body: {} });
    await httpTo(to, 'zendesk').request(read(to));
    const start = performance.now();
    await to.allClosed();
    const idleMs = performance.now() - start;
    expect(idleMs).toBeGreaterThan(3_000);
    expect(idleMs).toBeLessThan(6_000);
  });
});

describe('limits of time and size', () => {
  it('end a slow response as unavailable or unsure', async () => {
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

  it('stop the decompression of a huge response at 32 MiB', async () => {
    const bomb = gzipSync(Buffer.alloc(200 * 1024 * 1024, 32));
    const to = await serve({ headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' }, body: bomb });
    const before = process.memoryUsage().rss;
    const failure = await failureOf(httpTo(to, 'zendesk').request(read(to)));
    expect(failure).toMatchObject({ kind: 'unexpected', status: 200, code: 'BODY_TOO_LARGE' });
    expect(process.memoryUsage().rss - before).toBeLessThan(150 * 1024 * 1024);
  });

  it('shorten the body of a failure', async () => {
    const to = await serve({
      status: 500,
      headers: { 'content-encoding': 'gzip' },
      body: gzipSync(Buffer.alloc(100 * 1024 * 1024, 65)),
    });
    const failure = await failureOf(httpTo(to, 'zendesk').request(read(to)));
    expect(failure.kind).toBe('unavailable');
    expect(failure.detail.length).toBeLessThanOrEqual(300);
  });

  it('include a smaller limit of the request', async () => {
    const to = await serve({ body: { text: 'x'.repeat(2_000) } });
    expect((await failureOf(httpTo(to, 'zendesk').request(read(to, { maxBytes: 1_000 })))).code).toBe('BODY_TOO_LARGE');
  });
});
