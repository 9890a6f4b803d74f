import { afterEach, describe, expect, it } from '@jest/globals';
import { runCli } from '../cli/run-cli.ts';
import type { ConnectionSettings } from '../../domain/connection/connection.ts';
import type { PingCheck } from '../../domain/connection/ping-check.ts';
import { issueZendeskToken } from '../fixtures/consent.ts';
import type { JournalEntry } from '../fixtures/sandbox.ts';
import { WRONG_SECRET, WRONG_TOKEN } from '../fixtures/credential-failures.ts';
import { saveConnection } from '../fixtures/accounts.ts';
import { setUpWorldWithApi } from '../fixtures/set-up-world.ts';

/** Nothing listens at port 9 (discard). */
const NOWHERE = 'http://127.0.0.1:9';
const ZENDESK_CHECKS = [
  'zendesk.address',
  'zendesk.token',
  'zendesk.scopes',
  'zendesk.renewal',
  'zendesk.fields',
  'zendesk.tagging',
  'zendesk.bulkUserImport',
  'zendesk.multipleOrganizations',
  'zendesk.externalIds',
  'zendesk.firstSync',
  'zendesk.rateLimit',
  'zendesk.clock',
  'zendesk.webhook',
];
const DYNAMICS_CHECKS = [
  'dynamics.address',
  'dynamics.user',
  'dynamics.legalEntities',
  'dynamics.customers',
  'dynamics.vendors',
  'dynamics.contacts',
  'dynamics.annotation.customers',
  'dynamics.annotation.vendors',
  'dynamics.clock',
];

interface Ping {
  readonly ok: boolean;
  readonly checks: readonly PingCheck[];
}

