import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startApiProcess, type ApiProcess } from '../fixtures/api-process.ts';
import { startForwardProxy, type ForwardProxy } from '../fixtures/forward-proxy.ts';
import { createPrivateCa, type PrivateCa } from '../fixtures/private-ca.ts';
import { startProductWorker, type ProductWorker } from '../fixtures/product-worker.ts';
import { startTestSandbox, type TestSandbox } from '../fixtures/sandbox.ts';
import { until } from '../fixtures/stops.ts';
import { startTlsReceiver, type TlsReceiver } from '../fixtures/tls-receiver.ts';
import { createWorld, type World } from '../fixtures/world.ts';

/** Only the proxy knows where these names lead. */
const HOSTS = {
  zendesk: 'contoso.zendesk.test',
  dynamics: 'contoso.operations.test',
  entra: 'login.contoso.test',
  receiver: 'receivers.contoso.test',
} as const;
const CUSTOMER = '/state/dynamics/customers/usmf/US-017';
const RENAMED = 'Turtle and Daughters Wholesales';

interface User {
  readonly id: number;
  readonly organization_id: number | null;
}

interface Hooks {
  readonly zendesk: string;
  readonly dynamics: string;
}

describe('behind a forward proxy that resolves all names, with a private certificate authority', () => {
  let world: World;
  let sandbox: TestSandbox;
  let ca: PrivateCa;
  let receiver: TlsReceiver;
  let proxy: ForwardProxy;
  let api: ApiProcess | undefined;
  let worker: ProductWorker | undefined;
  let folder: string;
  let hooks: Hooks;

  const env = (): Record<string, string> => ({
    // gRPC reads the lower-case name by itself. It must not take the way through the proxy to Temporal.
    https_proxy: proxy.url.replace('//', '//desk:secret@'),
    NODE_EXTRA_CA_CERTS: ca.caFile,
    NODE_OPTIONS: `--import ${pathToFileURL(join(import.meta.dirname, '../fixtures/record-connections.mjs')).href}`,
    TEST_CONNECTIONS_FILE: join(folder, 'connections'),
    LEDGERDESK_ALLOW_HOSTS: [HOSTS.zendesk, HOSTS.dynamics, HOSTS.entra].join(),
    LEDGERDESK_ALERT_URL: `https://${HOSTS.receiver}/alerts`,
    LEDGERDESK_ALERT_SECRET: 'the secret of the receiver',
    OTEL_EXPORTER_OTLP_ENDPOINT: `https://${HOSTS.receiver}`,
    OTEL_BSP_SCHEDULE_DELAY: '200',
  });

  beforeAll(async () => {
    [world, ca, folder] = await Promise.all([
      createWorld({ seed: 'empty' }),
      createPrivateCa(Object.values(HOSTS)),
      mkdtemp(join(tmpdir(), 'ledgerdesk-network-')),
    ]);
    const urls = (['zendesk', 'dynamics', 'entra'] as const).flatMap((system) => [
      ...['--url', `${system}=https://${HOSTS[system]}`],
    ]);
    const flags = ['--tls-cert', ca.certFile, '--tls-key', ca.keyFile, ...urls];
    const [cert, key] = await Promise.all([readFile(ca.certFile, 'utf8'), readFile(ca.keyFile, 'utf8')]);
    [sandbox, receiver] = await Promise.all([
      startTestSandbox({ seed: 'distributor', flags }),
      startTlsReceiver({ cert, key }),
    ]);
    const ports = { ...sandbox.ports, receiver: receiver.port } as Readonly<Record<string, number>>;
    const routes = new Map(Object.entries(HOSTS).map(([name, host]) => [`${host}:443`, ports[name] ?? 0]));
    proxy = await startForwardProxy((authority) => {
      const port = routes.get(authority);
      return port === undefined ? { status: 403 } : { port };
    });
    [worker, api] = await Promise.all([startProductWorker(world, env()), startApiProcess(world, { env: env() })]);
  });
  afterAll(async () => {
    await Promise.all([api?.kill(), worker?.stop()]);
    await Promise.all([world.close(), sandbox.stop(), proxy.close(), receiver.close(), ca.remove()]);
    await rm(folder, { recursive: true, force: true });
  });

  const request = async <Body>(method: string, path: string, body?: object): Promise<Body> => {
    const answer = await api?.request(method, path, body);
    if (answer === undefined || answer.status >= 300) throw new Error(`${path}: ${JSON.stringify(answer)}`);
    return answer.body as Body;
  };
  const organizations = async (): Promise<{ id: number; name: string; external_id: string | null }[]> =>
    (await sandbox.control<{ items: never[] }>('GET', '/state/zendesk/organizations')).items;

  const memo = async (): Promise<string> =>
    (await sandbox.control<{ values: { SalesMemo: string } }>('GET', CUSTOMER)).values.SalesMemo;

  it('applies a connection, and finds it healthy', async () => {
    const applied = await request<{ connection: { hooks: Hooks } }>('POST', '/api/connections', {
      id: 'contoso',
      dynamics: {
        ...{ environmentUrl: sandbox.dynamics, tenantId: sandbox.tenantId, clientId: sandbox.clientId },
        ...{ clientSecret: sandbox.clientSecret, authorityHost: sandbox.entra, legalEntities: ['usmf', 'frrt'] },
      },
      zendesk: { subdomain: 'contoso', baseUrl: sandbox.zendesk, accessToken: sandbox.zendeskToken },
      sync: { every: '1d', reconcileEvery: '1d' },
    });
    hooks = applied.connection.hooks;
    const { checks } = await request<{ checks: { status: string }[] }>('POST', '/api/connections/contoso/ping', {});
    expect(checks.length).toBeGreaterThan(5);
    expect(checks.filter(({ status }) => status === 'fail')).toEqual([]);
  });

  it('syncs customers, vendors and contacts', async () => {
    const { runId } = await request<{ runId: string }>('POST', '/api/connections/contoso/sync', {});
    expect(await world.ended(runId)).toMatchObject({ status: 'completed' });
    expect((await organizations()).filter(({ external_id }) => external_id !== null).length).toBeGreaterThan(50);
  });

  it('handles a business event of F&O and a ticket of Zendesk', async () => {
    const endpoint = { url: hooks.dynamics, transport: 'https', payload: 'business' };
    await sandbox.control('POST', '/state/dynamics/endpoints', endpoint);
    await request('POST', '/api/connections/contoso/wire', {});
    await sandbox.control('PUT', CUSTOMER, { OrganizationName: RENAMED });
    await until('the organization is renamed', async () =>
      (await organizations()).some(({ name }) => name === RENAMED),
    );
    const organizationId = (await organizations()).find(({ name }) => name === RENAMED)?.id;
    const before = await memo();
    const users = await sandbox.control<{ items: User[] }>('GET', '/state/zendesk/users');
    const requester = users.items.find((user) => user.organization_id === organizationId);
    await sandbox.control('POST', '/state/zendesk/tickets', {
      ...{ requester_id: requester?.id, organization_id: organizationId },
      ...{ subject: 'The delivery has not arrived', status: 'open', priority: 'urgent' },
    });
    await until('the account is annotated', async () => (await memo()) !== before);
  });

  it('delivers alerts and traces', async () => {
    // Half of the customers are gone, so the run fails without a wait.
    const missingRows = Array.from({ length: 20 }, (_, nth) => `usmf/US-${String(nth + 1).padStart(3, '0')}`);
    await sandbox.control('PATCH', '/settings/dynamics', { missingRows });
    const { runId } = await request<{ runId: string }>('POST', '/api/connections/contoso/sync', {});
    expect(await world.ended(runId)).toMatchObject({ status: 'failed' });
    await until('an alert has arrived', () => Promise.resolve(receiver.bodies('/alerts').length > 0));
    expect(receiver.bodies('/alerts')[0]).toContain('"type":"sync.failed"');
    await until('traces have arrived', () =>
      Promise.resolve(receiver.bodies('/v1/traces').join().includes('RunActivity:readRecordsPage')),
    );
  });

  it('reached every host through the proxy, with its credentials, and connected to nothing else', async () => {
    expect(new Set(proxy.connects)).toEqual(new Set(Object.values(HOSTS).map((host) => `${host}:443`)));
    expect(new Set(proxy.credentials)).toEqual(new Set([`Basic ${Buffer.from('desk:secret').toString('base64')}`]));
    expect(proxy.requests).toEqual([]);
    const attempts = (await readFile(join(folder, 'connections'), 'utf8')).split('\n').filter((line) => line !== '');
    const database = new URL(world.databaseUrl);
    const own = new Set([
      ...[`127.0.0.1:${proxy.port}`, `127.0.0.1:${database.port}`, process.env['TEST_TEMPORAL_ADDRESS'] ?? ''],
    ]);
    expect(attempts).toContain(`127.0.0.1:${proxy.port}`);
    expect(attempts.filter((attempt) => !own.has(attempt))).toEqual([]);
  });
});
