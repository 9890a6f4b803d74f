import { inspect } from 'node:util';
import { afterEach, describe, expect, it } from '@jest/globals';
import { createEgress } from '../../clients/egress.ts';
import { createHttp } from '../../clients/http.ts';
import { networkFailure } from '../../clients/network-failure.ts';
import { closeLoopbacks, startLoopback, type LoopbackHandler } from '../fixtures/loopback.ts';
import { createRecorder, failureOf, httpTo, read, serve, TOKEN, write } from './kit.ts';

afterEach(closeLoopbacks);

describe('responses that are not from the API', () => {
  it('does not follow a redirect, and reports only its host', async () => {
    const to = await serve({ status: 302, headers: { location: 'https://login.example.com/in?code=abc123456' } });
    const failure = await failureOf(httpTo(to, 'dynamics').request(read(to)));
    expect(failure).toMatchObject({ kind: 'unexpected', status: 302 });
    expect(failure.message).toContain('login.example.com');
    expect(failure.message).not.toContain('abc123456');
    expect(to.requests).toHaveLength(1);
  });

  it('does not accept an HTML page with status 200', async () => {
    const to = await serve({ headers: { 'content-type': 'text/html' }, body: '<html><body>Sign in</body></html>' });
    const http = httpTo(to, 'dynamics');
    expect(await failureOf(http.request(read(to)))).toMatchObject({ kind: 'unexpected', status: 200 });
    expect((await failureOf(http.request(write(to)))).kind).toBe('unsure');
  });

  it.each([
    [502, {}, 'unavailable', 'unsure'],
    [503, {}, 'unavailable', 'unsure'],
    [503, { 'retry-after': '5' }, 'limited', 'limited'],
    [408, {}, 'unavailable', 'unavailable'],
    [425, {}, 'unavailable', 'unavailable'],
    [409, {}, 'conflict', 'conflict'],
    [412, {}, 'conflict', 'conflict'],
    [410, {}, 'missing', 'missing'],
    [413, {}, 'refused', 'refused'],
    [418, {}, 'unexpected', 'unexpected'],
  ])(
    'classifies a gateway page with status %i and headers %j as %s for a read and %s for a write',
    async (...[status, headers, reading, writing]) => {
      const to = await serve({
        status,
        headers: { 'content-type': 'text/html', ...headers },
        body: '<html>Oops</html>',
      });
      for (const system of ['zendesk', 'dynamics'] as const) {
        const http = httpTo(to, system);
        expect((await failureOf(http.request(read(to)))).kind).toBe(reading);
        expect((await failureOf(http.request(write(to)))).kind).toBe(writing);
      }
    },
  );

  it('does not accept a server of another protocol', async () => {
    const { createServer } = await import('node:net');
    const raw = createServer((socket) => void socket.end('220 mail ready\r\n'));
    await new Promise<void>((resolve) => raw.listen(0, '127.0.0.1', resolve));
    const address = raw.address();
    const host = `127.0.0.1:${typeof address === 'object' ? String(address?.port) : ''}`;
    const request = { operation: 'read', method: 'GET', url: `http://${host}/`, buckets: [] } as const;
    const failure = await failureOf(httpTo({ host }, 'zendesk').request(request));
    raw.close();
    expect(failure).toMatchObject({ kind: 'unexpected', detail: 'the response is not HTTP.' });
  });
});

describe('the duration of a limit', () => {
  it.each([
    ['12', 12_000],
    ['0', 1_000],
    ['86400', 900_000],
    ['soon', 30_000],
    ['Mon, 23 Nov 2026 12:01:00 GMT', 60_000],
  ])('reads Retry-After %s as %i ms', async (text, waitMs) => {
    const date = 'Mon, 23 Nov 2026 12:00:00 GMT';
    const to = await serve({ status: 429, headers: { 'retry-after': text, date } });
    const http = createHttp({
      system: 'dynamics',
      egress: createEgress([to.host]),
      observer: createRecorder(),
      // Our clock is five minutes ahead of that of the system.
      clock: () => Date.UTC(2026, 10, 23, 12, 5),
    });
    expect(await failureOf(http.request(read(to)))).toMatchObject({
      kind: 'limited',
      retryAfterMs: waitMs,
      bucket: 'account',
    });
  });

  it('is 30 seconds without Retry-After', async () => {
    const to = await serve({ status: 429 });
    expect((await failureOf(httpTo(to, 'dynamics').request(read(to)))).retryAfterMs).toBe(30_000);
  });
});

