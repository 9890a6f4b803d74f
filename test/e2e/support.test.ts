import { afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import type { WireConnectionResult } from '../../workflows/contract.ts';
import { createEdits, readingOnly } from '../fixtures/edits.ts';
import { setStop, until } from '../fixtures/stops.ts';
import { blockOf, createSupport } from '../fixtures/support.ts';
import { setUpWorldWithApi } from '../fixtures/set-up-world.ts';

const QUIET_ROUNDS = Number(process.env['SUPPORT_QUIET_ROUNDS'] ?? 2);
const CUSTOMERS = ['S1', 'S2', 'S3', 'S4', 'S5', 'S6'];

describe('writing the support of accounts to the ERP', () => {
  const { world, api } = setUpWorldWithApi();
  const edits = createEdits(world);
  const support = createSupport(world);

  beforeAll(async () => {
    for (const key of CUSTOMERS) await edits.customer('su', key, { OrganizationName: `Supported ${key}` });
    await edits.vendor('su', 'V1', { VendorOrganizationName: 'Supported vendor' });
    await world.connect('support', readingOnly(['su'], { vendors: true }), '{legalEntity}:{kind}:{accountNumber}');
    expect(await world.sync('support')).toMatchObject({ status: 'completed', totals: { created: 7 } });
  });
  afterEach(() => world.sandbox.control('DELETE', '/faults'));

  const organizationOf = async (key: string, kind = 'customer') => (await edits.organization(`su:${kind}:${key}`)).id;
  const url = (id: number) => `${world.sandbox.zendesk}/agent/organizations/${id}`;
  const wire = async (id: string): Promise<WireConnectionResult> => {
    const { status, body } = await api.request('POST', `/api/connections/${id}/wire`);
    expect([status, body]).toEqual([200, { webhookId: expect.any(String), by: expect.any(String) }]);
    return body as WireConnectionResult;
  };
  async function zendesk<Answer>(method: string, path: string, body?: object): Promise<Answer> {
    const headers = { authorization: `Bearer ${world.sandbox.zendeskToken}`, 'content-type': 'application/json' };
    const sent = body === undefined ? {} : { body: JSON.stringify(body) };
    const response = await fetch(`${world.sandbox.zendesk}/api/v2/${path}`, { method, headers, ...sent });
    const text = await response.text();
    return (text === '' ? undefined : JSON.parse(text)) as Answer;
  }
  interface ShownWebhook {
    readonly id: string;
    readonly endpoint: string;
    readonly status: string;
    readonly subscriptions: readonly string[];
  }
  const webhooks = async (name: string): Promise<readonly ShownWebhook[]> =>
    (await zendesk<{ webhooks: ShownWebhook[] }>('GET', `webhooks?filter[name_contains]=${name}`)).webhooks;

  it('is wired by one webhook, however often, and its secret is sealed', async () => {
    const wired = await wire('support');
    expect(wired.by).toBe('subscription');
    expect(await wire('support')).toEqual(wired);
    await zendesk('PATCH', `webhooks/${wired.webhookId}`, { webhook: { status: 'inactive', endpoint: api.url } });
    expect(await wire('support')).toEqual(wired);
    const { hooks } = await world.store.connections.require('support');
    expect(await webhooks('support')).toMatchObject([
      { id: wired.webhookId, status: 'active', endpoint: `${api.url}/webhooks/zendesk/${hooks.zendesk}` },
    ]);
    const shown = await zendesk<{ signing_secret: { secret: string } }>(
      'GET',
      `webhooks/${wired.webhookId}/signing_secret`,
    );
    const { secret } = shown.signing_secret;
    expect((await world.store.credentials.open('support'))['zendesk.webhookSecret']).toBe(secret);
    const client = new pg.Client({ connectionString: world.databaseUrl });
    await client.connect();
    const { rows } = await client.query<{ sealed: Buffer }>('select sealed from credentials');
    await client.end();
    for (const { sealed } of rows) expect(sealed.includes(Buffer.from(secret))).toBe(false);
    const { body } = await api.request('GET', '/api/connections/support');
    expect(JSON.stringify(body)).not.toContain(secret);
    for await (const { workflowId, runId } of world.client.workflow.list({
      query: `WorkflowType = 'wireConnection'`,
    })) {
      const history = await world.client.workflow.getHandle(workflowId, runId).fetchHistory();
      expect(JSON.stringify(history, decoded)).not.toContain(secret);
    }
  });

  /** Returns a payload as text, for comparisons. */
  function decoded(_name: string, value: unknown): unknown {
    return value instanceof Uint8Array ? Buffer.from(value).toString('utf8') : value;
  }

  it('writes a block beside the text of users, which stays the same to the last byte', async () => {
    const human = 'Call Mrs. Müller first.\r\n\r\n\tThen write.  ';
    await support.writeMemo('su', 'S1', human);
    const organization = await organizationOf('S1');
    const ids = await support.tickets({
      count: 5,
      organizationIds: [organization],
      statuses: ['new', 'open', 'pending', 'hold', 'solved'],
      priorities: ['urgent', 'normal', 'urgent', 'low', null],
    });
    await support.waitForLine('support', 'S1', 'on hold: 1');
    await support.waitUntilIdle('support');
    const { oldest, last } = await support.days(ids);
    const lines = [
      'Status: escalated',
      'Open: 2 (urgent: 1), pending: 1, on hold: 1',
      'Contacts with open tickets: 1',
      `Oldest open since: ${oldest}`,
      `Last activity: ${last}`,
      'Satisfaction: 0 good, 0 bad',
      url(organization),
    ];
    expect(await support.memo('su', 'S1')).toBe(`${human}\r\n${blockOf(lines, '\r\n')}`);
    const { body } = await api.request('GET', '/api/connections/support/support');
    expect((body as { items: object[] }).items).toMatchObject([
      {
        legalEntity: 'su',
        kind: 'customer',
        key: 'S1',
        zendeskId: String(organization),
        open: 2,
        urgent: 1,
        pending: 1,
        onHold: 1,
        oldestOpenSince: oldest,
        lastActivityAt: last,
        satisfaction: { good: 0, bad: 0 },
        contactsWithOpen: 1,
        status: 'escalated',
        written: lines.join('\n'),
      },
    ]);
    await support.change(ids, { status: 'solved', satisfaction: 'good' });
    await support.waitForLine('support', 'S1', 'Status: quiet');
    expect(await support.memo('su', 'S1')).toMatch(/Open: 0 \(urgent: 0\), pending: 0, on hold: 0\r\n/);
    expect((await support.memo('su', 'S1')).startsWith(`${human}\r\n`)).toBe(true);
  });

  it('writes into the notes of vendors', async () => {
    await support.tickets({ count: 1, organizationIds: [await organizationOf('V1', 'vendor')] });
    await support.waitForLine('support', 'V1', 'Status: active');
    expect(await support.notes('su', 'V1')).toContain('Open: 1 (urgent: 0), pending: 0, on hold: 0');
  });

  it('makes a handful of ERP calls and tens of Zendesk requests for 300 events on one account', async () => {
    await support.waitUntilIdle('support');
    await support.clearJournal();
    const organization = await organizationOf('S2');
    const ids = await support.tickets({ count: 150, organizationIds: [organization] });
    await support.change(ids, { status: 'pending' });
    await support.waitForLine('support', 'S2', 'pending: 150');
    await support.waitUntilIdle('support');
    const received = (await world.store.events.list('support', undefined)).items.filter(({ type }) =>
      type.includes('ticket'),
    );
    expect(received.length).toBeGreaterThanOrEqual(300);
    expect((await edits.journal('dynamics')).length).toBeLessThanOrEqual(12);
    expect((await edits.journal('zendesk')).length).toBeLessThanOrEqual(50);
  });

  it('follows tickets that move to another account, and those that are deleted', async () => {
    const [from, to] = [await organizationOf('S3'), await organizationOf('S4')];
    const ids = await support.tickets({ count: 3, organizationIds: [from] });
    await support.waitForLine('support', 'S3', 'Open: 3');
    await support.change(ids.slice(0, 1), { organization_id: to });
    await support.waitForLine('support', 'S4', 'Open: 1');
    await support.waitForLine('support', 'S3', 'Open: 2');
    await support.remove(ids.slice(1, 2));
    await support.waitForLine('support', 'S3', 'Open: 1');
  });

  it("loses nothing when a user saves the memo between Ledgerdesk's read and its write", async () => {
    for (const outdatedEtagStatus of [412, 409]) {
      await world.sandbox.control('PATCH', '/settings/dynamics', { outdatedEtagStatus });
      const stop = await setStop(world, {
        name: 'the memo is about to be written',
        request: { system: 'dynamics', method: 'PATCH', path: 'CustomersV3', when: 'before' },
      });
      await support.tickets({ count: 1, organizationIds: [await organizationOf('S5')] });
      await stop.reached();
      const human = `Saved while we wrote (${outdatedEtagStatus}).\n`;
      await support.writeMemo('su', 'S5', human);
      await stop.release();
      await support.waitForLine('support', 'S5', 'Status: active');
      await support.waitUntilIdle('support');
      expect((await support.memo('su', 'S5')).startsWith(human)).toBe(true);
      expect(await support.memo('su', 'S5')).toContain((await support.report('support', 'S5'))?.written);
    }
    await world.sandbox.control('PATCH', '/settings/dynamics', { outdatedEtagStatus: 412 });
  });

  it('is tried again when another process of the ERP has locked the account', async () => {
    await world.sandbox.control('PATCH', '/settings/dynamics', { updateConflicts: 2 });
    await support.tickets({ count: 1, organizationIds: [await organizationOf('S5')], priorities: ['urgent'] });
    await support.waitForLine('support', 'S5', 'Status: escalated');
  });

  it("stops when the events of both systems report only Ledgerdesk's writes", async () => {
    const { hooks } = await world.store.connections.require('support');
    const { id } = await world.sandbox.control<{ id: number }>('POST', '/state/dynamics/endpoints', {
      url: `${api.url}/events/dynamics/${hooks.dynamics}`,
      legalEntities: ['su'],
    });
    await support.waitUntilIdle('support');
    await support.clearJournal();
    const [ticket] = await support.tickets({ count: 1, organizationIds: [await organizationOf('S6')] });
    await support.waitForLine('support', 'S6', 'Open: 1');
    await support.waitUntilIdle('support');
    const first = await support.writes();
    expect([first.dynamics.length, first.zendesk.length]).toEqual([1, 0]);
    await support.clearJournal();
    await edits.customer('su', 'S6', { AddressCity: 'Bellevue' });
    await until('the organization has followed', async () => {
      const { organization_fields: fields } = await edits.organization('su:customer:S6');
      return fields['erp_city'] === 'Bellevue';
    });
    for (let round = 0; round < QUIET_ROUNDS; round += 1) {
      expect(await world.sync('support')).toMatchObject({ status: 'completed', totals: { read: 7, unchanged: 7 } });
      expect(await support.reconcile('support')).toMatchObject({ written: 0 });
      await support.waitUntilIdle('support');
    }
    const then = await support.writes();
    expect([then.dynamics.length, then.zendesk.length]).toEqual([0, 1]);
    await support.change([ticket ?? 0], { subject: 'Another subject', tags: ['seen'] });
    await support.waitUntilIdle('support');
    expect((await support.writes()).dynamics).toEqual([]);
    await world.sandbox.control('DELETE', `/state/dynamics/endpoints/${id}`);
  });

  it('is corrected by the reconcile when every delivery was lost', async () => {
    await support.reconcile('support');
    const [one, two] = [await organizationOf('S1'), await organizationOf('S4')];
    const made = await support.tickets({ count: 4, organizationIds: [one], silent: true });
    const gone = await support.tickets({ count: 2, organizationIds: [two], silent: true });
    await support.reconcile('support');
    expect(await support.memo('su', 'S1')).toContain('Open: 4 (urgent: 0)');
    expect(await support.memo('su', 'S4')).toContain('Open: 3 (urgent: 0)');
    await support.change(made.slice(0, 3), { status: 'pending' }, true);
    await support.remove(gone, true);
    await support.reconcile('support');
    expect(await support.memo('su', 'S1')).toContain('Open: 1 (urgent: 0), pending: 3');
    expect(await support.memo('su', 'S4')).toContain('Open: 1 (urgent: 0)');
    await support.clearJournal();
    expect(await support.reconcile('support')).toMatchObject({ written: 0 });
    expect((await edits.journal('dynamics')).length).toBe(0);
    expect((await edits.journal('zendesk')).length).toBeLessThanOrEqual(2);
  });

  it('is wired by a trigger where tickets cannot be subscribed to', async () => {
    const [before] = await webhooks('support');
    await zendesk('PATCH', `webhooks/${before?.id ?? ''}`, { webhook: { status: 'inactive' } });
    await world.sandbox.control('PATCH', '/settings/zendesk', { ticketEventSubscriptions: false });
    await edits.customer('tr', 'T1', { OrganizationName: 'Triggered' });
    await world.connect('triggered', readingOnly(['tr']));
    await world.sync('triggered');
    const wired = await wire('triggered');
    expect(wired.by).toBe('trigger');
    expect(await wire('triggered')).toEqual(wired);
    expect(await webhooks('triggered')).toMatchObject([{ subscriptions: ['conditional_ticket_events'] }]);
    const { triggers } = await zendesk<{ triggers: { title: string }[] }>('GET', 'triggers');
    expect(triggers.map(({ title }) => title)).toEqual(['Ledgerdesk triggered']);
    const [id] = await support.tickets({ count: 1, organizationIds: [(await edits.organization('tr:T1')).id] });
    await support.waitForLine('triggered', 'T1', 'Open: 1');
    await support.change([id ?? 0], { status: 'solved' });
    await support.waitForLine('triggered', 'T1', 'Open: 0');
  });
});
