import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Sandbox } from '../sandbox.ts';
import { startSandbox } from '../sandbox.ts';
import type { Receiver } from './receiver.ts';
import { startReceiver } from './receiver.ts';

type Wire = Readonly<Record<string, unknown>>;

let sandbox: Sandbox;
let receiver: Receiver;

beforeEach(async () => {
  sandbox = await startSandbox({ seed: 'empty', clockScale: 60 });
  receiver = await startReceiver();
});

afterEach(async () => {
  await sandbox.close();
  await receiver.close();
});

const send = async (method: string, url: string, body?: object): Promise<{ status: number; json: Wire }> => {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${sandbox.zendeskToken}` };
  const response = await fetch(url, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
  const text = await response.text();
  return { status: response.status, json: (text === '' ? {} : JSON.parse(text)) as Wire };
};

const control = (method: string, path: string, body?: object): Promise<{ status: number; json: Wire }> =>
  send(method, `${sandbox.control}/state/zendesk/${path}`, body);

const subscribe = async (type: string): Promise<string> => {
  const plain = { name: 'L', http_method: 'POST', request_format: 'json', status: 'active' };
  const webhook = { ...plain, endpoint: receiver.url, subscriptions: [`zen:event-type:${type}`] };
  const { json } = await send('POST', `${sandbox.zendesk}/api/v2/webhooks`, { webhook });
  return String((json['webhook'] as Wire)['id']);
};

describe('the control server of the simulated Zendesk', () => {
  it('creates many organizations and tickets, changes and deletes them, silently or not', async () => {
    const organizations = await control('POST', 'organizations/generate', { count: 10, externalIdPrefix: 'usmf:C-' });
    expect(organizations.json['ids']).toHaveLength(10);
    await subscribe('ticket.status_changed');
    expect((await control('POST', 'tickets/generate', { count: 30, silent: true })).json).toEqual({
      from: 1,
      count: 30,
    });
    const silentChange = { where: { limit: 20 }, set: { status: 'pending' }, silent: true };
    expect((await control('POST', 'tickets/change', silentChange)).json['ids']).toHaveLength(20);
    await control('POST', 'tickets/change', { where: { ids: [3, 4] }, set: { status: 'solved' } });
    expect(await receiver.waitFor(2)).toHaveLength(2);
    expect((await control('POST', 'tickets/delete', { where: { statuses: ['pending'] } })).json['ids']).toHaveLength(
      18,
    );
    expect((await control('GET', 'tickets')).json['total']).toBe(12);
    expect((await control('POST', 'tickets/change', {})).status).toBe(400);
    expect((await control('POST', 'tickets/generate', {})).status).toBe(400);
    expect((await control('POST', 'tickets/merge', { ids: [3], into: 4 })).status).toBe(204);
    expect((await control('POST', 'tickets/merge', { ids: [4], into: 3 })).status).toBe(422);
    expect((await control('POST', 'tickets/merge', { ids: [3] })).status).toBe(400);
  });

  it('lists deliveries, repeats them, sends written ones and removes all', async () => {
    const id = await subscribe('user.created');
    await control('POST', 'users', { name: 'Ann', email: 'ann@x.example' });
    await receiver.waitFor(1);
    const { json } = await control('GET', `deliveries?webhookId=${id}`);
    const [delivery] = json['items'] as [Wire];
    expect(delivery).toMatchObject({ webhookId: id, eventType: 'zen:event-type:user.created' });
    const repeated = await control('POST', `deliveries/${String(delivery['id'])}/repeat`, { times: 13 });
    expect(repeated.json['answers']).toEqual(Array(13).fill({ status: 202, body: '' }));
    expect(new Set(receiver.requests.map(({ body }) => body)).size).toBe(1);
    const made = await control('POST', 'deliveries', { webhookId: id, body: { id: 'own' }, signature: 'AAAA' });
    expect(made.json).toMatchObject({ answers: [{ status: 202 }] });
    expect(receiver.request(15).headers['x-zendesk-webhook-signature']).toBe('AAAA');
    expect((await control('POST', 'deliveries', { body: {} })).status).toBe(400);
    expect((await control('POST', 'deliveries/NONE/repeat')).status).toBe(404);
    await control('DELETE', 'deliveries');
    expect((await control('GET', 'deliveries')).json['total']).toBe(0);
  });

  it('issues tokens to the client of the first line, and expires and revokes them', async () => {
    const { oauthClientId: client_id, oauthClientSecret: client_secret } = sandbox;
    const form = { grant_type: 'client_credentials', client_id, client_secret, scope: 'read write' };
    const { json } = await send('POST', `${sandbox.zendesk}/oauth/tokens`, form);
    const bearer = { authorization: `Bearer ${String(json['access_token'])}` };
    const status = async (): Promise<number> =>
      (await fetch(`${sandbox.zendesk}/api/v2/organizations`, { headers: bearer })).status;
    expect(await status()).toBe(200);
    expect((await control('GET', 'oauth')).json).toMatchObject({ total: 1, items: [{ kind: 'access' }] });
    expect((await control('POST', 'oauth/expire', { what: 'access' })).status).toBe(204);
    expect(await status()).toBe(401);
    expect((await control('POST', 'oauth/expire', { what: 'milk' })).status).toBe(400);
    expect((await control('POST', 'oauth/revoke')).status).toBe(204);
    expect((await control('GET', 'oauth')).json['total']).toBe(0);
  });
});
