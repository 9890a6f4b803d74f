import { createHmac } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { signatureOf } from '../../sandbox/zendesk/webhooks/signature.ts';
import type { Received, Receiver } from './receiver.ts';
import { startReceiver } from './receiver.ts';
import type { RunningZendesk } from './running-zendesk.ts';
import { at, runZendesk } from './running-zendesk.ts';

const STATUS = 'zen:event-type:ticket.status_changed';
const CREATED = 'zen:event-type:ticket.created';

let zendesk: RunningZendesk;
let receiver: Receiver;

beforeEach(async () => {
  zendesk = await runZendesk({}, 60);
  receiver = await startReceiver();
});

afterEach(async () => {
  await zendesk.close();
  await receiver.close();
});

const hook = (more: object = {}): object => ({
  webhook: {
    name: 'Ledger',
    endpoint: receiver.url,
    http_method: 'POST',
    request_format: 'json',
    status: 'active',
    ...more,
  },
});

const subscribe = async (...subscriptions: string[]): Promise<string> =>
  String(at((await zendesk.send('POST', 'webhooks', { body: hook({ subscriptions }) })).body, 'webhook', 'id'));

const secretOf = async (id: string): Promise<string> =>
  String(at((await zendesk.send('GET', `webhooks/${id}/signing_secret`)).body, 'signing_secret', 'secret'));

const ticket = (more: object = {}): { id: number } => {
  const { state } = zendesk.server;
  const requester = state.users()[0]?.id;
  return state.seedTicket({ requester_id: requester, status: 'open', ...more });
};

const parsed = ({ body }: Received): Record<string, unknown> => JSON.parse(body) as Record<string, unknown>;

