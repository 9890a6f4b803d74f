import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createDynamicsClient } from '../../clients/dynamics/client.ts';
import { createEgress } from '../../clients/egress.ts';
import { createTokenRequest } from '../../clients/entra/token-request.ts';
import type { RemoteSystem } from '../../clients/errors.ts';
import { createExchange } from '../../clients/exchange.ts';
import { createHttp } from '../../clients/http.ts';
import { networkFailure } from '../../clients/network-failure.ts';
import { createZendeskClient, type ZendeskClient } from '../../clients/zendesk/client.ts';
import { specOf } from '../fixtures/accounts.ts';
import { watchConnectionAttempts, type ConnectionAttempts } from '../fixtures/connection-attempts.ts';
import { HOSTILE_ADDRESSES, PRIVATE_ADDRESSES } from '../fixtures/hostile-addresses.ts';
import { closeLoopbacks, startLoopback, type Loopback } from '../fixtures/loopback.ts';
import { startNameServer, type NameServer } from '../fixtures/name-server.ts';
import { createRecorder, failureOf } from './kit.ts';

const strict = createEgress([]);
const PUBLIC_ADDRESS = '52.1.2.3';
const httpOf = (system: RemoteSystem, egress = strict) => createHttp({ system, egress, observer: createRecorder() });
const get = (url: string) => ({ operation: 'read things', method: 'GET' as const, url, buckets: ['account'] });

describe('a request to an address that is not allowed', () => {
  let names: NameServer;
  let attempts: ConnectionAttempts;
  let addresses: readonly string[];

  beforeEach(async () => {
    addresses = ['127.0.0.1'];
    names = await startNameServer((name) => (name.endsWith('.unknown') ? undefined : addresses));
    attempts = watchConnectionAttempts();
  });
  afterEach(async () => {
    attempts.stop();
    await names.close();
    await closeLoopbacks();
  });

  /**
   * Sends a request without the check of hosts, so that test hosts and ports are possible. Returns the kind of the
   * failure.
   */
  const send = async (url: string, allowHosts: readonly string[] = []): Promise<string> => {
    const exchange = createExchange(createEgress(allowHosts));
    const call = { system: 'zendesk', operation: 'read', repeatable: true, status: null } as const;
    return exchange({ method: 'GET', url }, () => undefined).then(
      ({ status }) => `status ${status}`,
      (error: unknown) => networkFailure(error, call).kind,
    );
  };

  it('makes no connection and no DNS query for 36 hostile spellings of a host', async () => {
    expect(HOSTILE_ADDRESSES).toHaveLength(36);
    for (const [system, address] of HOSTILE_ADDRESSES) {
      const failure = await failureOf(httpOf(system).request(get(`${address}/data`)));
      expect([address, failure.kind, failure.code]).toEqual([address, 'blocked', 'EGRESS']);
      expect(failure.advice).toContain('LEDGERDESK_ALLOW_HOSTS');
    }
    expect([attempts.seen, names.queries]).toEqual([[], []]);
  });

  it.each(PRIVATE_ADDRESSES)('makes no connection to %s with the address %s', async (_what, address) => {
    const server = await startLoopback(() => ({ body: {} }));
    const port = new URL(server.origin).port;
    const host = address.includes(':') ? `[${address}]` : address;
    expect(await send(`https://${host}:${port}/`)).toBe('blocked');
    expect([attempts.seen, server.connections()]).toEqual([[], 0]);
  });

  it.each(PRIVATE_ADDRESSES)('makes no connection to %s with a name that resolves to %s', async (_what, address) => {
    addresses = [address];
    const failure = await failureOf(httpOf('zendesk').request(get('https://contoso.zendesk.com/api/v2/things')));
    expect(failure).toMatchObject({ kind: 'blocked', code: 'EGRESS', status: null });
    expect(failure.detail).toContain('an address that is not public');
    expect(attempts.seen).toEqual([]);
    expect(new Set(names.queries)).toEqual(new Set(['contoso.zendesk.com']));
  });

  it('makes no connection with a name that has a private address among public ones', async () => {
    for (const mixed of [
      [PUBLIC_ADDRESS, '127.0.0.1'],
      ['::1', PUBLIC_ADDRESS],
    ]) {
      addresses = mixed;
      expect(await send('https://remote.test/')).toBe('blocked');
    }
    expect(attempts.seen).toEqual([]);
  });

  it('checks the addresses for every connection, so that a changed DNS response has no effect', async () => {
    const exchange = createExchange(strict);
    const kinds: string[] = [];
    for (addresses of [[], ['10.0.0.1'], ['127.0.0.1'], ['169.254.169.254']])
      await exchange({ method: 'GET', url: 'https://remote.test/' }, () => undefined).catch((error: unknown) => {
        const call = { system: 'zendesk', operation: 'read', repeatable: true, status: null } as const;
        kinds.push(networkFailure(error, call).kind);
      });
    expect(kinds).toEqual(['unreachable', 'blocked', 'blocked', 'blocked']);
    expect([attempts.seen, names.queries.length]).toEqual([[], 8]);
  });

  it('makes no connection for Entra and F&O either, nor for a token request of MSAL', async () => {
    const host = 'https://contoso.operations.dynamics.com';
    expect(await failureOf(httpOf('dynamics').request(get(`${host}/data`)))).toMatchObject({ kind: 'blocked' });
    const requestToken = createTokenRequest({
      tenantId: '11111111-2222-3333-4444-555555555555',
      clientId: 'app',
      credential: { clientSecret: 'Canary~Secret~0123456789' },
      authorityHost: 'https://login.microsoftonline.com',
      resource: host,
      http: httpOf('entra'),
    });
    expect(await failureOf(requestToken())).toMatchObject({ system: 'entra', kind: 'blocked', code: 'EGRESS' });
    expect(attempts.seen).toEqual([]);
    expect(new Set(names.queries)).toEqual(new Set(['contoso.operations.dynamics.com', 'login.microsoftonline.com']));
  });

  it('makes no connection without TLS to a host that is not allowed', async () => {
    const server = await startLoopback(() => ({ body: {} }));
    expect(await send(`http://remote.test:${new URL(server.origin).port}/`)).toBe('blocked');
    expect([attempts.seen, server.connections()]).toEqual([[], 0]);
  });

  it('connects once the host is allowed, by name and by address', async () => {
    const server = await startLoopback(() => ({ body: {} }));
    const { port } = new URL(server.origin);
    expect(await send(`http://remote.test:${port}/`, [`remote.test:${port}`])).toBe('status 200');
    expect(await send(server.origin, [server.host])).toBe('status 200');
    expect(await send(server.origin)).toBe('blocked');
    expect([attempts.seen, server.connections()]).toEqual([[`127.0.0.1:${port}`, `127.0.0.1:${port}`], 2]);
  });
});

