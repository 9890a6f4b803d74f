import { createHmac, randomUUID } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { saveConnection } from '../../fixtures/accounts.ts';
import { startApi, type RunningApi } from '../running-api.ts';

const SECRET = 'the-signing-secret-in-use';
const PUBLIC_TEST_SECRET = 'dGhpc19zZWNyZXRfaXNfZm9yX3Rlc3Rpbmdfb25seQ==';
const REFUSED = '{"error":{"code":"refused","message":"The request was refused."}}';
const SIGNATURE = 'X-Zendesk-Webhook-Signature';
const TIMESTAMP = 'X-Zendesk-Webhook-Signature-Timestamp';

let api: RunningApi;
let hook: string;

beforeAll(async () => {
  // Everything that is wrong is tried here, by one sender.
  api = await startApi({ maxFailures: 1_000 });
  await saveConnection(api.services.store, 'desk');
  await api.services.store.credentials.apply('desk', { 'zendesk.webhookSecret': SECRET });
  hook = (await api.services.store.connections.require('desk')).hooks.zendesk;
});
afterAll(() => api.close());

type HeaderPairs = readonly (readonly [string, string])[];

/** Sends headers and bytes as they are, also such as no well-behaved client would. */
async function post(headers: HeaderPairs, body: string | Buffer, at = hook): Promise<{ status: number; text: string }> {
  const bytes = Buffer.from(body);
  const all = [['Host', new URL(api.origin).host], ['Content-Length', String(bytes.length)], ...headers].flat();
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      `${api.origin}/webhooks/zendesk/${at}`,
      { method: 'POST', headers: all },
      (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (part: string) => (text += part));
        response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
      },
    );
    request.on('error', reject);
    request.end(bytes);
  });
}

const nowText = (shiftS = 0): string => new Date(Date.now() + shiftS * 1_000).toISOString().replace(/\.\d+Z$/, 'Z');
const sign = (timestamp: string, body: string | Buffer, secret = SECRET): string =>
  createHmac('sha256', secret).update(timestamp).update(body).digest('base64');

function signed(body: string | Buffer, { secret = SECRET, shiftS = 0 } = {}): HeaderPairs {
  const timestamp = nowText(shiftS);
  return [
    [SIGNATURE, sign(timestamp, body, secret)],
    [TIMESTAMP, timestamp],
  ];
}

const event = (members: object = {}): string =>
  `${JSON.stringify({ id: randomUUID(), type: 'zen:event-type:ticket.created', subject: 'zen:ticket:17', ...members }, null, 3)}\n`;

const events = async () => (await api.services.store.events.list('desk', undefined)).items;

async function workflows(): Promise<string[]> {
  const ids: string[] = [];
  const { client } = api.services.temporal;
  for await (const { workflowId } of client.workflow.list()) ids.push(workflowId);
  return ids;
}

