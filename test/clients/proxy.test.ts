import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createAlertReceiver } from '../../clients/alert-receiver.ts';
import { createEgress, type Egress } from '../../clients/egress.ts';
import { createExchange } from '../../clients/exchange.ts';
import { createHttp } from '../../clients/http.ts';
import { usesProxy } from '../../clients/proxy.ts';
import { watchConnectionAttempts, type ConnectionAttempts } from '../fixtures/connection-attempts.ts';
import { startForwardProxy, type ForwardProxy } from '../fixtures/forward-proxy.ts';
import { PRIVATE_ADDRESSES } from '../fixtures/hostile-addresses.ts';
import { startNameServer, type NameServer } from '../fixtures/name-server.ts';
import { createRecorder, failureOf } from './kit.ts';

describe('the choice of the proxy', () => {
  const proxied = (url: string, ...noProxy: string[]): boolean =>
    usesProxy(new URL(url), { url: 'http://proxy.test:3128', noProxy });

  it('takes the proxy for https, and never for plain http or without a proxy', () => {
    expect(proxied('https://contoso.zendesk.com/api')).toBe(true);
    expect(proxied('http://collector.test:4318')).toBe(false);
    expect(usesProxy(new URL('https://contoso.zendesk.com'), undefined)).toBe(false);
  });

  it.each([
    ...['https://localhost:8443', 'https://desk.localhost', 'https://127.0.0.1', 'https://127.1', 'https://0x7f.0.0.1'],
    ...['https://[::1]:8443', 'https://[::ffff:127.0.0.1]', 'https://[::ffff:a9fe:a9fe]', 'https://0.0.0.0'],
    ...['https://169.254.169.254', 'https://[fd00:ec2::254]', 'https://168.63.129.16', 'https://100.100.100.200'],
    ...['https://metadata.google.internal', 'https://localhost.'],
  ])('never takes it for this machine and metadata services: %s', (url) => {
    expect(proxied(url)).toBe(false);
  });

  it.each([
    ['*', 'https://contoso.zendesk.com', false],
    ['zendesk.com', 'https://contoso.zendesk.com', false],
    ['.zendesk.com', 'https://contoso.zendesk.com', false],
    ['*.zendesk.com', 'https://contoso.zendesk.com', false],
    ['CONTOSO.Zendesk.com', 'https://contoso.zendesk.com', false],
    ['desk.com', 'https://contoso.zendesk.com', true],
    ['contoso.zendesk.com.evil.test', 'https://contoso.zendesk.com', true],
    ['zendesk.com:443', 'https://contoso.zendesk.com', false],
    ['zendesk.com:8443', 'https://contoso.zendesk.com', true],
    ['zendesk.com:8443', 'https://contoso.zendesk.com:8443', false],
    ['10.1.2.3', 'https://10.1.2.3', false],
    ['2.3', 'https://10.1.2.3', true],
    ['fd00::1', 'https://[fd00::1]', false],
    ['[fd00::1]:443', 'https://[fd00::1]', false],
    ['%%%', 'https://contoso.zendesk.com', true],
  ])('follows NO_PROXY=%s for %s', (entry, url, expected) => {
    expect(proxied(url, entry)).toBe(expected);
  });
});