describe('a server that cannot be reached', () => {
  it('is unavailable if it refuses connections, also for a write', async () => {
    const to = await startLoopback(() => ({}));
    await to.close();
    const http = httpTo(to, 'zendesk');
    expect(await failureOf(http.request(read(to)))).toMatchObject({
      kind: 'unavailable',
      code: 'ECONNREFUSED',
      status: null,
    });
    expect((await failureOf(http.request(write(to)))).kind).toBe('unavailable');
  });

  it('is unreachable if it does not support TLS', async () => {
    const to = await serve({ body: {} });
    const failure = await failureOf(
      httpTo(to, 'zendesk').request(read(to, { url: to.origin.replace('http:', 'https:') })),
    );
    expect(failure.kind).toBe('unreachable');
  });

  it.each([
    ['ENOTFOUND', 'unreachable'],
    ['CERT_HAS_EXPIRED', 'unreachable'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'unreachable'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'unreachable'],
    ['EAI_AGAIN', 'unavailable'],
    ['EHOSTUNREACH', 'unavailable'],
    ['ETIMEDOUT', 'unavailable'],
    ['EPIPE', 'unsure'],
    ['ESOMETHING', 'unsure'],
  ])('with the code %s in a write is %s', (code, kind) => {
    const error = Object.assign(new Error('secret text'), { code });
    const failure = networkFailure(error, { system: 'zendesk', operation: 'write', repeatable: false, status: null });
    expect(failure).toMatchObject({ kind, code });
    expect(inspect(failure)).not.toContain('secret text');
  });
});

describe('a failure', () => {
  it('never contains the token or the body of the request, even if the server repeats them', async () => {
    const replies: readonly LoopbackHandler[] = [
      (request) => ({
        status: 401,
        body: { error: 'invalid_token', error_description: `Token ${TOKEN} of ${request.body}` },
      }),
      (request) => ({
        status: 422,
        body: { error: request.headers.authorization, details: { name: [{ description: TOKEN }] } },
      }),
      (request) => ({ status: 500, headers: { 'x-request-id': TOKEN }, body: `Bearer ${TOKEN} ${request.body}` }),
      () => ({ body: `<html>${TOKEN}</html>` }),
      (_request, { response }) => void response.socket?.destroy(),
    ];
    for (const handler of replies) {
      const to = await serve(handler);
      const sent = write(to, { json: { client_secret: 'canary-secret-77aa', note: 1 } });
      for (const system of ['zendesk', 'dynamics', 'entra'] as const) {
        const failure = await failureOf(httpTo(to, system).request(sent));
        const shown = `${inspect(failure, { depth: 9, showHidden: true })} ${JSON.stringify(failure)} ${String(failure.stack)}`;
        expect(shown).not.toContain(TOKEN);
        expect(shown).not.toContain('canary-secret-77aa');
        expect(failure.cause).toBeUndefined();
      }
      await to.close();
    }
  });

  it('has a message with system, operation, status, code and request id', async () => {
    const to = await serve({
      status: 404,
      headers: { 'x-request-id': 'abc-1' },
      body: { error: 'RecordNotFound', description: 'Not found' },
    });
    const failure = await failureOf(httpTo(to, 'zendesk').request(read(to)));
    expect(failure.message).toBe(
      'The Zendesk request "read things" failed with 404 RecordNotFound (request abc-1): Not found',
    );
  });

  it('is unsure for a write if the server resets a reused connection', async () => {
    const to = await serve((_request, { nth, response }) => {
      if (nth === 1) return { body: {} };
      response.socket?.resetAndDestroy();
      return undefined;
    });
    const http = httpTo(to, 'zendesk');
    await http.request(read(to));
    expect(await failureOf(http.request(write(to)))).toMatchObject({ kind: 'unsure', code: 'ECONNRESET' });
  });
});