describe('the endpoint for webhooks of Zendesk', () => {
  it('takes a signed event once, refuses the same with other content, and shows all three', async () => {
    const id = randomUUID();
    const body = event({ id });
    expect(await post(signed(body), body)).toMatchObject({ status: 202 });
    expect(await post(signed(body), body)).toMatchObject({ status: 200 });
    const reordered = JSON.stringify(
      Object.fromEntries(Object.entries(JSON.parse(body) as Record<string, unknown>).reverse()),
    );
    expect(await post(signed(reordered), reordered)).toMatchObject({ status: 200 });
    const other = event({ id, subject: 'zen:ticket:18' });
    const answer = await post(signed(other), other);
    expect([answer.status, JSON.parse(answer.text)]).toEqual([
      422,
      { error: { code: 'other_content', message: expect.any(String) } },
    ]);
    const kept = (await events()).filter(({ eventId }) => eventId === id);
    expect(kept.map(({ verdict, reason }) => [verdict, reason]).reverse()).toEqual([
      ['accepted', null],
      ['duplicate', null],
      ['duplicate', null],
      ['refused', 'other_content'],
    ]);
    expect(kept.at(-1)).toMatchObject({ source: 'zendesk', workflowId: `zendesk-event/desk/${id}` });
    const { type } = await api.services.temporal.client.workflow.getHandle(`zendesk-event/desk/${id}`).describe();
    expect(type).toBe('handleZendeskEvent');
  });

  it('takes the body of our trigger, which is this event by its invocation', async () => {
    const body = '{"ledgerdesk": 1, "ticket_id": "17"}';
    const invoked = (invocation: string) =>
      post([...signed(body), ['X-Zendesk-Webhook-Invocation-Id', invocation]], body);
    expect(await invoked('01TRIGGERED')).toMatchObject({ status: 202 });
    expect(await invoked('01TRIGGERED')).toMatchObject({ status: 200 });
    expect(await invoked('02TRIGGERED')).toMatchObject({ status: 202 });
  });

  it('records an event about anything else and starts nothing', async () => {
    const id = randomUUID();
    const body = event({ id, type: 'zen:event-type:organization.created', subject: 'zen:organization:5' });
    expect(await post(signed(body), body)).toMatchObject({ status: 202 });
    expect(await post(signed(body), body)).toMatchObject({ status: 200 });
    expect((await events()).find(({ eventId, verdict }) => eventId === id && verdict === 'accepted')).toMatchObject({
      outcome: 'ignored',
      workflowId: null,
    });
    expect(await workflows()).not.toContain(`zendesk-event/desk/${id}`);
  });

  describe('refuses with one body, whatever was wrong:', () => {
    const body = event();
    const [signature, timestamp] = ((): [string, string] => {
      const at = nowText();
      return [sign(at, body), at];
    })();
    const good: HeaderPairs = [
      [SIGNATURE, signature],
      [TIMESTAMP, timestamp],
    ];
    const withSignature = (text: string): HeaderPairs => [
      [SIGNATURE, text],
      [TIMESTAMP, timestamp],
    ];
    const shifted = timestamp.replace('Z', '');
    const wrong: [string, HeaderPairs | (() => HeaderPairs), string | Buffer][] = [
      ['a wrong key', signed(body, { secret: 'another' }), body],
      ['the public test secret', signed(body, { secret: PUBLIC_TEST_SECRET }), body],
      ['no signature', [[TIMESTAMP, timestamp]], body],
      ['no timestamp', [[SIGNATURE, signature]], body],
      ['no header at all', [], body],
      ['an empty signature', withSignature(''), body],
      ['a short signature', withSignature(signature.slice(0, 20)), body],
      ['a signature that is not base64', withSignature('*'.repeat(44)), body],
      ['two signatures, the good one first', [...good, [SIGNATURE, sign(timestamp, 'other')]], body],
      ['two signatures, the good one last', [[SIGNATURE, sign(timestamp, 'other')], ...good], body],
      ['the same signature twice', [...good, [SIGNATURE, signature]], body],
      ['the timestamp twice', [...good, [TIMESTAMP, timestamp]], body],
      [
        'a byte that moved from the timestamp to the body',
        [
          [SIGNATURE, signature],
          [TIMESTAMP, shifted],
        ],
        `Z${body}`,
      ],
      [
        'a byte that moved from the body to the timestamp',
        [
          [SIGNATURE, signature],
          [TIMESTAMP, `${timestamp}{`],
        ],
        body.slice(1),
      ],
      ['one more space', good, `${body} `],
      ['one changed digit', good, body.replace('17', '18')],
      ['301 seconds of age', () => signed(body, { shiftS: -301 }), body],
      ['301 seconds ahead', () => signed(body, { shiftS: 302 }), body],
      ['a signature over no body', signed(''), body],
    ];

    it.each(wrong)('%s', async (_what, headers, sent) => {
      const before = await workflows();
      expect(await post(typeof headers === 'function' ? headers() : headers, sent)).toEqual({
        status: 401,
        text: REFUSED,
      });
      expect(await workflows()).toEqual(before);
    });

    it('an unknown hook, with a good signature', async () => {
      expect(await post(signed(body), body, 'nobody-has-this-hook')).toEqual({ status: 401, text: REFUSED });
      expect(await post(signed(body), body, '%00')).toEqual({ status: 401, text: REFUSED });
    });

    it('the hook of the endpoint for F&O', async () => {
      const { hooks } = await api.services.store.connections.require('desk');
      expect(await post(signed(body), body, hooks.dynamics)).toEqual({ status: 401, text: REFUSED });
    });

    it('a packed body, signed or not', async () => {
      const packed = gzipSync(body);
      const encoded: HeaderPairs = [['Content-Encoding', 'gzip']];
      expect(await post([...signed(packed), ...encoded], packed)).toEqual({ status: 415, text: REFUSED });
      expect(await post(encoded, packed)).toEqual({ status: 415, text: REFUSED });
      expect(await post([...signed(body), ...encoded], packed)).toEqual({ status: 415, text: REFUSED });
    });

    it('a connection that has no secret', async () => {
      await saveConnection(api.services.store, 'unwired');
      const { hooks } = await api.services.store.connections.require('unwired');
      expect(await post(signed(body, { secret: '' }), body, hooks.zendesk)).toEqual({ status: 401, text: REFUSED });
    });
  });

  it('takes seconds of distance within five minutes, both ways', async () => {
    for (const shiftS of [-295, 295]) {
      const body = event();
      expect(await post(signed(body, { shiftS }), body)).toMatchObject({ status: 202 });
    }
  });

  it('keeps for the operator why it refused, and a little of it only', async () => {
    const body = event();
    await post(signed(body, { secret: 'another' }), body);
    await post(signed(body, { shiftS: -301 }), body);
    await new Promise((resolve) => setTimeout(resolve, 300));
    const reasons = (await events()).filter(({ verdict }) => verdict === 'refused').map(({ reason }) => reason);
    expect(reasons).toEqual(expect.arrayContaining(['signature', 'timestamp']));
    await Promise.all(Array.from({ length: 80 }, () => post([], event())));
    await new Promise((resolve) => setTimeout(resolve, 500));
    const refused = (await events()).filter(({ verdict }) => verdict === 'refused');
    expect(refused.length).toBeLessThan(80);
  });

  it('answers 413 to more than 256 KiB, and takes as much as that', async () => {
    const large = event({ detail: 'x'.repeat(256 * 1024) });
    expect(await post(signed(large), large)).toMatchObject({ status: 413 });
    const rest = 256 * 1024 - event({ detail: '' }).length;
    const full = event({ detail: 'x'.repeat(rest) });
    expect(full).toHaveLength(256 * 1024);
    expect(await post(signed(full), full)).toMatchObject({ status: 202 });
  });

  it.each(['', 'not json', '[]', '{}', 'null', '{"id":"x"}', '{"ledgerdesk":1,"ticket_id":"{{ticket.id}}"}'])(
    'answers 400 to %p, although it is signed',
    async (body) => {
      const answer = await post(signed(body), body);
      expect([answer.status, JSON.parse(answer.text)]).toEqual([
        400,
        { error: { code: 'malformed', message: expect.any(String) } },
      ]);
    },
  );

  it('takes POST only', async () => {
    expect((await api.askPlainly('GET', `/webhooks/zendesk/${hook}`, {})).status).toBe(405);
    expect((await api.askPlainly('PUT', `/webhooks/zendesk/${hook}`, { body: '{}' })).status).toBe(405);
  });

  it('writes no hook into its log', () => {
    expect(api.lines.join('')).not.toContain(hook);
  });
});

describe('a secret that was replaced', () => {
  const status = async (secret: string): Promise<number> => {
    const body = event();
    return (await post(signed(body, { secret }), body)).status;
  };

  it('is taken for a day, the one before it no longer', async () => {
    const { credentials } = api.services.store;
    await credentials.apply('desk', { 'zendesk.webhookSecret': 'second' });
    expect([await status('second'), await status(SECRET)]).toEqual([202, 202]);
    await credentials.apply('desk', { 'zendesk.webhookSecret': 'second' });
    expect([await status('second'), await status(SECRET)]).toEqual([202, 202]);
    await credentials.apply('desk', { 'zendesk.webhookSecret': 'third' });
    expect([await status('third'), await status('second'), await status(SECRET)]).toEqual([202, 202, 401]);
    await agedBy('25 hours');
    expect([await status('third'), await status('second')]).toEqual([202, 401]);
  });

  async function agedBy(age: string): Promise<void> {
    const client = new pg.Client({ connectionString: api.databaseUrl });
    await client.connect();
    await client.query(
      `update credentials set updated_at = updated_at - $1::interval where field = 'zendesk.formerWebhookSecret'`,
      [age],
    );
    await client.end();
  }
});
