import { createHmac } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { signatureOf } from '../zendesk/webhooks/signature.ts';
import type { ZendeskWithReceiver } from './zendesk-with-receiver.ts';
import { parsed, startZendeskWithReceiver } from './zendesk-with-receiver.ts';
import type { Receiver } from './receiver.ts';
import { at } from './running-zendesk.ts';

const STATUS = 'zen:event-type:ticket.status_changed';
const CREATED = 'zen:event-type:ticket.created';

let zendesk: ZendeskWithReceiver;
let receiver: Receiver;

beforeEach(async () => {
  zendesk = await startZendeskWithReceiver();
  ({ receiver } = zendesk);
});

afterEach(() => zendesk.close());

const secretOf = async (id: string): Promise<string> =>
  String(at((await zendesk.send('GET', `webhooks/${id}/signing_secret`)).body, 'signing_secret', 'secret'));

describe('webhooks of the simulated Zendesk', () => {
  it('are created, shown without their password, patched, replaced completely and deleted', async () => {
    const authentication = { type: 'basic_auth', data: { username: 'u', password: 'p' }, add_position: 'header' };
    const made = await zendesk.send('POST', 'webhooks', {
      body: zendesk.hook({ subscriptions: [CREATED], authentication, description: 'd' }),
    });
    expect(made.status).toBe(201);
    const id = String(at(made.body, 'webhook', 'id'));
    expect(id).toMatch(/^[0-9A-Z]{26}$/);
    expect(at(made.body, 'webhook', 'authentication', 'data', 'password')).toBe('p');
    const shown = await zendesk.send('GET', `webhooks/${id}`);
    expect(at(shown.body, 'webhook', 'authentication', 'data')).toEqual({ username: 'u' });
    expect((await zendesk.send('GET', 'webhooks.json')).status).toBe(404);
    const patched = await zendesk.send('PATCH', `webhooks/${id}`, { body: { webhook: { name: 'New' } } });
    expect([patched.status, patched.text]).toEqual([204, '']);
    expect(at((await zendesk.send('GET', `webhooks/${id}`)).body, 'webhook')).toMatchObject({
      name: 'New',
      description: 'd',
    });
    expect(
      (await zendesk.send('PUT', `webhooks/${id}`, { body: zendesk.hook({ subscriptions: [STATUS] }) })).status,
    ).toBe(204);
    const replaced = at((await zendesk.send('GET', `webhooks/${id}`)).body, 'webhook') as object;
    expect(replaced).toMatchObject({ name: 'Ledger', subscriptions: [STATUS] });
    expect('authentication' in replaced || 'description' in replaced).toBe(false);
    const listed = await zendesk.send('GET', 'webhooks?filter[name_contains]=LEDG&page[size]=1');
    expect(listed.body).toMatchObject({ webhooks: [{ id }], meta: { has_more: false } });
    expect((await zendesk.send('DELETE', `webhooks/${id}`)).status).toBe(204);
    expect((await zendesk.send('GET', `webhooks/${id}`)).status).toBe(404);
  });

  it('have one kind of subscription, which cannot be changed, and are limited to what it allows', async () => {
    const refused = async (more: object): Promise<number> =>
      (await zendesk.send('POST', 'webhooks', { body: zendesk.hook(more) })).status;
    expect(await refused({ subscriptions: [CREATED, 'conditional_ticket_events'] })).toBe(400);
    expect(await refused({ subscriptions: ['zen:event-type:organization.updated'] })).toBe(400);
    expect(await refused({ subscriptions: [CREATED], http_method: 'PUT' })).toBe(400);
    expect(await refused({ endpoint: 'nowhere' })).toBe(400);
    zendesk.server.settings.ticketEventSubscriptions = false;
    expect(await refused({ subscriptions: [CREATED] })).toBe(400);
    zendesk.server.settings.mostWebhooks = 1;
    const id = await zendesk.subscribe('conditional_ticket_events');
    const change = { webhook: { subscriptions: ['zen:event-type:user.created'] } };
    expect((await zendesk.send('PATCH', `webhooks/${id}`, { body: change })).status).toBe(400);
    expect(await refused({})).toBe(400);
    const { state } = zendesk.server;
    state.grantToken({
      token: 'agent',
      userId: state.seedUser({ name: 'Agent', email: 'a@x.example', role: 'agent' }).id,
    });
    expect((await zendesk.send('GET', 'webhooks', { authorization: 'Bearer agent' })).status).toBe(403);
  });

  it('deliver events signed over timestamp and body, with a secret that a reset replaces immediately', async () => {
    const id = await zendesk.subscribe(CREATED);
    const secret = await secretOf(id);
    const ticketId = zendesk.ticket({ priority: 'urgent' });
    await receiver.waitFor(1);
    const { headers, body, method } = receiver.request(1);
    expect(method).toBe('POST');
    expect(headers).toMatchObject({
      'content-type': 'application/json; charset=utf-8',
      'user-agent': 'Zendesk Webhook',
      'x-zendesk-account-id': expect.stringMatching(/^\d+$/),
      'x-zendesk-webhook-id': id,
      'x-zendesk-webhook-invocation-id': expect.stringMatching(/^[0-9A-Z]{26}$/),
      'x-zendesk-webhook-signature-timestamp': expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
    });
    const timestamp = String(headers['x-zendesk-webhook-signature-timestamp']);
    expect(Math.abs(Date.now() - Date.parse(timestamp))).toBeLessThan(5_000);
    const mac = createHmac('sha256', secret)
      .update(timestamp + body)
      .digest('base64');
    expect(headers['x-zendesk-webhook-signature']).toBe(mac);
    expect(body).toMatch(/^\{\n {3}"account_id"[\s\S]*\}\n$/);
    expect(parsed(receiver.request(1))).toMatchObject({
      type: CREATED,
      subject: `zen:ticket:${ticketId}`,
      zendesk_event_version: '2022-11-06',
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      detail: { id: String(ticketId), status: 'OPEN', priority: 'URGENT', organization_id: '0', external_id: '' },
    });
    const reset = await zendesk.send('POST', `webhooks/${id}/signing_secret`);
    expect([reset.status, at(reset.body, 'signing_secret', 'algorithm')]).toEqual([201, 'SHA256']);
    expect(await secretOf(id)).not.toBe(secret);
  });

  it('sign with the result of a known vector', () => {
    expect(signatureOf('dGhpc19zZWNyZXRfaXNfZm9yX3Rlc3Rpbmdfb25seQ==', '2021-03-25T05:09:27Z', '{"a":1}\n')).toBe(
      'M1Aha3HPZLjKlN/XZyh5aI2JpnR6T0jetCtTVcstFEE=',
    );
  });

  it('deliver exactly the subscribed changes of tickets, users and organizations', async () => {
    const { state, tickets } = zendesk.server;
    const types = ['ticket.status_changed', 'ticket.csat_received', 'ticket.soft_deleted', 'ticket.requester_changed'];
    const people = ['user.created', 'user.merged', 'user.deleted', 'user.suspended_changed', 'user.identity_created'];
    const others = ['user.organization_membership_created', 'organization.external_id_changed', 'organization.deleted'];
    await zendesk.subscribe(...[...types, ...people, ...others].map((type) => `zen:event-type:${type}`));
    const organization = state.seedOrganization({ name: 'Contoso' });
    const [loser, winner] = ['a', 'b'].map((name) =>
      state.seedUser({ name, email: `${name}@x.example`, verified: true }),
    );
    if (!loser || !winner) throw new Error('unreachable');
    const id = zendesk.ticket({ requester_id: loser.id });
    state.seedMembership(loser.id, organization.id);
    state.editUser(loser.id, { suspended: true });
    state.editOrganization(organization.id, { external_id: 'usmf:1', notes: 'silent' });
    tickets.change({ ids: [id] }, { status: 'solved', satisfaction: 'good' }, false);
    state.mergeUsers(loser.id, winner.id);
    state.deleteOrganization(organization.id);
    tickets.delete({ ids: [id] }, false);
    state.deleteUser(winner.id);
    const sorted = (texts: readonly string[]): string[] => [...texts].sort();
    const requests = await receiver.waitFor(13);
    await wait(50);
    expect(sorted(requests.map((one) => String(parsed(one)['type']).replace('zen:event-type:', '')))).toEqual(
      sorted([
        ...[
          'user.created',
          'user.created',
          'user.identity_created',
          'user.identity_created',
          'user.merged',
          'user.deleted',
        ],
        ...['user.organization_membership_created', 'user.suspended_changed', 'organization.external_id_changed'],
        ...['ticket.status_changed', 'ticket.csat_received', 'ticket.soft_deleted', 'organization.deleted'],
      ]),
    );
    const merged = requests.map(parsed).find(({ type }) => type === 'zen:event-type:user.merged');
    expect(merged).toMatchObject({ detail: { id: String(loser.id) }, event: { user: { id: String(winner.id) } } });
    const solved = requests.map(parsed).find(({ type }) => type === STATUS);
    expect(solved).toMatchObject({ event: { current: 'SOLVED', previous: 'OPEN' } });
  });

  it('deliver writes through the API with their author, but not seeded or silent changes', async () => {
    await zendesk.subscribe(CREATED, STATUS);
    zendesk.ticket({ created_at: '2020-01-01T00:00:00Z' });
    zendesk.server.tickets.generateOrganizations({ count: 1 });
    zendesk.server.tickets.generate({ count: 5 }, true);
    const body = { ticket: { subject: 'New', comment: { body: 'Help' } } };
    const made = await zendesk.send('POST', 'tickets', { body });
    await zendesk.send('PUT', `tickets/${String(at(made.body, 'ticket', 'id'))}`, {
      body: { ticket: { status: 'pending' } },
    });
    const requests = await receiver.waitFor(2);
    await wait(50);
    const me = String(at((await zendesk.send('GET', 'users/me')).body, 'user', 'id'));
    expect(requests.map(parsed)).toMatchObject([
      { type: CREATED, detail: { actor_id: me } },
      { type: STATUS, detail: { actor_id: me }, event: { current: 'PENDING', previous: 'NEW' } },
    ]);
  });
});
