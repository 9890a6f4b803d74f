import { createHmac, randomUUID } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { networkOf } from '../../api/network-of.ts';
import { warnOfShortToken } from '../../api/admin/short-token.ts';
import { createLog } from '../../runtime/log/log.ts';
import { createSecret } from '../../runtime/config/secret.ts';
import { saveConnection } from '../fixtures/accounts.ts';
import { startApi, type RunningApi } from './running-api.ts';

const SECRET = 'the-signing-secret-in-use';
const MOST = 20;

interface Told {
  readonly status: number;
  readonly retryAfter: string | undefined;
  readonly body: unknown;
}

/** Asks from one of the many addresses that this machine has of its own. */
function askFrom(localAddress: string, url: string, options: { method?: string; headers?: object; body?: string }) {
  return new Promise<Told>((resolve, reject) => {
    const { method = 'GET', headers = {}, body = '' } = options;
    const sent = { ...headers, 'content-length': String(Buffer.byteLength(body)) };
    const request = httpRequest(url, { method, localAddress, headers: sent }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => (text += part));
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          retryAfter: response.headers['retry-after'],
          body: JSON.parse(text) as unknown,
        }),
      );
    });
    request.on('error', reject);
    request.end(body);
  });
}

async function times<Answer>(count: number, ask: (nth: number) => Promise<Answer>): Promise<Answer[]> {
  const answers: Answer[] = [];
  for (let nth = 0; nth < count; nth += 1) answers.push(await ask(nth));
  return answers;
}

const statuses = (answers: readonly Told[]): number[] => answers.map(({ status }) => status);
const all = (status: number, count: number): number[] => Array.from({ length: count }, () => status);
const tooMany = {
  status: 429,
  retryAfter: expect.stringMatching(/^([1-9]|[1-5]\d|60)$/),
  body: {
    error: { code: 'too_many_failures', message: expect.stringContaining('A valid credential is always accepted') },
  },
};

let api: RunningApi;
const hooks = { zendesk: '', dynamics: '' };

beforeAll(async () => {
  api = await startApi();
  await saveConnection(api.services.store, 'desk');
  await api.services.store.credentials.apply('desk', { 'zendesk.webhookSecret': SECRET });
  Object.assign(hooks, (await api.services.store.connections.require('desk')).hooks);
});
afterAll(() => api.close());

describe('wrong tokens', () => {
  const ask = (from: string, token?: string) =>
    askFrom(
      from,
      `${api.origin}/api/connections`,
      token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } },
    );

  it('of one address are answered 429 after twenty within a minute, and a valid one is taken all the same', async () => {
    const { token } = (await api.ask('POST', '/api/tokens', { scope: 'read' })).body as { token: string };
    const from = '127.0.0.21';
    expect(statuses(await times(MOST, (nth) => ask(from, `wrong-${nth}`)))).toEqual(all(401, MOST));
    expect(await ask(from, 'wrong')).toEqual(tooMany);
    expect(await ask(from, 'ldt_nobody-made-this')).toEqual(tooMany);
    expect(statuses([await ask(from, api.token), await ask(from, token)])).toEqual([200, 200]);
    expect(await ask(from, 'wrong')).toEqual(tooMany);
  });

  it('of one address do not count for another, whatever X-Forwarded-For says', async () => {
    const headers = { authorization: 'Bearer wrong', 'x-forwarded-for': '127.0.0.23', forwarded: 'for=127.0.0.23' };
    const forwarded = () => askFrom('127.0.0.22', `${api.origin}/api/connections`, { headers });
    await times(MOST + 1, forwarded);
    expect(await forwarded()).toEqual(tooMany);
    expect((await ask('127.0.0.23', 'wrong')).status).toBe(401);
    const changing = (nth: number) =>
      askFrom('127.0.0.22', `${api.origin}/api/connections`, {
        headers: { ...headers, 'x-forwarded-for': `10.0.0.${nth}` },
      });
    expect(statuses(await times(3, changing))).toEqual(all(429, 3));
  });

  it('do not count where there is none, nor where the token is valid and too narrow', async () => {
    const from = '127.0.0.24';
    expect(statuses(await times(MOST + 5, () => ask(from)))).toEqual(all(401, MOST + 5));
    const { token } = (await api.ask('POST', '/api/tokens', { scope: 'read' })).body as { token: string };
    const headers = { authorization: `Bearer ${token}` };
    const narrow = () => askFrom(from, `${api.origin}/api/audit`, { headers });
    expect(statuses(await times(MOST + 5, narrow))).toEqual(all(403, MOST + 5));
    expect((await ask(from, 'wrong')).status).toBe(401);
  });

  it('are no less counted when they come at once', async () => {
    const answers = await Promise.all(Array.from({ length: 50 }, (_, nth) => ask('127.0.0.25', `wrong-${nth}`)));
    expect(statuses(answers).sort()).toEqual([...all(401, MOST), ...all(429, 50 - MOST)]);
  });

  it('are logged once for each address, without a token', () => {
    const told = api.lines.filter((line) => line.includes('wrong credentials'));
    expect(told.map((line) => (JSON.parse(line) as { network: string }).network).sort()).toEqual([
      '127.0.0.21',
      '127.0.0.22',
      '127.0.0.25',
    ]);
    expect(api.lines.join()).not.toContain('wrong-1');
  });
});

