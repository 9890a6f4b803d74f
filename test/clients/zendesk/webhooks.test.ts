import { createHmac } from 'node:crypto';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { ZendeskClient } from '../../../clients/zendesk/client.ts';
import { closeLoopbacks, startLoopback, type LoopbackRequest } from '../../fixtures/loopback.ts';
import { failureOf } from '../kit.ts';
import { clientOf, closeTestZendesk, startTestZendesk } from './kit.ts';

afterEach(closeLoopbacks);
afterEach(closeTestZendesk);

const FOR_TRIGGERS = ['conditional_ticket_events'];
const TICKET_EVENTS = ['zen:event-type:ticket.created', 'zen:event-type:ticket.status_changed'];
const ENDPOINT = 'https://ledgerdesk.example/webhooks/zendesk/hook';

/** A webhook, as in Zendesk's documentation. */
const WIRE = {
  id: '01EJFTSCC78X5V07NPY2MHR00M',
  name: 'Ledgerdesk',
  status: 'active',
  subscriptions: FOR_TRIGGERS,
  created_at: '2026-11-20T10:00:00Z',
  created_by: '1234567',
  endpoint: ENDPOINT,
  http_method: 'POST',
  request_format: 'json',
};

const WEBHOOK = { id: WIRE.id, name: 'Ledgerdesk', endpoint: ENDPOINT, subscriptions: FOR_TRIGGERS, isActive: true };

describe('a webhook', () => {
  it('is created active, with JSON as its format', async () => {
    const { client, server } = await clientOf({ status: 201, body: { webhook: WIRE } });
    const created = { name: 'Ledgerdesk', endpoint: ENDPOINT, subscriptions: FOR_TRIGGERS };
    expect(await client.createWebhook(created)).toEqual(WEBHOOK);
    expect(server.requests[0]).toMatchObject({ method: 'POST', url: '/api/v2/webhooks' });
    expect(JSON.parse(server.requests[0]?.body ?? '')).toEqual({
      webhook: { ...created, http_method: 'POST', request_format: 'json', status: 'active' },
    });
  });

  it.each([400, 422])('that Zendesk rejects with %d is refused', async (status) => {
    const detail = 'Subscription zen:event-type:ticket.created is not supported';
    const body = { errors: [{ code: 'InvalidSubscription', title: 'Invalid', detail }] };
    const { client } = await clientOf({ status, body });
    const failure = await failureOf(
      client.createWebhook({ name: 'x', endpoint: ENDPOINT, subscriptions: TICKET_EVENTS }),
    );
    expect(failure).toMatchObject({ kind: 'refused', code: 'InvalidSubscription', detail });
  });

  it('may exist if its creation has no response', async () => {
    const { client } = await clientOf((_request, { response }) => {
      response.destroy();
      return undefined;
    });
    const created = { name: 'x', endpoint: ENDPOINT, subscriptions: FOR_TRIGGERS };
    expect((await failureOf(client.createWebhook(created))).kind).toBe('unsure');
    expect((await failureOf(client.updateWebhook(WIRE.id, { endpoint: ENDPOINT }))).kind).toBe('unavailable');
  });

  it.each([
    [{ endpoint: ENDPOINT }, { endpoint: ENDPOINT }],
    [{ isActive: true }, { status: 'active' }],
    [
      { isActive: false, endpoint: ENDPOINT },
      { status: 'inactive', endpoint: ENDPOINT },
    ],
  ])('is changed only in %j', async (change, wire) => {
    const { client, server } = await clientOf({ status: 204 });
    await client.updateWebhook(WIRE.id, change);
    expect(server.requests[0]).toMatchObject({ method: 'PATCH', url: `/api/v2/webhooks/${WIRE.id}` });
    expect(JSON.parse(server.requests[0]?.body ?? '')).toEqual({ webhook: wire });
  });

  it('is listed from all pages, with any port in the links', async () => {
    const links = { next: 'https://contoso.zendesk.com:443/api/v2/webhooks?page[after]=c1', prev: null };
    const pages = [
      { webhooks: [WIRE], links, meta: { has_more: true, after_cursor: 'c1' } },
      { webhooks: [{ ...WIRE, id: 'B', status: 'inactive' }], links, meta: { has_more: false, after_cursor: null } },
    ];
    const { client, server } = await clientOf((_request, { nth }) => ({ body: pages[nth - 1] }));
    expect(await client.listWebhooks('Ledger & desk')).toEqual([WEBHOOK, { ...WEBHOOK, id: 'B', isActive: false }]);
    expect(server.requests.map(({ url }) => decodeURIComponent(url))).toEqual([
      '/api/v2/webhooks?filter[name_contains]=Ledger & desk&page[size]=100',
      '/api/v2/webhooks?filter[name_contains]=Ledger & desk&page[size]=100&page[after]=c1',
    ]);
  });

  it('has a secret for SHA-256 and for no other algorithm', async () => {
    const secretOf = async (signing_secret: object): Promise<unknown> => {
      const { client } = await clientOf({ body: { signing_secret } });
      return client.signingSecret(WIRE.id);
    };
    expect(await secretOf({ secret: 'dGhlIGtleQ==', algorithm: 'SHA256' })).toBe('dGhlIGtleQ==');
    const failure = await failureOf(secretOf({ secret: 'canary-secret', algorithm: 'SHA1' }));
    expect(failure.kind).toBe('unexpected');
    expect(failure.message).not.toContain('canary-secret');
  });

  it('that was deleted is missing, with an advice that does not mention the subdomain', async () => {
    const { client } = await clientOf({
      status: 404,
      body: { errors: [{ code: 'WebhookNotFound', title: 'Not Found' }] },
    });
    const failure = await failureOf(client.signingSecret(WIRE.id));
    expect(failure).toMatchObject({ kind: 'missing', code: 'WebhookNotFound' });
    expect(failure.advice).not.toContain('subdomain');
  });

  it('shows its last deliveries, newest first', async () => {
    const body = {
      invocations: [
        { id: 'A', status: 'success', status_code: 202, latest_completed_at: '2026-11-20T10:00:00.123Z' },
        { id: 'B', status: 'circuit broken', latest_completed_at: null },
        { id: 'C', status: 'failed' },
      ],
      meta: { has_more: true, after_cursor: 'x' },
    };
    const { client, server } = await clientOf({ body });
    expect(await client.invocations(WIRE.id, 2)).toEqual([
      { status: 'success', at: '2026-11-20T10:00:00Z' },
      { status: 'circuit broken', at: null },
    ]);
    expect(server.requests.map(({ url }) => url)).toEqual([
      `/api/v2/webhooks/${WIRE.id}/invocations?page[size]=2&sort=-latest_completed_at`,
    ]);
  });
});

