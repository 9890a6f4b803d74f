import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Receiver } from './receiver.ts';
import { startReceiver } from './receiver.ts';
import type { ApiResponse, RunningZendesk } from './running-zendesk.ts';
import { at, runZendesk } from './running-zendesk.ts';

let zendesk: RunningZendesk;
let receiver: Receiver;
let webhookId: string;

beforeEach(async () => {
  zendesk = await runZendesk({}, 60);
  receiver = await startReceiver();
  const webhook = {
    name: 'Ledger',
    endpoint: receiver.url,
    http_method: 'POST',
    request_format: 'json',
    status: 'active',
  };
  const body = { webhook: { ...webhook, subscriptions: ['conditional_ticket_events'] } };
  webhookId = String(at((await zendesk.send('POST', 'webhooks', { body })).body, 'webhook', 'id'));
});

afterEach(async () => {
  await zendesk.close();
  await receiver.close();
});

const TEMPLATE =
  '{"id":"{{ticket.id}}-{{ticket.updated_at_with_timestamp}}","ticket":"{{ticket.id}}","s":"{{ticket.status}}"}';

const define = (conditions: object, more: object = {}): Promise<ApiResponse> => {
  const actions = [{ field: 'notification_webhook', value: [webhookId, TEMPLATE] }];
  return zendesk.send('POST', 'triggers', { body: { trigger: { title: 'Tell', conditions, actions, ...more } } });
};

const ticket = (more: object = {}): number => {
  const { state } = zendesk.server;
  return state.seedTicket({ requester_id: state.users()[0]?.id, status: 'open', ...more }).id;
};

const ANY_CHANGE = {
  any: [
    { field: 'update_type', operator: 'is', value: 'Create' },
    { field: 'status', operator: 'changed' },
  ],
};

describe('triggers of the simulated Zendesk', () => {
  it('call a webhook with a signed body from their template, for a creation and a matching change', async () => {
    const made = await define(ANY_CHANGE);
    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({ trigger: { id: expect.any(Number), active: true, category_id: null } });
    const id = ticket();
    const { tickets } = zendesk.server;
    tickets.change({ ids: [id] }, { priority: 'high' }, false);
    tickets.change({ ids: [id] }, { status: 'solved' }, false);
    tickets.delete({ ids: [id] }, false);
    const requests = await receiver.waitFor(2);
    await wait(50);
    expect(requests.map(({ body }) => JSON.parse(body) as unknown)).toEqual([
      { id: expect.stringMatching(`^${id}-20`), ticket: String(id), s: 'Open' },
      { id: expect.stringMatching(`^${id}-20`), ticket: String(id), s: 'Solved' },
    ]);
    expect(requests[0]?.headers).toMatchObject({
      'x-zendesk-webhook-id': webhookId,
      'x-zendesk-webhook-signature': expect.stringMatching(/^[A-Za-z0-9+/]{43}=$/),
    });
  });

  it('compare statuses and priorities in their order, and the user who made the change', async () => {
    const me = String(at((await zendesk.send('GET', 'users/me')).body, 'user', 'id'));
    await define({
      all: [
        { field: 'status', operator: 'less_than', value: 'solved' },
        { field: 'priority', operator: 'greater_than', value: 'normal' },
        { field: 'current_user_id', operator: 'is_not', value: me },
      ],
    });
    ticket({ priority: 'low' });
    ticket({ priority: 'urgent', status: 'solved' });
    const own = { subject: 'Mine', comment: { body: 'x' }, priority: 'urgent' };
    expect((await zendesk.send('POST', 'tickets', { body: { ticket: own } })).status).toBe(201);
    const wanted = ticket({ priority: 'urgent' });
    const [request] = await receiver.waitFor(1);
    await wait(50);
    expect(receiver.requests).toHaveLength(1);
    expect(JSON.parse(request?.body ?? '')).toMatchObject({ ticket: String(wanted) });
  });

  it('put values into the template without escaping them', async () => {
    const value = [
      webhookId,
      '{"title":"{{ticket.title}}","org":"{{ticket.organization.custom_fields.erp}}","x":"{{ticket.nothing}}"}',
    ];
    zendesk.server.state.seedOrganizationField({ key: 'erp', title: 'ERP' });
    await define(ANY_CHANGE, { actions: [{ field: 'notification_webhook', value }] });
    const { id: organization } = zendesk.server.state.seedOrganization({
      name: 'C',
      organization_fields: { erp: 'US-1' },
    });
    ticket({ subject: 'He said "no"', organization_id: organization });
    const [request] = await receiver.waitFor(1);
    expect(request?.body).toBe('{"title":"He said "no"","org":"US-1","x":""}');
  });

  it('are refused without a title, conditions, a known field or a webhook for triggers', async () => {
    const body = {
      webhook: {
        name: 'E',
        endpoint: receiver.url,
        http_method: 'POST',
        request_format: 'json',
        status: 'active',
        subscriptions: ['zen:event-type:user.created'],
      },
    };
    const events = String(at((await zendesk.send('POST', 'webhooks', { body })).body, 'webhook', 'id'));
    const other = (id: string): object => ({ actions: [{ field: 'notification_webhook', value: [id, '{}'] }] });
    for (const refused of [
      define({ all: [] }),
      define(ANY_CHANGE, { title: '' }),
      define(ANY_CHANGE, { actions: [] }),
      define(ANY_CHANGE, other('01NONE')),
      define(ANY_CHANGE, other(events)),
      define({ all: [{ field: 'weather', operator: 'is', value: 'fine' }] }),
    ])
      expect([(await refused).status, (await refused).body['error']]).toEqual([422, 'RecordInvalid']);
  });

  it('need a category once there is one, and their webhook cannot be deleted while they are active', async () => {
    const { body } = await zendesk.send('POST', 'trigger_categories', { body: { trigger_category: { name: 'Ours' } } });
    const category = at(body, 'trigger_category', 'id');
    expect(typeof category).toBe('string');
    expect((await define(ANY_CHANGE)).status).toBe(422);
    const made = await define(ANY_CHANGE, { category_id: category });
    const path = `triggers/${String(at(made.body, 'trigger', 'id'))}`;
    expect((await zendesk.send('DELETE', `webhooks/${webhookId}`)).status).toBe(400);
    const off = await zendesk.send('PUT', path, { body: { trigger: { active: false } } });
    expect(off.body).toMatchObject({ trigger: { active: false, title: 'Tell' } });
    expect((await zendesk.send('GET', 'triggers/active')).body).toMatchObject({ triggers: [], count: 0 });
    expect((await zendesk.send('GET', 'triggers?page[size]=10')).body).toMatchObject({ triggers: [{ title: 'Tell' }] });
    ticket();
    await wait(50);
    expect(receiver.requests).toHaveLength(0);
    expect((await zendesk.send('DELETE', path)).status).toBe(204);
    expect((await zendesk.send('DELETE', `webhooks/${webhookId}`)).status).toBe(204);
    expect((await zendesk.send('GET', path)).status).toBe(404);
  });
});
