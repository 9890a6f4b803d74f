import { createHmac } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { ZendeskWithReceiver } from './zendesk-with-receiver.ts';
import { parsed, startZendeskWithReceiver } from './zendesk-with-receiver.ts';
import type { Receiver } from './receiver.ts';
import { at } from './running-zendesk.ts';

const CREATED = 'zen:event-type:ticket.created';

let zendesk: ZendeskWithReceiver;
let receiver: Receiver;

beforeEach(async () => {
  zendesk = await startZendeskWithReceiver();
  ({ receiver } = zendesk);
});

afterEach(() => zendesk.close());

describe('deliveries of the simulated Zendesk', () => {
  it('are retried after a 409, and a 503 or 429 with a short Retry-After, with a new signature', async () => {
    const id = await zendesk.subscribe(CREATED);
    receiver.respond = (_request, count) =>
      [
        { status: 409 },
        { status: 503, headers: { 'retry-after': '20' } },
        { status: 429, headers: { 'retry-after': '59' } },
      ][count - 1] ?? { status: 200 };
    zendesk.ticket();
    const requests = await receiver.waitFor(4);
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

  it('are not retried after any other response, nor more than three times', async () => {
    await zendesk.subscribe(CREATED);
    const bad = [
      { status: 500 },
      { status: 503 },
      { status: 503, headers: { 'retry-after': '60' } },
      { status: 404 },
      { status: 307, headers: { location: '/elsewhere' } },
    ];
    receiver.respond = (_request, count) => bad[count - 1] ?? { status: 409 };
    bad.forEach(() => zendesk.ticket());
    await receiver.waitFor(5);
    await wait(200);
    expect(receiver.requests).toHaveLength(5);
    expect(zendesk.server.deliveries.list().map(({ status }) => status)).toEqual(Array(5).fill('terminated'));
    zendesk.ticket();
    await receiver.waitFor(9);
    await wait(200);
    expect(receiver.requests).toHaveLength(9);
  });

  it('time out as the settings say, and are retried five times after a timeout', async () => {
    zendesk.server.settings.webhookTimeoutMs = 40;
    await zendesk.subscribe(CREATED);
    receiver.respond = () => ({ status: 200, afterMs: 200 });
    zendesk.ticket();
    await receiver.waitFor(6);
    await wait(300);
    expect(receiver.requests).toHaveLength(6);
    expect(zendesk.server.deliveries.list()).toMatchObject([{ status: 'failed' }]);
  });

  it('stop for a while when most deliveries fail, and drop the events of that time', async () => {
    Object.assign(zendesk.server.settings, { webhookBreakerLeastRequests: 10, webhookBreakerPauseSeconds: 60 });
    await zendesk.subscribe(CREATED);
    receiver.respond = () => ({ status: 500 });
    for (let nth = 0; nth < 10; nth += 1) zendesk.ticket();
    await receiver.waitFor(10);
    await wait(50);
    zendesk.ticket();
    await wait(50);
    expect(receiver.requests).toHaveLength(10);
    expect(zendesk.server.deliveries.list()[0]).toMatchObject({ status: 'circuit broken' });
    receiver.respond = () => ({ status: 200 });
    await wait(1_050);
    zendesk.ticket();
    expect(await receiver.waitFor(11)).toHaveLength(11);
  });

  it('are lost, doubled and shuffled as the settings say', async () => {
    const { settings, tickets } = zendesk.server;
    await zendesk.subscribe(CREATED);
    tickets.generateOrganizations({ count: 1 });
    settings.webhookLoseShare = 1;
    tickets.generate({ count: 5 }, false);
    await wait(50);
    expect(receiver.requests).toHaveLength(0);
    Object.assign(settings, { webhookLoseShare: 0, webhookDoubleShare: 1, webhookShuffleMs: 6_000 });
    tickets.generate({ count: 20 }, false);
    const requests = await receiver.waitFor(40);
    const ids = requests.map((one) => Number(at(parsed(one), 'detail', 'id')));
    expect(new Set(ids).size).toBe(20);
    expect(new Set(requests.map((one) => parsed(one)['id'])).size).toBe(20);
    expect(ids).not.toEqual([...ids].sort((a, b) => a - b));
  });

  it('can be written by a test, with any headers, timestamps and signatures, and several at once', async () => {
    const id = await zendesk.subscribe(CREATED);
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
    const request = receiver.request(1);
    expect(request.headers).toMatchObject({
      'x-zendesk-webhook-signature': 'a, b',
      'x-zendesk-webhook-signature-timestamp': 'now',
      'x-zendesk-webhook-invocation-id': 'X1',
      'content-encoding': 'gzip',
    });
    expect('x-zendesk-webhook-id' in request.headers).toBe(false);
    zendesk.ticket();
    await receiver.waitFor(14);
    const invocation = deliveries.list()[0]?.id ?? '';
    await deliveries.repeat(invocation, 2);
    const [first, again] = receiver.requests.slice(13);
    expect(again?.body).toBe(first?.body);
    const bare = await deliveries.send({ endpoint: receiver.url, secret: 's', body: { id: 1 } });
    expect(bare.answers[0]?.status).toBe(202);
    const gone = await deliveries.send({ endpoint: 'http://127.0.0.1:9/', secret: 's', body: '' });
    expect(gone.answers[0]?.status).toBeNull();
  });

  it('can be tested through the API before the webhook exists, with the public secret, and after', async () => {
    receiver.respond = () => ({ status: 418, headers: { 'x-tea': 'yes' }, body: 'short' });
    const request = { endpoint: receiver.url, http_method: 'POST', request_format: 'json', payload: '{"try":1}' };
    const tried = await zendesk.send('POST', 'webhooks/test', { body: { request } });
    expect(tried.body).toMatchObject({ response: { status_code: 418, payload: 'short' } });
    const { headers, body } = receiver.request(1);
    const timestamp = String(headers['x-zendesk-webhook-signature-timestamp']);
    const secret = 'dGhpc19zZWNyZXRfaXNfZm9yX3Rlc3Rpbmdfb25seQ==';
    expect(headers['x-zendesk-webhook-signature']).toBe(
      createHmac('sha256', secret).update(`${timestamp}${body}`).digest('base64'),
    );
    const id = await zendesk.subscribe('conditional_ticket_events');
    await zendesk.send('POST', `webhooks/test?webhook_id=${id}`, { body: { request: { payload: '{}' } } });
    expect(receiver.requests[1]?.headers['x-zendesk-webhook-id']).toBe(id);
  });

  it('contain the credentials and the custom headers of the webhook', async () => {
    for (const [authentication, header, value] of [
      [{ type: 'basic_auth', data: { username: 'u', password: 'p' } }, 'authorization', 'Basic dTpw'],
      [{ type: 'bearer_token', data: { token: 't' } }, 'authorization', 'Bearer t'],
      [{ type: 'api_key', data: { name: 'x-key', value: 'k' } }, 'x-key', 'k'],
    ] as const) {
      const more = { authentication, custom_headers: { 'x-own': 'yes' }, subscriptions: [CREATED] };
      const made = await zendesk.send('POST', 'webhooks', { body: zendesk.hook(more) });
      zendesk.ticket();
      const [request] = await receiver.waitFor(1);
      expect(request?.headers).toMatchObject({ [header]: value, 'x-own': 'yes' });
      await zendesk.send('DELETE', `webhooks/${String(at(made.body, 'webhook', 'id'))}`);
      receiver.requests.length = 0;
    }
  });
});
