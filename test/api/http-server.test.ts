import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sendRaw, type RawExchange } from '../fixtures/raw-request.ts';
import { startApi, type RunningApi } from './running-api.ts';

const HOST = 'Host: ledgerdesk';
const AUTH = 'Authorization: Bearer the-admin-token';
const refusal = (code: string) => ({ error: { code, message: expect.any(String) } });

describe('the HTTP server', () => {
  let api: RunningApi;
  beforeAll(async () => {
    api = await startApi();
  });
  afterAll(() => api.close());

  const lines = (...all: string[]): string => [...all, '', ''].join('\r\n');

  describe('gives slow senders up:', () => {
    const trickle = 'x'.repeat(100);
    const post = (path: string, ...more: string[]): string =>
      lines(`POST ${path} HTTP/1.1`, HOST, 'Content-Length: 1000', ...more);
    const begun = `GET /healthz HTTP/1.1\r\n${HOST}\r\nX-Slow: `;
    const sent = {
      nothing: '',
      headers: begun,
      later: `${lines('GET /healthz HTTP/1.1', HOST)}${begun}`,
      body: post('/api/connections', AUTH),
      door: post('/webhooks/zendesk/nobody-has-this-hook'),
      unwanted: post('/api/connections'),
    };
    let exchanges: Record<keyof typeof sent, RawExchange>;
    beforeAll(async () => {
      const all = Object.entries(sent).map(
        async ([name, text]) => [name, await sendRaw(api.origin, text, name === 'nothing' ? {} : { trickle })] as const,
      );
      exchanges = Object.fromEntries(await Promise.all(all)) as typeof exchanges;
    });
    const statuses = ({ text }: RawExchange): string[] => text.match(/(?<=HTTP\/1\.1 )\d+/g) ?? [];

    it.each(['nothing', 'headers'] as const)('with 408 within six seconds, who sends %s', (name) => {
      expect(exchanges[name]).toMatchObject({ status: 408, body: refusal('too_slow') });
      expect(exchanges[name].closedMs).toBeGreaterThan(4_000);
      expect(exchanges[name].closedMs).toBeLessThanOrEqual(6_000);
    });

    it('with 408 within six seconds, whose second request on a connection has slow headers', () => {
      expect(statuses(exchanges.later)).toEqual(['200', '408']);
      expect(exchanges.later.closedMs).toBeLessThanOrEqual(6_000);
    });

    it.each(['body', 'door'] as const)('with 408 within nine seconds, whose body is slow: %s', (name) => {
      expect(exchanges[name]).toMatchObject({ status: 408, body: refusal('too_slow') });
      expect(exchanges[name].closedMs).toBeGreaterThan(7_000);
      expect(exchanges[name].closedMs).toBeLessThanOrEqual(9_000);
    });

    it('without a second answer, whose slow body nobody wanted', () => {
      expect(statuses(exchanges.unwanted)).toEqual(['401']);
      expect(exchanges.unwanted.closedMs).toBeLessThanOrEqual(9_000);
    });
  });

  it('answers 431 to headers of 20 KB, and takes 12 KB', async () => {
    const withHeader = (bytes: number) =>
      sendRaw(api.origin, lines('GET /healthz HTTP/1.1', HOST, 'Connection: close', `X-Large: ${'x'.repeat(bytes)}`));
    expect(await withHeader(20_000)).toMatchObject({ status: 431, body: refusal('headers_too_large') });
    expect(await withHeader(12_000)).toMatchObject({ status: 200, body: { ok: true } });
  });

  it.each([
    [
      'both lengths',
      lines('POST /api/connections HTTP/1.1', HOST, AUTH, 'Content-Length: 4', 'Transfer-Encoding: chunked') +
        '0\r\n\r\n',
    ],
    [
      'both lengths the other way round',
      lines('POST /api/connections HTTP/1.1', HOST, AUTH, 'Transfer-Encoding: chunked', 'Content-Length: 4') +
        '0\r\n\r\n',
    ],
    [
      'two different lengths',
      lines('POST /api/connections HTTP/1.1', HOST, AUTH, 'Content-Length: 4', 'Content-Length: 5') + 'xxxx',
    ],
    [
      'a transfer encoding that is not chunked last',
      lines('POST /api/connections HTTP/1.1', HOST, AUTH, 'Transfer-Encoding: chunked, identity') + '0\r\n\r\n',
    ],
    [
      'a header folded over lines',
      lines('GET /healthz HTTP/1.1', HOST, 'X-Folded: a', ' b: c', '\tTransfer-Encoding : chunked'),
    ],
    ['no host', lines('GET /healthz HTTP/1.1')],
    ['no HTTP', 'hello\r\n\r\n'],
  ])('answers 400 to a request with %s, and reads no second one out of it', async (_what, text) => {
    const exchange = await sendRaw(api.origin, `${text}${lines('GET /healthz HTTP/1.1', HOST)}`);
    expect(exchange.status).toBe(400);
    expect(exchange.text.match(/HTTP\/1\.1/g)).toHaveLength(1);
  });

  it('does not say what it is made of', async () => {
    const { headers } = await api.askPlainly('GET', '/healthz', {});
    expect([headers.get('x-powered-by'), headers.get('server'), headers.get('etag')]).toEqual([null, null, null]);
  });

  it('goes on when a body breaks off', async () => {
    const cut = lines('POST /events/dynamics/nobody HTTP/1.1', HOST, 'Content-Length: 10') + 'x';
    expect((await sendRaw(api.origin, cut, { cutAfterMs: 200 })).status).toBeNull();
    expect((await api.askPlainly('GET', '/healthz', {})).status).toBe(200);
  });
});
