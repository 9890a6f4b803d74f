import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Sandbox } from '../sandbox.ts';
import { startSandbox } from '../sandbox.ts';

interface Listed {
  readonly items: readonly Readonly<Record<string, unknown>>[];
  readonly total: number;
}

interface StoredAccount {
  readonly legalEntity: string;
  readonly key: string;
  readonly values: Readonly<Record<string, unknown>>;
}

describe('the control server of the sandbox', () => {
  let sandbox: Sandbox;

  const start = async (seed: 'empty' | 'distributor'): Promise<void> => {
    sandbox = await startSandbox({ seed, clockScale: 60 });
  };

  afterEach(() => sandbox.close());

  const send = async (method: string, path: string, body?: unknown): Promise<{ status: number; json: unknown }> => {
    const headers = { 'content-type': 'application/json' };
    const init = body === undefined ? { method } : { method, headers, body: JSON.stringify(body) };
    const response = await fetch(`${sandbox.control}${path}`, init);
    const text = await response.text();
    return { status: response.status, json: text === '' ? undefined : JSON.parse(text) };
  };

  it('sets the clock of all systems', async () => {
    await start('empty');
    expect(await send('PATCH', '/clock', { skewMs: 'soon' })).toMatchObject({ status: 400 });
    for (const skewMs of [-300_000, 300_000, 0]) {
      expect(await send('PATCH', '/clock', { skewMs })).toMatchObject({ json: { skewMs } });
      for (const system of [sandbox.zendesk, sandbox.dynamics, sandbox.entra]) {
        const { headers } = await fetch(system);
        const aheadMs = Date.parse(headers.get('date') ?? '') - Date.now();
        expect(Math.abs(aheadMs - skewMs)).toBeLessThan(10_000);
      }
    }
  });

  const list = async (path: string): Promise<Listed> => (await send('GET', path)).json as Listed;

  const token = async (): Promise<string> => {
    const { tenantId, clientId: client_id, clientSecret: client_secret, dynamics } = sandbox;
    const form = { grant_type: 'client_credentials', client_id, client_secret, scope: `${dynamics}/.default` };
    const url = `${sandbox.entra}/${tenantId}/oauth2/v2.0/token`;
    const response = await fetch(url, { method: 'POST', body: new URLSearchParams(form) });
    return ((await response.json()) as { access_token: string }).access_token;
  };

  const customers = async (bearer: string): Promise<Response> =>
    fetch(`${sandbox.dynamics}/data/CustomersV3?cross-company=true&$select=CustomerAccount`, {
      headers: { authorization: `Bearer ${bearer}` },
    });

  const zendesk = (path: string): Promise<Response> =>
    fetch(`${sandbox.zendesk}/api/v2/${path}`, { headers: { authorization: `Bearer ${sandbox.zendeskToken}` } });

  describe('of an empty sandbox', () => {
    beforeEach(() => start('empty'));

    it('counts and lists the requests to the three systems, but not its own', async () => {
      await customers(await token());
      await zendesk('organizations.json');
      expect((await send('GET', '/counts')).json).toEqual({
        zendesk: { total: 1, byOperation: { 'organizations.list': 1 } },
        dynamics: { total: 1, byOperation: { 'CustomersV3.list': 1 } },
        entra: { total: 1, byOperation: { token: 1 } },
        mailsSent: 0,
      });
      const { items } = await list('/journal?system=dynamics&since=1');
      expect(items).toMatchObject([{ n: 2, method: 'GET', path: '/data/CustomersV3', status: 200 }]);
      expect((await send('DELETE', '/journal')).status).toBe(204);
      expect((await list('/journal')).total).toBe(0);
      expect((await send('GET', '/journal?system=fax')).status).toBe(400);
    });

    it('adds, lists and removes faults, and refuses invalid ones', async () => {
      const action = { kind: 'status', status: 503 };
      const { json } = await send('POST', '/faults', { system: 'dynamics', times: null, action });
      const { id } = json as { id: number };
      expect((await customers(await token())).status).toBe(503);
      expect((await list('/faults')).items).toMatchObject([{ id, struck: 1, system: 'dynamics' }]);
      expect((await send('DELETE', `/faults/${id}`)).status).toBe(204);
      expect((await send('DELETE', `/faults/${id}`)).status).toBe(404);
      expect((await customers(await token())).status).toBe(200);
      for (const fault of [
        { system: 'fax', action },
        { system: 'dynamics', action: { kind: 'explode' } },
        { system: 'dynamics', actions: [action] },
        { system: 'dynamics', match: { path: '(' }, action },
      ])
        expect((await send('POST', '/faults', fault)).status).toBe(400);
      await send('POST', '/faults', { system: 'zendesk', action });
      await send('DELETE', '/faults');
      expect((await list('/faults')).total).toBe(0);
    });

    it('changes settings while the systems run, and refuses unknown ones and other types', async () => {
      const bearer = await token();
      expect((await send('PATCH', '/settings/dynamics', { unmappedAppStatus: 403 })).json).toMatchObject({
        unmappedAppStatus: 403,
      });
      expect((await customers(bearer)).status).toBe(403);
      expect((await send('PATCH', '/settings/entra', { tokenLifetimeSeconds: 30 })).status).toBe(200);
      expect((await send('GET', '/settings/entra')).json).toMatchObject({ tokenLifetimeSeconds: 30 });
      expect((await send('GET', '/settings/zendesk')).json).toMatchObject({ rateLimitPerMinute: 700 });
      expect((await send('PATCH', '/settings/zendesk', { rateLimit: 1 })).status).toBe(400);
      expect((await send('PATCH', '/settings/zendesk', { rateLimitPerMinute: 'all' })).status).toBe(400);
      expect((await send('PATCH', '/settings/dynamics', { hiddenCompanies: 'usmf' })).status).toBe(400);
      expect((await send('GET', '/settings/fax')).status).toBe(400);
    });

    it('creates, changes, reads, generates and removes records of F&O by percent-encoded keys', async () => {
      const path = `/state/dynamics/customers/usmf/${encodeURIComponent("O'Hara/1 & Söhne")}`;
      const made = await send('PUT', path, { OrganizationName: 'Hara' });
      expect(made.json).toMatchObject({ legalEntity: 'usmf', key: "O'Hara/1 & Söhne" });
      await send('PUT', path, { SalesMemo: 'kept' });
      expect((await send('GET', path)).json).toMatchObject({ values: { OrganizationName: 'Hara', SalesMemo: 'kept' } });
      expect((await send('PUT', path, { CustomerName: 'x' })).status).toBe(400);
      expect((await send('PUT', path, { OnHoldStatus: 'Maybe' })).status).toBe(400);
      const generate = { legalEntity: 'frrt', count: 25 };
      const odd = { legalEntity: 'usmf', key: 'K\ud83e', values: { OrganizationName: 'Half' } };
      expect((await send('POST', '/state/dynamics/customers', odd)).json).toMatchObject({ key: 'K\ud83e' });
      expect((await send('POST', '/state/dynamics/customers/generate', generate)).json).toEqual({ from: 1 });
      expect((await send('POST', '/state/dynamics/vendors/generate', generate)).status).toBe(200);
      expect((await send('POST', '/state/dynamics/contacts/generate', generate)).status).toBe(200);
      expect((await send('POST', '/state/dynamics/vendors/generate', { count: 3 })).status).toBe(400);
      expect((await list('/state/dynamics/customers?legalEntity=FRRT')).total).toBe(25);
      expect((await list('/state/dynamics/contacts')).items[0]?.['values']).toMatchObject({
        AssociatedPartyNumber: expect.stringMatching(/^1\d{9}$/),
      });
      expect((await send('DELETE', path)).status).toBe(204);
      expect((await send('DELETE', path)).status).toBe(404);
    });

    it('changes records of Zendesk as agents do, without a request to its API', async () => {
      const seeded = await send('POST', '/state/zendesk/organizations', { name: 'By hand', external_id: 'x-1' });
      const { id } = seeded.json as { id: number };
      await send('PATCH', `/state/zendesk/organizations/${id}`, { notes: 'edited' });
      expect((await list('/state/zendesk/organizations')).items).toMatchObject([{ id, notes: 'edited' }]);
      await send('POST', '/state/zendesk/organizations', { name: 'Other' });
      expect((await send('PATCH', `/state/zendesk/organizations/${id}`, { name: 'Other' })).status).toBe(422);
      expect((await send('DELETE', `/state/zendesk/organizations/${id}`)).status).toBe(204);
      expect((await send('DELETE', `/state/zendesk/organizations/${id}`)).status).toBe(404);
      expect((await list('/journal?system=zendesk')).total).toBe(0);
    });

    it('revokes the tokens of F&O', async () => {
      const bearer = await token();
      expect((await customers(bearer)).status).toBe(200);
      expect((await send('POST', '/state/entra/revoke')).status).toBe(204);
      expect((await customers(bearer)).status).toBe(401);
    });

    it('responds with 404 or 400 and JSON to unknown and unreadable requests', async () => {
      expect(await send('GET', '/state/fax')).toMatchObject({ status: 404, json: { error: expect.any(String) } });
      const headers = { 'content-type': 'application/json' };
      const broken = await fetch(`${sandbox.control}/faults`, { method: 'POST', headers, body: '{' });
      expect(broken.status).toBe(400);
      expect((await send('DELETE', '/state/dynamics/customers/usmf/%E0%A4%A')).status).toBe(400);
    });
  });

  describe('of a seeded sandbox', () => {
    beforeEach(() => start('distributor'));

    const accounts = async (kind: string): Promise<readonly StoredAccount[]> =>
      (await list(`/state/dynamics/${kind}`)).items as unknown as StoredAccount[];

    it('contains a distributor of two companies with the records that are hard to integrate', async () => {
      const [erpCustomers, vendors, contacts] = await Promise.all(['customers', 'vendors', 'contacts'].map(accounts));
      if (!erpCustomers || !vendors || !contacts) throw new Error('unreachable');
      expect([erpCustomers.length, vendors.length, contacts.length]).toEqual([60, 25, expect.any(Number)]);
      expect(contacts.length).toBeGreaterThanOrEqual(85);
      const names = erpCustomers.map(({ values }) => String(values['OrganizationName']));
      const numbersOf = (company: string): string[] =>
        erpCustomers.filter(({ legalEntity }) => legalEntity === company).map(({ key }) => key);
      expect(numbersOf('frrt').filter((number) => numbersOf('usmf').includes(number))).toEqual(['10001', '10002']);
      expect(names.filter((name) => name === 'Fabrikam Supplies')).toHaveLength(2);
      expect(names.some((name) => name.length > 255)).toBe(true);
      expect(names.some((name) => name.endsWith(' '))).toBe(true);
      expect(erpCustomers.filter(({ values }) => values['PartyType'] === 'Person')).toHaveLength(3);
      for (const mark of ["'", ' ', '/', ',', '&', 'É'])
        expect(numbersOf('usmf').some((number) => number.includes(mark))).toBe(true);
      const parties = new Set(erpCustomers.map(({ values }) => values['PartyNumber']));
      expect(vendors.filter(({ values }) => parties.has(values['VendorPartyNumber']))).toHaveLength(1);
      const byCase = vendors.filter(({ key }) =>
        numbersOf('usmf').some((number) => number !== key && number.toLowerCase() === key.toLowerCase()),
      );
      expect(byCase.map(({ key }) => key)).toEqual(['AB-100']);
    });

    it('contains a Zendesk account with organizations that agents created', async () => {
      const organizations = await list('/state/zendesk/organizations');
      const tickets = await list('/state/zendesk/tickets');
      expect([organizations.total, tickets.total]).toEqual([12, 60]);
      expect(organizations.items.every((one) => one['external_id'] === null)).toBe(true);
      const erp = [...(await accounts('customers')), ...(await accounts('vendors'))];
      const named = (name: unknown): number =>
        erp.filter(({ values }) =>
          [values['OrganizationName'], values['VendorOrganizationName']].some(
            (other) => String(other).toLowerCase() === String(name).toLowerCase(),
          ),
        ).length;
      const hits = organizations.items.map((one) => named(one['name']));
      expect(hits).toEqual([1, 1, 1, 1, 1, 1, 1, 2, 2, 0, 0, 0]);
      for (const [member, count] of [
        ['status', 6],
        ['priority', 5],
        ['organization_id', 12],
      ] as const)
        expect(new Set(tickets.items.map((ticket) => ticket[member])).size).toBe(count);
      expect((await send('GET', '/counts')).json).toMatchObject({ mailsSent: 0, zendesk: { total: 0 } });
    });

    it('is the same every time', async () => {
      const read = async (): Promise<string> =>
        JSON.stringify([await accounts('customers'), await accounts('contacts')]);
      const first = await read();
      await sandbox.close();
      await start('distributor');
      expect(await read()).toBe(first);
    });
  });
});