describe('a trigger', () => {
  const FORM = { title: 'Ledgerdesk', webhookId: WIRE.id, body: '{"ticket_id":"{{ticket.id}}"}' };
  const sent = {
    title: FORM.title,
    active: true,
    conditions: {
      all: [],
      any: [
        { field: 'update_type', operator: 'is', value: 'Create' },
        { field: 'update_type', operator: 'is', value: 'Change' },
      ],
    },
    actions: [{ field: 'notification_webhook', value: [FORM.webhookId, FORM.body] }],
  };
  const wire = { id: 19856122753300, ...sent, default: false, category_id: '10001' };
  const seen = { id: '19856122753300', isActive: true, ...FORM };

  it.each([
    [{ body: { trigger_categories: [{ id: '10001', name: 'Notifications' }] } }, { category_id: '10001' }],
    [{ body: { trigger_categories: [] } }, {}],
    [{ status: 404, body: { error: 'InvalidEndpoint', description: 'Not found' } }, {}],
    [{ status: 403, body: { error: 'Forbidden' } }, {}],
  ])('is created with the category of the response %j', async (categories, category) => {
    const { client, server } = await clientOf(({ method }) =>
      method === 'GET' ? categories : { status: 201, body: { trigger: wire } },
    );
    expect(await client.createTrigger(FORM)).toEqual(seen);
    expect(server.requests.map(({ method, url }) => `${method} ${url}`)).toEqual([
      'GET /api/v2/trigger_categories?page[size]=1&sort=position',
      'POST /api/v2/triggers',
    ]);
    expect(JSON.parse(server.requests[1]?.body ?? '')).toEqual({ trigger: { ...sent, ...category } });
  });

  it('is updated as a whole', async () => {
    const { client, server } = await clientOf({ body: { trigger: wire } });
    expect(await client.updateTrigger('19856122753300', FORM)).toEqual(seen);
    expect(server.requests[0]).toMatchObject({ method: 'PUT', url: '/api/v2/triggers/19856122753300' });
    expect(JSON.parse(server.requests[0]?.body ?? '')).toEqual({ trigger: sent });
  });

  it.each([
    [[{ field: 'status', value: 'open' }], { webhookId: null, body: null }],
    [[], { webhookId: null, body: null }],
    [[{ field: 'notification_user', value: ['assignee_id', 'a', 'b'] }], { webhookId: null, body: null }],
    [[{ field: 'notification_webhook', value: ['W'] }], { webhookId: 'W', body: null }],
    [[{ field: 'notification_webhook', value: ['W', [['id', '{{ticket.id}}']]] }], { webhookId: 'W', body: null }],
    [[{ field: 'notification_webhook', value: 'W' }], { webhookId: 'W', body: null }],
    [[{ field: 'status', value: 1 }, ...sent.actions], { webhookId: FORM.webhookId, body: FORM.body }],
  ])('of other apps with the actions %j is also read', async (actions, expected) => {
    const { client } = await clientOf({ body: { triggers: [{ ...wire, active: false, actions }], meta: {} } });
    expect(await client.listTriggers()).toEqual([{ id: seen.id, title: FORM.title, isActive: false, ...expected }]);
  });
});