describe('webhooks of the simulated Zendesk', () => {
  it('are created, shown without their password, patched, replaced whole and deleted', async () => {
    const authentication = { type: 'basic_auth', data: { username: 'u', password: 'p' }, add_position: 'header' };
    const made = await zendesk.send('POST', 'webhooks', {
      body: hook({ subscriptions: [CREATED], authentication, description: 'd' }),
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
    expect((await zendesk.send('PUT', `webhooks/${id}`, { body: hook({ subscriptions: [STATUS] }) })).status).toBe(204);
    const replaced = at((await zendesk.send('GET', `webhooks/${id}`)).body, 'webhook') as object;
    expect(replaced).toMatchObject({ name: 'Ledger', subscriptions: [STATUS] });
    expect('authentication' in replaced || 'description' in replaced).toBe(false);
    const listed = await zendesk.send('GET', 'webhooks?filter[name_contains]=LEDG&page[size]=1');
    expect(listed.body).toMatchObject({ webhooks: [{ id }], meta: { has_more: false } });
    expect((await zendesk.send('DELETE', `webhooks/${id}`)).status).toBe(204);
    expect((await zendesk.send('GET', `webhooks/${id}`)).status).toBe(404);
  });

  it('keep to one kind of subscription, which cannot be changed, and to what their kind allows', async () => {
    const refused = async (more: object): Promise<number> =>
      (await zendesk.send('POST', 'webhooks', { body: hook(more) })).status;
    expect(await refused({ subscriptions: [CREATED, 'conditional_ticket_events'] })).toBe(400);
    expect(await refused({ subscriptions: ['zen:event-type:organization.updated'] })).toBe(400);
    expect(await refused({ subscriptions: [CREATED], http_method: 'PUT' })).toBe(400);
    expect(await refused({ endpoint: 'nowhere' })).toBe(400);
    zendesk.server.settings.ticketEventSubscriptions = false;
    expect(await refused({ subscriptions: [CREATED] })).toBe(400);
    zendesk.server.settings.mostWebhooks = 1;
    const id = await subscribe('conditional_ticket_events');
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

  it('deliver events signed over timestamp and body with a secret that a reset replaces at once', async () => {
    const id = await subscribe(CREATED);
    const secret = await secretOf(id);
    const { id: ticketId } = ticket({ priority: 'urgent' });
    const [request] = await receiver.got(1);
    const { headers, body, method } = request as Received;
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
    expect(parsed(request as Received)).toMatchObject({
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

  it('sign by the known answer of their algorithm', () => {
    expect(signatureOf('dGhpc19zZWNyZXRfaXNfZm9yX3Rlc3Rpbmdfb25seQ==', '2021-03-25T05:09:27Z', '{"a":1}\n')).toBe(
      'M1Aha3HPZLjKlN/XZyh5aI2JpnR6T0jetCtTVcstFEE=',
    );
  });

  it('tell of every change of tickets, users and organizations that was subscribed to, and of nothing else', async () => {
    const { state, tickets } = zendesk.server;
    const types = ['ticket.status_changed', 'ticket.csat_received', 'ticket.soft_deleted', 'ticket.requester_changed'];
    const people = ['user.created', 'user.merged', 'user.deleted', 'user.suspended_changed', 'user.identity_created'];
    const others = ['user.organization_membership_created', 'organization.external_id_changed', 'organization.deleted'];
    await subscribe(...[...types, ...people, ...others].map((type) => `zen:event-type:${type}`));
    const organization = state.seedOrganization({ name: 'Contoso' });
    const [loser, winner] = ['a', 'b'].map((name) =>
      state.seedUser({ name, email: `${name}@x.example`, verified: true }),
    );
    if (!loser || !winner) throw new Error('unreachable');
    const { id } = ticket({ requester_id: loser.id });
    state.seedMembership(loser.id, organization.id);
    state.editUser(loser.id, { suspended: true });
    state.editOrganization(organization.id, { external_id: 'usmf:1', notes: 'silent' });
    tickets.change({ ids: [id] }, { status: 'solved', satisfaction: 'good' }, false);
    state.mergeUsers(loser.id, winner.id);
    state.deleteOrganization(organization.id);
    tickets.delete({ ids: [id] }, false);
    state.deleteUser(winner.id);
    const sorted = (texts: readonly string[]): string[] => [...texts].sort();
    const requests = await receiver.got(13);
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

  it('tell of writes of the API with their author, and of nothing that lies in the past or is silent', async () => {
    await subscribe(CREATED, STATUS);
    ticket({ created_at: '2020-01-01T00:00:00Z' });
    zendesk.server.tickets.generateOrganizations({ count: 1 });
    zendesk.server.tickets.generate({ count: 5 }, true);
    const body = { ticket: { subject: 'New', comment: { body: 'Help' } } };
    const made = await zendesk.send('POST', 'tickets', { body });
    await zendesk.send('PUT', `tickets/${String(at(made.body, 'ticket', 'id'))}`, {
      body: { ticket: { status: 'pending' } },
    });
    const requests = await receiver.got(2);
    await wait(50);
    const me = String(at((await zendesk.send('GET', 'users/me')).body, 'user', 'id'));
    expect(requests.map(parsed)).toMatchObject([
      { type: CREATED, detail: { actor_id: me } },
      { type: STATUS, detail: { actor_id: me }, event: { current: 'PENDING', previous: 'NEW' } },
    ]);
  });

  it('retry a 409, and a 503 or 429 with a short Retry-After, under one invocation id and a new signature', async () => {
    const id = await subscribe(CREATED);
    receiver.answer = (_request, count) =>
      [
        { status: 409 },
        { status: 503, headers: { 'retry-after': '20' } },
        { status: 429, headers: { 'retry-after': '59' } },
      ][count - 1] ?? { status: 200 };
    ticket();
    const requests = await receiver.got(4);
    expect(new Set(requests.map(({ headers }) => headers['x-zendesk-webhook-invocation-id'])).size).toBe(1);
    const gaps = requests.slice(1).map(({ atMs }, index) => atMs - (requests[index]?.atMs ?? 0));
    expect(gaps[1]).toBeGreaterThanOrEqual(300);
    expect(gaps[2]).toBeGreaterThanOrEqual(950);
    await wait(50);
    const { body } = await zendesk.send('GET', `webhooks/${id}/invocations`);
    expect(body).toMatchObject({ invocations: [{ status: 'success', status_code: 200 }], meta: { has_more: false } });
    const [{ id: invocation }] = body['invocations'] as [{ id: string }];
    const attempts = await zendesk.send('GET', `webhooks/${id}/invocations/${invocation}/attempts`);
    expect((attempts.body['attempts'] as { status_code: number }[]).map((one) => one.status_code)).toEqual([
      409, 503, 429, 200,
    ]);
  });

  it('do not retry any other answer, and give up after three retries', async () => {
    await subscribe(CREATED);
    const bad = [
      { status: 500 },
      { status: 503 },
      { status: 503, headers: { 'retry-after': '60' } },
      { status: 404 },
      { status: 307, headers: { location: '/elsewhere' } },
    ];
    receiver.answer = (_request, count) => bad[count - 1] ?? { status: 409 };
    for (const _one of bad) ticket();
    await receiver.got(5);
    await wait(200);
    expect(receiver.requests).toHaveLength(5);
    expect(zendesk.server.deliveries.list().map(({ status }) => status)).toEqual(Array(5).fill('terminated'));
    ticket();
    await receiver.got(9);
    await wait(200);
    expect(receiver.requests).toHaveLength(9);
  });

  it('wait so long for an answer and no longer, and repeat a timeout five times', async () => {
    zendesk.server.settings.webhookTimeoutMs = 40;
    await subscribe(CREATED);
    receiver.answer = () => ({ status: 200, afterMs: 200 });
    ticket();
    await receiver.got(6);
    await wait(300);
    expect(receiver.requests).toHaveLength(6);
    expect(zendesk.server.deliveries.list()).toMatchObject([{ status: 'failed' }]);
  });

  it('stop for a while when most deliveries fail, and drop what happens meanwhile', async () => {
    Object.assign(zendesk.server.settings, { webhookBreakerLeastRequests: 10, webhookBreakerPauseSeconds: 60 });
    await subscribe(CREATED);
    receiver.answer = () => ({ status: 500 });
    for (let nth = 0; nth < 10; nth += 1) ticket();
    await receiver.got(10);
    await wait(50);
    ticket();
    await wait(50);
    expect(receiver.requests).toHaveLength(10);
    expect(zendesk.server.deliveries.list()[0]).toMatchObject({ status: 'circuit broken' });
    receiver.answer = () => ({ status: 200 });
    await wait(1_050);
    ticket();
    expect(await receiver.got(11)).toHaveLength(11);
  });

  it('are lost, doubled and shuffled when they are told to be', async () => {
    const { settings, tickets } = zendesk.server;
    await subscribe(CREATED);
    tickets.generateOrganizations({ count: 1 });
    settings.webhookLoseShare = 1;
    tickets.generate({ count: 5 }, false);
    await wait(50);
    expect(receiver.requests).toHaveLength(0);
    Object.assign(settings, { webhookLoseShare: 0, webhookDoubleShare: 1, webhookShuffleMs: 6_000 });
    tickets.generate({ count: 20 }, false);
    const requests = await receiver.got(40);
    const ids = requests.map((one) => Number(at(parsed(one), 'detail', 'id')));
    expect(new Set(ids).size).toBe(20);
    expect(new Set(requests.map((one) => parsed(one)['id'])).size).toBe(20);
    expect(ids).not.toEqual([...ids].sort((a, b) => a - b));
  });

  it('can be made by hand: with headers, timestamps and signatures of any kind, and so many at once', async () => {
    const id = await subscribe(CREATED);
    const { deliveries } = zendesk.server;
    const { answers } = await deliveries.send({
      webhookId: id,
      body: '{"id":"mine"}',
      invocationId: 'X1',
      timestamp: 'now',
      headers: { 'x-zendesk-webhook-signature': ['a', 'b'], 'X-Zendesk-Webhook-Id': null, 'content-encoding': 'gzip' },
      times: 13,
    });
    expect(answers).toHaveLength(13);
    expect(answers[0]).toEqual({ status: 202, body: '' });
    const [request] = receiver.requests as [Received];
    expect(request.headers).toMatchObject({
      'x-zendesk-webhook-signature': 'a, b',
      'x-zendesk-webhook-signature-timestamp': 'now',
      'x-zendesk-webhook-invocation-id': 'X1',
      'content-encoding': 'gzip',
    });
    expect('x-zendesk-webhook-id' in request.headers).toBe(false);
    ticket();
    await receiver.got(14);
    const invocation = deliveries.list()[0]?.id ?? '';
    await deliveries.repeat(invocation, 2);
    const [first, again] = receiver.requests.slice(13);
    expect(again?.body).toBe(first?.body);
    const bare = await deliveries.send({ endpoint: receiver.url, secret: 's', body: { id: 1 } });
    expect(bare.answers[0]?.status).toBe(202);
    const gone = await deliveries.send({ endpoint: 'http://127.0.0.1:9/', secret: 's', body: '' });
    expect(gone.answers[0]?.status).toBeNull();
  });

  it('can be tried by the API before they exist, signed with the public secret, and after', async () => {
    receiver.answer = () => ({ status: 418, headers: { 'x-tea': 'yes' }, body: 'short' });
    const request = { endpoint: receiver.url, http_method: 'POST', request_format: 'json', payload: '{"try":1}' };
    const tried = await zendesk.send('POST', 'webhooks/test', { body: { request } });
    expect(tried.body).toMatchObject({ response: { status_code: 418, payload: 'short' } });
    const { headers, body } = receiver.requests[0] as Received;
    const timestamp = String(headers['x-zendesk-webhook-signature-timestamp']);
    const secret = 'dGhpc19zZWNyZXRfaXNfZm9yX3Rlc3Rpbmdfb25seQ==';
    expect(headers['x-zendesk-webhook-signature']).toBe(
      createHmac('sha256', secret).update(`${timestamp}${body}`).digest('base64'),
    );
    const id = await subscribe('conditional_ticket_events');
    await zendesk.send('POST', `webhooks/test?webhook_id=${id}`, { body: { request: { payload: '{}' } } });
    expect(receiver.requests[1]?.headers['x-zendesk-webhook-id']).toBe(id);
  });

  it('authenticate by header and carry the headers of their owner', async () => {
    for (const [authentication, header, value] of [
      [{ type: 'basic_auth', data: { username: 'u', password: 'p' } }, 'authorization', 'Basic dTpw'],
      [{ type: 'bearer_token', data: { token: 't' } }, 'authorization', 'Bearer t'],
      [{ type: 'api_key', data: { name: 'x-key', value: 'k' } }, 'x-key', 'k'],
    ] as const) {
      const more = { authentication, custom_headers: { 'x-own': 'yes' }, subscriptions: [CREATED] };
      const made = await zendesk.send('POST', 'webhooks', { body: hook(more) });
      ticket();
      const [request] = await receiver.got(1);
      expect(request?.headers).toMatchObject({ [header]: value, 'x-own': 'yes' });
      await zendesk.send('DELETE', `webhooks/${String(at(made.body, 'webhook', 'id'))}`);
      receiver.requests.length = 0;
    }
  });
});
