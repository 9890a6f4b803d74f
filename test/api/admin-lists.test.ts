import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { REVIEW_OFF } from '../fixtures/connection-file.ts';
import pg from 'pg';
import type { IncomingEvent } from '../../store/events/events.ts';
import { startApi, type RunningApi } from './running-api.ts';

const GUID = '11111111-2222-3333-4444-555555555555';

let api: RunningApi;
beforeAll(async () => {
  api = await startApi();
  await api.ask('POST', '/api/connections', {
    id: 'contoso',
    dynamics: {
      environmentUrl: 'https://contoso.operations.dynamics.com',
      tenantId: GUID,
      clientId: GUID,
      clientSecret: 'erp-secret-1',
    },
    zendesk: { subdomain: 'contoso' },
    review: REVIEW_OFF,
  });
});
afterAll(() => api.close());

const incoming = (dedupeKey: string, bodyHash = dedupeKey): IncomingEvent => ({
  connectionId: 'contoso',
  source: 'dynamics',
  dedupeKey,
  eventId: `E-${dedupeKey}`,
  controlNumber: dedupeKey,
  type: 'ContosoCustomerChangedBusinessEvent',
  bodyHash,
});

describe('the list of events', () => {
  it('shows of each event the verdict, its reason and its outcome, newest first', async () => {
    const { events } = api.services.store;
    const received = await events.receive(incoming('1'));
    if (received.state !== 'new') throw new Error('The first event was not new.');
    expect((await api.ask('GET', '/api/connections/contoso/events')).body).toEqual({ items: [], total: 0 });
    await events.accepted(received.id, 'erp-event/contoso/1');
    await events.ended(received.id, 'updated');
    await events.receive(incoming('1'));
    await events.receive(incoming('1', 'other'));
    const { body } = await api.ask('GET', '/api/connections/contoso/events');
    expect(body).toMatchObject({
      items: [
        { verdict: 'refused', reason: 'other_content', outcome: null },
        { verdict: 'duplicate', reason: null },
        {
          id: received.id,
          connectionId: 'contoso',
          source: 'dynamics',
          eventId: 'E-1',
          controlNumber: '1',
          verdict: 'accepted',
          outcome: 'updated',
          workflowId: 'erp-event/contoso/1',
        },
      ],
      total: 3,
    });
    const limited = await api.ask('GET', '/api/connections/contoso/events?limit=1');
    expect(limited.body).toMatchObject({ items: [{ verdict: 'refused' }], total: 3 });
  });
});

describe('the list of support', () => {
  it('shows the load as computed and the lines as written', async () => {
    const client = new pg.Client({ connectionString: api.databaseUrl });
    await client.connect();
    await client.query(`insert into records (connection_id, legal_entity, kind, target, key, plain_name, plain_name_key, zendesk_id)
      values ('contoso', 'usmf', 'customer', 'organization', 'US-001', 'N', 'n', '72')`);
    await client.end();
    const key = { legalEntity: 'usmf', kind: 'customer' as const, key: 'US-001' };
    const load = {
      open: 2,
      pending: 1,
      onHold: 0,
      urgent: 1,
      contactsWithOpen: 1,
      oldestOpenSince: '2026-11-20',
      lastActivityAt: '2026-11-24',
      satisfaction: { good: 1, bad: 0 },
    };
    const computed = { load, status: 'escalated' as const };
    await api.services.store.support.save('contoso', key, { computed, written: 'Status: escalated' });
    const { body } = await api.ask('GET', '/api/connections/contoso/support');
    const { items, total } = body as { items: Record<string, unknown>[]; total: number };
    expect({ items, total }).toMatchObject({
      items: [{ ...key, zendeskId: '72', ...load, status: 'escalated', written: 'Status: escalated', problem: null }],
      total: 1,
    });
    expect(Object.keys(items[0] ?? {})).toEqual(expect.arrayContaining(['computedAt', 'writtenAt']));
  });
});

describe('the list of records', () => {
  it('takes every kind that the connection can have', async () => {
    for (const kind of ['customer', 'vendor', 'contact'])
      expect(await api.ask('GET', `/api/connections/contoso/records?kind=${kind}`)).toMatchObject({ status: 200 });
  });

  it('refuses another kind, and names those that there are', async () => {
    expect(await api.ask('GET', '/api/connections/contoso/records?kind=nonsense')).toMatchObject({
      status: 400,
      body: {
        error: {
          code: 'invalid_request',
          mistakes: [{ path: 'kind', message: 'must be one of customer, vendor, contact' }],
        },
      },
    });
  });
});

describe('the lists of events and of support', () => {
  it.each(['events', 'support'])(
    'refuse a strange limit, an unknown connection and another method: %s',
    async (list) => {
      expect((await api.ask('GET', `/api/connections/contoso/${list}?limit=0`)).status).toBe(400);
      expect((await api.ask('GET', `/api/connections/nobody/${list}`)).status).toBe(404);
      expect((await api.ask('POST', `/api/connections/contoso/${list}`, {})).status).toBe(405);
    },
  );
});