describe('a response that refers to another host', () => {
  let elsewhere: Loopback;
  let egress: ReturnType<typeof createEgress>;

  beforeEach(async () => {
    elsewhere = await startLoopback(() => ({ body: { value: [], organizations: [] } }));
    // Even an allowed host gets no request, unless it is the connection's own.
    egress = createEgress(['127.0.0.1']);
  });
  afterEach(closeLoopbacks);

  it.each([301, 302, 303, 307, 308])('is not followed as a redirect (%i)', async (status) => {
    const server = await startLoopback(() => ({ status, headers: { location: `${elsewhere.origin}/data` } }));
    const failure = await failureOf(httpOf('dynamics', egress).request(get(`${server.origin}/data`)));
    expect(failure).toMatchObject({ kind: 'unexpected', status });
    expect(elsewhere.connections()).toBe(0);
  });

  it.each([
    (origin: string) => `${origin}/data/CustomersV3?$skip=1`,
    (origin: string) => origin.replace('http:', ''),
    (origin: string) => `http://user:pass@${new URL(origin).host}/data/CustomersV3`,
  ])('is not followed as the next page of F&O (%#)', async (linkTo) => {
    const body = { value: [], '@odata.nextLink': linkTo(elsewhere.origin) };
    const server = await startLoopback(() => ({ body }));
    const dynamics = createDynamicsClient({
      origin: server.origin,
      tokens: { token: () => Promise.resolve('token') },
      http: httpOf('dynamics', egress),
    });
    const customers = { entity: specOf('customer'), legalEntity: 'usmf' };
    for (const reading of [
      () => dynamics.listLegalEntities(),
      () => dynamics.readRecordsPage(customers),
      () => dynamics.readRecordsPage({ ...customers, nextLink: linkTo(elsewhere.origin) }),
    ])
      expect((await failureOf(reading())).detail).toBe('the link to the next page leads to another host or path.');
    expect([server.requests.length, elsewhere.connections()]).toEqual([2, 0]);
  });

  const zendeskAt = (server: Loopback): ZendeskClient =>
    createZendeskClient({
      origin: server.origin,
      accessToken: () => Promise.resolve('token'),
      http: httpOf('zendesk', egress),
    });

  it('is not followed as the next page of Zendesk, with page numbers or cursors', async () => {
    const field = (nth: number) => ({ id: nth, key: `erp_${nth}`, title: 'City', type: 'text', active: true });
    const numbered = await startLoopback((_request, { nth }) => ({
      body: {
        organization_fields: nth < 3 ? [field(nth)] : [],
        next_page: `${elsewhere.origin}/api/v2/x?page=${nth + 1}`,
      },
    }));
    expect(await zendeskAt(numbered).listFields('organization')).toHaveLength(2);
    expect([numbered.requests.length, elsewhere.connections()]).toEqual([3, 0]);
    const byCursor = await startLoopback((_request, { nth }) => ({
      body: {
        webhooks: [],
        meta: { has_more: nth < 3, after_cursor: `c${nth}` },
        links: { next: `${elsewhere.origin}/api/v2/webhooks?page[after]=c${nth}` },
      },
    }));
    await zendeskAt(byCursor).listWebhooks();
    expect([byCursor.requests.length, elsewhere.connections()]).toEqual([3, 0]);
  });

  it('is not followed as the address of a bulk job', async () => {
    const job = { id: 'j1', status: 'queued', url: `${elsewhere.origin}/api/v2/job_statuses/j1.json`, results: null };
    const server = await startLoopback(({ method }) => ({
      body: method === 'GET' ? { job_statuses: [job] } : { job_status: job },
    }));
    const zendesk = zendeskAt(server);
    const { id } = await zendesk.updateOrganizations([{ id: '7', form: { name: 'Contoso' } }]);
    expect(await zendesk.showJobs([id])).toMatchObject([{ id: 'j1', status: 'queued' }]);
    expect([server.requests.length, elsewhere.connections()]).toEqual([2, 0]);
  });
});