describe('a request through the proxy', () => {
  let names: NameServer;
  let attempts: ConnectionAttempts;
  let proxy: ForwardProxy;
  let status = 502;
  let addresses: readonly string[] | undefined;

  beforeEach(async () => {
    [status, addresses] = [502, ['127.0.0.1']];
    names = await startNameServer((name) => (name.endsWith('.unknown') ? undefined : addresses));
    proxy = await startForwardProxy(() => ({ status }));
    attempts = watchConnectionAttempts();
  });
  afterEach(async () => {
    attempts.stop();
    await Promise.all([names.close(), proxy.close()]);
  });

  const egress = (url = proxy.url, allowHosts: readonly string[] = []): Egress =>
    createEgress(allowHosts, { url, noProxy: ['direct.zendesk.com'] });
  const read = (host: string, rules = egress()) =>
    failureOf(
      createHttp({ system: 'zendesk', egress: rules, observer: createRecorder() }).request({
        ...{ operation: 'read things', method: 'GET', url: `https://${host}/api/v2/things`, buckets: ['account'] },
      }),
    );

  it('asks the proxy for the name of a vendor, and does not resolve it here', async () => {
    await read('contoso.zendesk.com');
    expect([proxy.connects, names.queries]).toEqual([['contoso.zendesk.com:443'], []]);
    expect(attempts.seen).toEqual([`127.0.0.1:${proxy.port}`]);
  });

  it('is still refused for a host that belongs to no vendor', async () => {
    expect(await read('evil.test')).toMatchObject({ kind: 'blocked', code: 'EGRESS' });
    expect([proxy.connects, attempts.seen]).toEqual([[], []]);
  });

  it('goes directly to a host of NO_PROXY, where private addresses are refused as without a proxy', async () => {
    expect(await read('direct.zendesk.com')).toMatchObject({ kind: 'blocked' });
    expect([proxy.connects, attempts.seen]).toEqual([[], []]);
  });

  it('sends the credentials in the URL of the proxy', async () => {
    const url = proxy.url.replace('//', '//desk:p%40ss@');
    await read('contoso.zendesk.com', egress(url));
    expect(proxy.credentials).toEqual([`Basic ${Buffer.from('desk:p@ss').toString('base64')}`]);
  });

  it.each([
    { given: 407, kind: 'unreachable', says: 'requires other credentials', advises: 'HTTPS_PROXY (http://user:' },
    { given: 403, kind: 'unreachable', says: 'does not allow a connection', advises: 'allow the host in the proxy' },
    { given: 503, kind: 'unavailable', says: 'could not connect to the host', advises: 'Check the address in the' },
  ])('says what the status $given of the proxy means, which is no answer of Zendesk', async (expected) => {
    status = expected.given;
    const failure = await read('contoso.zendesk.com');
    expect(failure).toMatchObject({ kind: expected.kind, status: null, code: `PROXY_${status}` });
    expect(failure.detail).toContain(`the proxy in HTTPS_PROXY ${expected.says}`);
    expect(failure.advice).toContain(expected.advises);
  });

  it('says that the proxy cannot be reached, and does not go around it', async () => {
    const { url } = proxy;
    await proxy.close();
    expect(await read('contoso.zendesk.com')).toMatchObject({ kind: 'unavailable', code: 'PROXY_ECONNREFUSED' });
    expect(await read('contoso.zendesk.com', egress('http://proxy.unknown:3128'))).toMatchObject({
      ...{ kind: 'unreachable', code: 'PROXY_ENOTFOUND' },
      advice: expect.stringContaining('Check that HTTPS_PROXY names the proxy'),
    });
    expect(attempts.seen).toEqual([url.replace('http://', '')]);
    proxy = await startForwardProxy(() => ({ status }));
  });

  const alert = {
    ...({ id: 'a1', connectionId: 'contoso', subject: 'sync', isFailing: true, code: 'x' } as const),
    ...{ message: 'x', runId: null, at: '2026-11-30T00:00:00.000Z' },
  };
  const sendAlert = (host: string, rules = egress()) =>
    createAlertReceiver({
      ...{ url: `https://${host}/alerts`, secret: 'the secret', publicUrl: undefined, exchange: createExchange(rules) },
    })(alert).then(
      () => 'delivered',
      (error: unknown) => (error as Error).message,
    );

  it.each(PRIVATE_ADDRESSES)('is refused for alerts to a name with an address of %s (%s)', async (_what, address) => {
    addresses = [address, '52.1.2.3'];
    expect(await sendAlert('alerts.test')).toContain('has a private address');
    expect([proxy.connects, attempts.seen]).toEqual([[], []]);
  });

  it('takes alerts to a public name, to a name that only the proxy resolves, and to an allowed host', async () => {
    addresses = ['52.1.2.3'];
    expect(await sendAlert('alerts.test')).toContain('PROXY_502');
    expect(await sendAlert('alerts.unknown')).toContain('PROXY_502');
    addresses = ['10.0.0.1'];
    expect(await sendAlert('alerts.corp.test', egress(proxy.url, ['alerts.corp.test']))).toContain('PROXY_502');
    expect(proxy.connects).toEqual(['alerts.test:443', 'alerts.unknown:443', 'alerts.corp.test:443']);
  });
});