describe('ping', () => {
  const { world, api } = setUpWorldWithApi({ seed: 'distributor', limits: 'sandbox' });
  const connections = { count: 0 };

  afterEach(async () => {
    const dynamics = { unmappedAppStatus: null, deniedEntitySets: [], notEditable: [] };
    await world.sandbox.control('PATCH', '/settings/dynamics', dynamics);
    await world.sandbox.control('PATCH', '/settings/zendesk', { bulkUserImport: true, multipleOrganizations: true });
  });

  /** Creates a connection for one test, because results about a system are kept for its connection. */
  const connect = async (change: (settings: ConnectionSettings) => ConnectionSettings = (same) => same) => {
    connections.count += 1;
    const id = `ping-${connections.count}`;
    const withContacts = (settings: ConnectionSettings): ConnectionSettings =>
      change({ ...settings, sync: { ...settings.sync, contacts: true } });
    await world.connect(id, withContacts);
    return id;
  };
  const ping = async (id: string): Promise<Ping> => {
    const { status, body } = await api.request('POST', `/api/connections/${id}/ping`, {});
    expect(status).toBe(200);
    const found = body as Ping;
    expect(found.ok).toBe(found.checks.every((check) => check.status !== 'fail'));
    expect(new Set(found.checks.map(({ system }) => system))).toEqual(new Set(['entra', 'dynamics', 'zendesk']));
    const names = found.checks.map(({ name }) => name);
    expect(names).toEqual(['entra.address', 'entra.token', ...DYNAMICS_CHECKS, ...ZENDESK_CHECKS]);
    const text = JSON.stringify(body);
    for (const secret of [WRONG_SECRET, WRONG_TOKEN, world.sandbox.clientSecret, world.sandbox.zendeskToken])
      expect(text).not.toContain(secret);
    for (const { status: state, fix, detail } of found.checks) {
      expect(detail).not.toBe('');
      if (state === 'fail') expect(fix).not.toBe('');
    }
    return found;
  };
  const failures = ({ checks }: Ping) => checks.filter(({ status }) => status === 'fail');
  const of = ({ checks }: Ping, wanted: string) => checks.find(({ name }) => name === wanted);
  const cli = (...args: string[]) =>
    runCli(args, { LEDGERDESK_URL: api.url, LEDGERDESK_ADMIN_TOKEN: 'the-admin-token' });

  it('finds everything in order, and exits 0', async () => {
    const id = await connect();
    const found = await ping(id);
    expect(failures(found)).toEqual([]);
    const warned = found.checks.filter(({ status }) => status === 'warn').map(({ name }) => name);
    expect(warned).toEqual(['zendesk.webhook']);
    expect(of(found, 'dynamics.legalEntities')?.detail).toContain('usmf, frrt');
    expect(of(found, 'zendesk.rateLimit')?.detail).toMatch(
      /^Zendesk allows 700 requests a minute, of which \d+ are left now\.$/,
    );
    const { code, stdout } = await cli('ping', id);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^ok +entra\.token +Entra issues tokens for F&O\.$/m);
    expect(JSON.parse((await cli('ping', id, '--json')).stdout)).toMatchObject({ ok: true });
  });

  it('only reads, except for tokens and an empty bulk create', async () => {
    const id = await connect();
    await world.sandbox.control('DELETE', '/journal');
    await ping(id);
    const { items } = await world.sandbox.control<{ items: JournalEntry[] }>('GET', '/journal');
    const writes = items.filter(({ method, system }) => method !== 'GET' && system !== 'entra');
    expect(writes.map(({ method, path, body, effect }) => ({ method, path, body, effect }))).toEqual([
      { method: 'POST', path: '/api/v2/users/create_many', body: { users: [] }, effect: false },
    ]);
    const tokens = items.filter(({ system }) => system === 'entra');
    expect(tokens.map(({ operation }) => operation).length).toBe(1);
    expect(items.length).toBeLessThan(35);
  });

  it('blames Entra for a wrong client secret, checks Zendesk all the same, and exits 1', async () => {
    const id = await connect();
    await world.store.credentials.apply(id, { 'dynamics.clientSecret': WRONG_SECRET });
    const found = await ping(id);
    expect(failures(found)).toMatchObject([{ name: 'entra.token', system: 'entra' }]);
    expect(failures(found)[0]?.fix).toContain(`The client secret of app ${world.sandbox.clientId} is wrong`);
    expect(of(found, 'zendesk.token')?.status).toBe('ok');
    const { code, stdout } = await cli('ping', id);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^fail +entra\.token/m);
    const asJson = await cli('ping', id, '--json');
    expect(asJson.code).toBe(1);
    expect(JSON.parse(asJson.stdout)).toMatchObject({ ok: false });
  });

  it('reports Entra for a connection without a credential for F&O', async () => {
    const { settings } = await world.store.connections.require(await connect());
    await saveConnection(world.store, 'bare', settings);
    await world.store.credentials.apply('bare', { 'zendesk.accessToken': world.sandbox.zendeskToken });
    expect(failures(await ping('bare'))).toMatchObject([{ name: 'entra.token', system: 'entra' }]);
  });

  it.each([401, 403])('blames F&O for an app that is mapped to no user (answered %i)', async (unmappedAppStatus) => {
    const id = await connect();
    await world.sandbox.control('PATCH', '/settings/dynamics', { unmappedAppStatus });
    const found = await ping(id);
    expect(failures(found)).toMatchObject([{ name: 'dynamics.user', system: 'dynamics' }]);
    expect(failures(found)[0]?.fix).toContain(`Map app ${world.sandbox.clientId} in F&O`);
    expect(of(found, 'entra.token')?.status).toBe('ok');
  });

  it('names the records that the F&O user may not read', async () => {
    const id = await connect();
    await world.sandbox.control('PATCH', '/settings/dynamics', { deniedEntitySets: ['ContactPersons'] });
    const found = await ping(id);
    expect(failures(found)).toMatchObject([{ name: 'dynamics.contacts', system: 'dynamics' }]);
    expect(failures(found)[0]?.fix).toContain('the privilege to read contacts');
    expect(of(found, 'dynamics.customers')?.status).toBe('ok');
  });

  it('names a legal entity that F&O does not show, and checks the rest', async () => {
    const legalEntities = ['usmf', 'zzzz'];
    const id = await connect((settings) => ({ ...settings, dynamics: { ...settings.dynamics, legalEntities } }));
    const found = await ping(id);
    expect(failures(found)).toMatchObject([{ name: 'dynamics.legalEntities', system: 'dynamics' }]);
    expect(failures(found)[0]?.detail).toContain('zzzz');
    expect(of(found, 'dynamics.customers')?.status).toBe('ok');
  });

  it('names an annotation field that no user may write', async () => {
    const id = await connect();
    await world.sandbox.control('PATCH', '/settings/dynamics', { notEditable: ['CustomerV3.SalesMemo'] });
    const found = await ping(id);
    expect(failures(found)).toEqual([]);
    expect(of(found, 'dynamics.annotation.customers')).toMatchObject({ status: 'warn' });
  });

  it('reports Zendesk for a token that it treats as anonymous', async () => {
    const id = await connect();
    await world.store.credentials.apply(id, { 'zendesk.accessToken': WRONG_TOKEN });
    const found = await ping(id);
    expect(failures(found)).toMatchObject([{ name: 'zendesk.token', system: 'zendesk' }]);
    expect(of(found, 'dynamics.user')?.status).toBe('ok');
  });

  it('reports Zendesk for the token of an agent, and for one that may not write', async () => {
    const id = await connect();
    await world.sandbox.control('POST', '/state/zendesk/users', { name: 'Agent', email: 'a@desk.test', role: 'agent' });
    const agent = await issueZendeskToken(world.sandbox, { role: 'agent' });
    await world.store.credentials.apply(id, { 'zendesk.accessToken': agent });
    const byAgent = await ping(id);
    expect(failures(byAgent)).toMatchObject([{ name: 'zendesk.token', system: 'zendesk' }]);
    expect(failures(byAgent)[0]?.detail).toContain('the role agent');
    const reader = await issueZendeskToken(world.sandbox, { role: 'admin', scope: 'read' });
    await world.store.credentials.apply(id, { 'zendesk.accessToken': reader });
    const byReader = await ping(id);
    expect(failures(byReader)).toMatchObject([{ name: 'zendesk.scopes', system: 'zendesk' }]);
  });

  it('reports that every address responds, and that the clocks agree', async () => {
    const found = await ping(await connect());
    for (const system of ['entra', 'dynamics', 'zendesk'] as const) {
      const { host } = new URL(world.sandbox[system]);
      const detail = `${host} answers without TLS, which LEDGERDESK_ALLOW_HOSTS allows.`;
      expect(of(found, `${system}.address`)).toMatchObject({ status: 'ok', system, detail });
    }
    for (const title of ['Dynamics 365', 'Zendesk'])
      expect(found.checks.map(({ detail }) => detail)).toContain(
        `The clocks of this machine and of ${title} agree within a minute.`,
      );
  });

  const to = (part: Partial<ConnectionSettings['dynamics']>) => (settings: ConnectionSettings) => ({
    ...settings,
    dynamics: { ...settings.dynamics, ...part },
  });
  const toZendesk = (change: (baseUrl: string) => string) => (settings: ConnectionSettings) => ({
    ...settings,
    zendesk: { ...settings.zendesk, baseUrl: change(settings.zendesk.baseUrl) },
  });

  it.each([
    { system: 'zendesk', where: 'nothing listens', code: 'ECONNREFUSED', change: toZendesk(() => NOWHERE) },
    {
      system: 'zendesk',
      where: 'the server has no TLS',
      code: 'E(PROTO|RR_SSL)',
      change: toZendesk((baseUrl) => baseUrl.replace('http:', 'https:')),
    },
    {
      system: 'zendesk',
      where: 'the host is not allowed',
      code: 'EGRESS',
      change: toZendesk(() => 'https://localhost'),
    },
    {
      system: 'dynamics',
      where: 'nothing listens',
      code: 'ECONNREFUSED',
      change: to({ environmentUrl: NOWHERE }),
    },
    { system: 'entra', where: 'nothing listens', code: 'ECONNREFUSED', change: to({ authorityHost: NOWHERE }) },
  ])('reports only the address of $system where $where', async ({ system, code, change }) => {
    await world.sandbox.control('PATCH', '/settings/entra', { furtherResources: [NOWHERE] });
    const found = await ping(await connect(change));
    expect(failures(found)).toMatchObject([{ name: `${system}.address`, system }]);
    expect(failures(found)[0]?.detail).toMatch(new RegExp(`does not answer \\(${code}`));
    expect(failures(found)[0]?.fix).toMatch(/^Check the address of /);
    const other = system === 'zendesk' ? 'dynamics.customers' : 'zendesk.scopes';
    expect(of(found, other)?.status).toBe('ok');
  });

  it('estimates what a first sync would cost', async () => {
    const found = await ping(await connect());
    const totalOf = async (set: string) =>
      (await world.sandbox.control<{ total: number }>('GET', `/state/dynamics/${set}`)).total;
    const [customers, vendors, contacts] = await Promise.all(['customers', 'vendors', 'contacts'].map(totalOf));
    expect(of(found, 'zendesk.firstSync')).toMatchObject({ status: 'ok' });
    expect(of(found, 'zendesk.firstSync')?.detail).toMatch(
      new RegExp(
        `^A first sync reads ${customers} customers, ${vendors} vendors and ${contacts} contacts of usmf, frrt\\. It needs about 6 ` +
          'requests to F&O and \\d+ to Zendesk, at least 1 minute at 525 a minute\\. ',
      ),
    );
    const legalEntities: readonly string[] = [];
    const all = await connect((settings) => ({ ...settings, dynamics: { ...settings.dynamics, legalEntities } }));
    const { body } = await api.request('POST', `/api/connections/${all}/ping`, {});
    expect(of(body as Ping, 'zendesk.firstSync')?.detail).toContain(
      `${customers} customers, ${vendors} vendors and ${contacts} contacts of all companies`,
    );
  });

  it('reports whose external ids organizations have already', async () => {
    const none = await ping(await connect());
    expect(of(none, 'zendesk.externalIds')).toMatchObject({ status: 'ok' });
    expect(of(none, 'zendesk.externalIds')?.detail).toBe(
      '12 organizations: 0 linked to accounts, none with another external id.',
    );
    for (const external_id of ['USMF:US-009', 'crm-4711', 'crm-4712'])
      await world.sandbox.control('POST', '/state/zendesk/organizations', { name: `Has ${external_id}`, external_id });
    const id = await connect();
    const found = of(await ping(id), 'zendesk.externalIds');
    expect(found).toMatchObject({ status: 'warn', system: 'zendesk' });
    expect(found?.detail).toBe(
      '15 organizations: 0 linked to accounts, 1 with an external id that matches sync.externalId, 2 with an external id from another system.',
    );
    expect(found?.fix).toContain('never adopted or changed');
    expect(await world.sync(id)).toMatchObject({ status: 'completed' });
    const after = of(await ping(id), 'zendesk.externalIds');
    expect(after?.detail).toMatch(
      /^\d+ organizations: \d\d+ linked to accounts, 0 with an external id that matches sync\.externalId, 2 with .* from another system\.$/,
    );
  });

  it('only warns where bulk user import or several organizations of a user are off', async () => {
    const id = await connect();
    await world.sandbox.control('PATCH', '/settings/zendesk', { bulkUserImport: false, multipleOrganizations: false });
    const found = await ping(id);
    expect(failures(found)).toEqual([]);
    expect(of(found, 'zendesk.bulkUserImport')).toMatchObject({ status: 'warn', system: 'zendesk' });
    expect(of(found, 'zendesk.multipleOrganizations')).toMatchObject({ status: 'warn', system: 'zendesk' });
  });
});