describe('the endpoints for events', () => {
  const knock = (from: string, { hook = hooks.zendesk, secret = SECRET, shiftS = 0, body = event() } = {}) => {
    const timestamp = new Date(Date.now() + shiftS * 1_000).toISOString();
    const headers = {
      'x-zendesk-webhook-signature': createHmac('sha256', secret).update(timestamp).update(body).digest('base64'),
      'x-zendesk-webhook-signature-timestamp': timestamp,
    };
    return askFrom(from, `${api.origin}/webhooks/zendesk/${hook}`, { method: 'POST', headers, body });
  };
  const event = () =>
    JSON.stringify({ id: randomUUID(), type: 'zen:event-type:ticket.created', subject: 'zen:ticket:1' });
  const erp = (from: string, hook: string, method = 'POST') => {
    const headers = { 'content-type': 'application/json', 'webhook-request-origin': 'eventgrid.azure.net' };
    const body = method === 'POST' ? '[{"eventType": "none"}]' : '';
    return askFrom(from, `${api.origin}/events/dynamics/${hook}`, { method, headers, body });
  };

  it('answer 429 to a stranger after twenty bad signatures, at a known hook and at an unknown one alike', async () => {
    const known = await times(MOST + 2, () => knock('127.0.0.31', { secret: 'another' }));
    const unknown = await times(MOST + 2, () => knock('127.0.0.32', { hook: 'nobody-has-this-hook' }));
    for (const answers of [known, unknown]) {
      expect(statuses(answers)).toEqual([...all(401, MOST), 429, 429]);
      expect(answers.at(-1)).toEqual(tooMany);
    }
  });

  it('take what is signed correctly, also from the address of a stranger', async () => {
    expect((await knock('127.0.0.33')).status).toBe(202);
    expect((await knock('127.0.0.31')).status).toBe(202);
    await times(5, () => knock('127.0.0.31', { secret: 'another' }));
    expect(statuses(await times(MOST + 5, () => knock('127.0.0.31')))).toEqual(all(202, MOST + 5));
  });

  it('never count what is signed correctly, even when it is too old or malformed', async () => {
    const from = '127.0.0.34';
    expect(statuses(await times(MOST + 2, () => knock(from, { shiftS: -400 })))).toEqual(all(401, MOST + 2));
    expect(statuses(await times(MOST + 2, () => knock(from, { body: 'not json' })))).toEqual(all(400, MOST + 2));
    const again = event();
    const repeated = await times(MOST + 2, () => knock(from, { body: again }));
    expect(statuses(repeated)).toEqual([202, ...all(200, MOST + 1)]);
    expect((await knock(from, { secret: 'another' })).status).toBe(401);
  });

  it('for F&O answer 429 to whoever guesses hooks, by POST or OPTIONS, and still take events by the right hook', async () => {
    const from = '127.0.0.35';
    const tried = await times(MOST, (nth) => erp(from, `hook-${nth}`, nth % 2 === 0 ? 'POST' : 'OPTIONS'));
    expect(statuses(tried)).toEqual(all(401, MOST));
    expect(await erp(from, 'hook')).toEqual(tooMany);
    expect((await erp(from, hooks.dynamics)).status).toBe(200);
    expect((await erp('127.0.0.36', 'hook')).status).toBe(401);
  });

  it('are counted apart from the tokens', async () => {
    const headers = { authorization: 'Bearer wrong' };
    expect((await askFrom('127.0.0.35', `${api.origin}/api/connections`, { headers })).status).toBe(401);
  });
});

describe('the codec endpoint', () => {
  const decode = (from: string, at: string, token?: string) => {
    const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
    return askFrom(from, `${api.origin}/codec${at}/decode`, { method: 'POST', headers, body: '{"payloads": []}' });
  };

  it('answers 429 to whoever guesses addresses or tokens, and decodes for those who have one', async () => {
    const from = '127.0.0.41';
    const tried = await times(MOST, (nth) =>
      nth % 2 === 0 ? decode(from, `/guess-${nth}`) : decode(from, '', 'wrong'),
    );
    expect(statuses(tried)).toEqual(all(401, MOST));
    expect([await decode(from, '/guess'), await decode(from, '', 'wrong')]).toEqual([tooMany, tooMany]);
    const { endpoint } = (await api.ask('GET', '/api/codec')).body as { endpoint: string };
    const [, capability = ''] = /codec(\/.+)$/.exec(endpoint) ?? [];
    expect(statuses([await decode(from, capability), await decode(from, '', api.token)])).toEqual([200, 200]);
    expect((await decode('127.0.0.42', '/guess')).status).toBe(401);
  });

  it('decodes for no token of a narrower scope than admin', async () => {
    for (const scope of ['read', 'run']) {
      const { token } = (await api.ask('POST', '/api/tokens', { scope })).body as { token: string };
      expect((await decode('127.0.0.43', '', token)).status).toBe(403);
    }
  });
});

describe('the address of a sender', () => {
  it.each([
    ['127.0.0.1', '127.0.0.1'],
    ['::ffff:203.0.113.7', '203.0.113.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:DB8:1:2::1', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['2001:0db8:0000:0000::1', '2001:db8:0:0::/64'],
    ['1:2:3:4:5:6::', '1:2:3:4::/64'],
    ['::1', '0:0:0:0::/64'],
    ['::', '0:0:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['', ''],
  ])('%s counts as %s', (address, network) => {
    expect(networkOf(address)).toBe(network);
  });
});

describe('an admin token', () => {
  it('that could be guessed leads to a warning that does not show it', () => {
    const lines: string[] = [];
    const { log } = createLog({ level: 'info', pretty: false, write: (line) => lines.push(line) });
    warnOfShortToken(createSecret('x'.repeat(32)), log);
    expect(lines).toEqual([]);
    warnOfShortToken(createSecret('short-and-guessable'), log);
    expect(lines.map((line) => (JSON.parse(line) as { level: number }).level)).toHaveLength(1);
    expect(lines.join()).toContain('openssl rand -hex 32');
    expect(lines.join()).not.toContain('short-and-guessable');
  });
});