describe('the simulated Zendesk', () => {
  it('sends a signed delivery for a ticket after a webhook and a trigger were created', async () => {
    let receive: (request: LoopbackRequest) => void;
    const received = new Promise<LoopbackRequest>((resolve) => (receive = resolve));
    const receiver = await startLoopback((request) => {
      receive(request);
      return { status: 202 };
    });
    const { client, zendesk } = await startTestZendesk();
    const user = zendesk.state.seedUser({ name: 'Ann', email: 'ann@contoso.example' });
    const { id } = zendesk.state.seedTicket({ requester_id: user.id, description: 'canary' });
    const endpoint = `${receiver.origin}/webhooks/zendesk/hook`;
    const webhook = await client.createWebhook({ name: 'Ledgerdesk', endpoint, subscriptions: FOR_TRIGGERS });
    expect(webhook).toMatchObject({ endpoint, isActive: true, subscriptions: FOR_TRIGGERS });
    expect(await client.listWebhooks('ledgerdesk')).toEqual([webhook]);
    expect(await client.listWebhooks('other')).toEqual([]);

    const form = { title: 'Ledgerdesk', webhookId: webhook.id, body: '{"ticket_id":"{{ticket.id}}"}' };
    const trigger = await client.createTrigger(form);
    expect(await client.listTriggers()).toEqual([{ isActive: true, ...form, id: trigger.id }]);
    const changed = { ...form, title: 'Ledgerdesk 2' };
    expect(await client.updateTrigger(trigger.id, changed)).toEqual({ ...changed, id: trigger.id, isActive: true });
    expect(await client.invocations(webhook.id, 5)).toEqual([]);

    zendesk.state.editTicket(id, { status: 'solved' });
    const delivery = await received;
    expect(delivery.body).toBe(`{"ticket_id":"${id}"}`);
    const signed = `${String(delivery.headers['x-zendesk-webhook-signature-timestamp'])}${delivery.body}`;
    const hmac = createHmac('sha256', await client.signingSecret(webhook.id)).update(signed);
    expect(delivery.headers['x-zendesk-webhook-signature']).toBe(hmac.digest('base64'));
    await ended(client, webhook.id);
    expect(await client.invocations(webhook.id, 5)).toEqual([
      { status: 'success', at: expect.stringMatching(/^\d{4}-\d\d-\d\dT/) },
    ]);
  });

  it('changes only the given members of a webhook', async () => {
    const { client } = await startTestZendesk();
    const created = { name: 'Ledgerdesk', endpoint: ENDPOINT, subscriptions: ['zen:event-type:user.deleted'] };
    const { id } = await client.createWebhook(created);
    await client.updateWebhook(id, { isActive: false });
    expect(await client.listWebhooks()).toEqual([{ ...created, id, isActive: false }]);
    await client.updateWebhook(id, { isActive: true, endpoint: `${ENDPOINT}2` });
    expect(await client.listWebhooks()).toEqual([{ ...created, id, isActive: true, endpoint: `${ENDPOINT}2` }]);
  });

  it('rejects a subscription to ticket events if it does not support them', async () => {
    const { client } = await startTestZendesk({ ticketEventSubscriptions: false });
    const wanted = { name: 'Ledgerdesk', endpoint: ENDPOINT, subscriptions: TICKET_EVENTS };
    expect((await failureOf(client.createWebhook(wanted))).kind).toBe('refused');
    expect(await client.listWebhooks()).toEqual([]);
    expect(await client.createWebhook({ ...wanted, subscriptions: FOR_TRIGGERS })).toMatchObject({ isActive: true });
  });
});

/** Waits until the only delivery of a webhook has ended. */
async function ended(client: ZendeskClient, webhookId: string): Promise<void> {
  for (;;) {
    const [last] = await client.invocations(webhookId, 1);
    if (last !== undefined && last.status !== 'pending') return;
  }
}
