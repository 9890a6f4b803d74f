import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client } from '@temporalio/client';
import { defaultPayloadConverter, type Payload } from '@temporalio/common';
import pg from 'pg';
import { createPayloadEncryption } from '../../runtime/temporal/payload-encryption.ts';
import { UI_ORIGIN, startApi, type RunningApi } from './running-api.ts';

const OLD = { id: 'old', key: Buffer.alloc(32, 1) };
const NEW = { id: 'new', key: Buffer.alloc(32, 2) };
const KEYS = [NEW, OLD].map(({ id, key }) => `${id}:${key.toString('base64')}`).join(',');
const VALUE = { connectionId: 'contoso', legalEntity: 'usmf' };

interface JsonPayload {
  readonly metadata: Readonly<Record<string, string>>;
  readonly data: string;
}

const codecOf = (key: typeof OLD) => createPayloadEncryption([key], { isOn: true }).codec;
const base64 = (bytes: Uint8Array | null | undefined): string => Buffer.from(bytes ?? []).toString('base64');
const clear = (text: string | undefined): string => Buffer.from(text ?? '', 'base64').toString();

/** A payload as Temporal's tools write it. */
function toJson({ metadata, data }: Payload): JsonPayload {
  const members = Object.entries(metadata ?? {}).map(([name, bytes]) => [name, base64(bytes)]);
  return { metadata: Object.fromEntries(members) as Record<string, string>, data: base64(data) };
}

async function encrypted(key: typeof OLD, value: unknown = VALUE): Promise<JsonPayload> {
  const payloads = await codecOf(key).encode([defaultPayloadConverter.toPayload(value)]);
  const [first] = payloads.map(toJson);
  if (first === undefined) throw new Error('Nothing was encrypted.');
  return first;
}

describe('the codec endpoint', () => {
  let api: RunningApi;
  let capability: string;
  let endpoint: string;
  const plain = toJson(defaultPayloadConverter.toPayload(VALUE));

  beforeAll(async () => {
    api = await startApi({ keys: KEYS });
    const { body } = await api.ask('GET', '/api/codec');
    ({ endpoint } = body as { endpoint: string });
    capability = api.services.payloads.capability.reveal();
  });
  afterAll(() => api.close());

  const post = (path: string, body: unknown, headers: Readonly<Record<string, string>> = {}) =>
    api.askPlainly('POST', path, {
      headers: { 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
  const admin = { authorization: 'Bearer the-admin-token' };
  const payloadsOf = (body: unknown): readonly JsonPayload[] => (body as { payloads: JsonPayload[] }).payloads;

  it('is shown with the key that encrypts, by its whole address', async () => {
    expect(await api.ask('GET', '/api/codec')).toMatchObject({
      status: 200,
      body: { encrypts: true, keyId: 'new', endpoint: `${api.origin}/codec/${capability}` },
    });
  });

  it.each(['', '/capability'])(
    'decodes what any key wrote and passes on what is in clear: /codec%s/decode',
    async (at) => {
      const path = at === '' ? '/codec/decode' : `/codec/${capability}/decode`;
      const sent = [await encrypted(OLD), plain, await encrypted(NEW)];
      const { status, headers, body } = await post(path, { payloads: sent }, at === '' ? admin : {});
      expect(status).toBe(200);
      expect(headers.get('cache-control')).toBe('no-store');
      expect(payloadsOf(body)).toEqual([plain, plain, plain]);
      expect(clear(payloadsOf(body)[0]?.data)).toBe(JSON.stringify(VALUE));
    },
  );

  it.each(['', '/capability'])('encodes under the first key: /codec%s/encode', async (at) => {
    const path = at === '' ? '/codec/encode' : `/codec/${capability}/encode`;
    const { status, body } = await post(path, { payloads: [plain] }, at === '' ? admin : {});
    expect(status).toBe(200);
    const [sealed] = payloadsOf(body);
    expect(clear(sealed?.metadata['encoding'])).toBe('binary/encrypted');
    expect(clear(sealed?.metadata['encryption-key-id'])).toBe('new');
    expect(clear(sealed?.data)).not.toContain('contoso');
    const back = await post('/codec/decode', { payloads: [sealed] }, admin);
    expect(payloadsOf(back.body)).toEqual([plain]);
  });

  it('takes a payload without data or metadata, and none at all', async () => {
    const empty = await post(
      '/codec/decode',
      { payloads: [{ metadata: { encoding: 'YmluYXJ5L251bGw=' } }, {}] },
      admin,
    );
    expect(payloadsOf(empty.body)).toEqual([
      { metadata: { encoding: 'YmluYXJ5L251bGw=' }, data: '' },
      { metadata: {}, data: '' },
    ]);
    for (const none of [{ payloads: [] }, {}])
      expect(await post('/codec/encode', none, admin)).toMatchObject({ status: 200, body: { payloads: [] } });
  });

  it('needs a token of the scope admin where its address is known to all', async () => {
    const sent = { payloads: [await encrypted(NEW)] };
    for (const path of ['/codec/decode', '/codec/encode']) {
      for (const headers of [{}, { authorization: 'Bearer wrong' }, { authorization: `Bearer ${capability}` }]) {
        const { status, body } = await post(path, sent, headers);
        expect([path, status]).toEqual([path, 401]);
        expect(body).not.toHaveProperty('payloads');
      }
      for (const scope of ['read', 'run', 'admin'] as const) {
        const { token } = await api.services.store.tokens.create(scope);
        const { status } = await post(path, sent, { authorization: `Bearer ${token}` });
        expect([path, scope, status]).toEqual([path, scope, scope === 'admin' ? 200 : 403]);
      }
    }
  });

  it('refuses every other capability with one body, that of a former first key too', async () => {
    const former = createPayloadEncryption([OLD], { isOn: true }).capability.reveal();
    const sent = { payloads: [await encrypted(NEW)] };
    const wrong = [former, `${capability}x`, capability.slice(1), capability.toUpperCase(), 'the-admin-token', '%00'];
    for (const each of wrong) {
      for (const direction of ['encode', 'decode']) {
        const answer = await post(`/codec/${each}/${direction}`, sent);
        expect(answer).toMatchObject({ status: 401, body: { error: { code: 'refused' } } });
      }
    }
  });

  it('reads nothing of a request that is not let in', async () => {
    const large = 'x'.repeat(9 * 1024 * 1024);
    for (const path of ['/codec/decode', '/codec/wrong/decode']) expect((await post(path, large)).status).toBe(401);
  });

  it('takes a page of a history as large as Temporal serves one, and refuses anything larger', async () => {
    const page = await encrypted(NEW, new Uint8Array(4 * 1024 * 1024));
    const { status, body } = await post(`/codec/${capability}/decode`, { payloads: [page] });
    expect(status).toBe(200);
    expect(payloadsOf(body)[0]?.data.length).toBeGreaterThan(5_500_000);
    const larger = { payloads: [page, page] };
    expect(await post(`/codec/${capability}/decode`, larger)).toMatchObject({
      status: 413,
      body: { error: { code: 'too_large', message: expect.stringContaining('8 MiB') } },
    });
  });

  it('names a key that is missing', async () => {
    const sent = { payloads: [plain, await encrypted({ id: 'gone', key: Buffer.alloc(32, 9) })] };
    expect(await post('/codec/decode', sent, admin)).toMatchObject({
      status: 422,
      body: { error: { code: 'keys_do_not_fit', message: expect.stringContaining('with key "gone"') } },
    });
  });

  it.each([
    ['{', 400, 'malformed'],
    ['null', 400, 'invalid_request'],
    [{ payloads: {} }, 400, 'invalid_request'],
    [{ payloads: [{ data: 'not base64!' }] }, 400, 'invalid_request'],
    [{ payloads: [{ metadata: { encoding: 1 } }] }, 400, 'invalid_request'],
  ])('refuses %p in the one shape of errors', async (body, status, code) => {
    expect(await post('/codec/decode', body, admin)).toMatchObject({
      status,
      body: { error: { code, message: expect.any(String) } },
    });
  });

  it('answers other methods and paths like the rest of the API', async () => {
    expect((await api.askPlainly('GET', `/codec/${capability}/decode`, {})).status).toBe(405);
    expect((await api.askPlainly('GET', '/codec/decode', {})).status).toBe(405);
    for (const path of ['/codec', `/codec/${capability}`, `/codec/${capability}/decode/`, `/codec/${capability}/x`])
      expect((await post(path, { payloads: [] })).status).toBe(404);
  });

  it('lets pages of the Web UI ask, and no others', async () => {
    const ask = {
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'x-namespace,content-type',
    };
    for (const path of [`/codec/${capability}/decode`, '/codec/decode', '/codec/wrong/decode']) {
      const preflight = (origin: string) => api.askPlainly('OPTIONS', path, { headers: { origin, ...ask } });
      const { status, headers, body } = await preflight(UI_ORIGIN);
      expect({ status, body }).toEqual({ status: 204, body: undefined });
      expect(headers.get('access-control-allow-origin')).toBe(UI_ORIGIN);
      expect(headers.get('access-control-allow-headers')).toBe('x-namespace, content-type, authorization');
      expect(headers.get('access-control-allow-methods')).toContain('POST');
      expect(headers.get('vary')?.toLowerCase()).toContain('origin');
      const other = await preflight('http://127.0.0.1:9999');
      expect([other.status, other.headers.get('access-control-allow-origin')]).toEqual([204, null]);
    }
    const shown = await post(
      `/codec/${capability}/decode`,
      { payloads: [plain] },
      { origin: UI_ORIGIN, 'x-namespace': 'n' },
    );
    expect([shown.status, shown.headers.get('access-control-allow-origin')]).toEqual([200, UI_ORIGIN]);
    const refused = await post('/codec/wrong/decode', { payloads: [plain] }, { origin: UI_ORIGIN });
    expect([refused.status, refused.headers.get('access-control-allow-origin')]).toEqual([401, UI_ORIGIN]);
  });

  it('leaves no capability, no payload and no key in the log, whatever was asked', async () => {
    const client = new pg.Client({ connectionString: api.databaseUrl });
    await client.connect();
    await client.query('drop table api_tokens');
    await client.end();
    const unforeseen = await post('/codec/decode', { payloads: [plain] }, { authorization: 'Bearer ldt_x' });
    expect(unforeseen.status).toBe(500);
    await post(`/codec/${capability}/decode`, '{');
    expect(api.lines.join('')).toContain('a request failed');
    for (const secret of [capability, endpoint, plain.data, 'contoso', NEW.key.toString('base64')])
      expect(api.lines.join('')).not.toContain(secret);
  });
});

describe('the rotation of keys', () => {
  const GUID = '11111111-2222-3333-4444-555555555555';
  const FILE = {
    id: 'contoso',
    dynamics: {
      environmentUrl: 'https://contoso.operations.dynamics.com',
      ...{ tenantId: GUID, clientId: GUID, clientSecret: 'erp-secret-1', legalEntities: ['usmf'] },
    },
    zendesk: { subdomain: 'contoso' },
  };
  let api: RunningApi;

  beforeAll(async () => {
    api = await startApi({ keys: KEYS });
    await api.ask('POST', '/api/connections', FILE);
  });
  afterAll(() => api.close());

  it('encrypts what the schedules start under the first key, and changes nothing else of them', async () => {
    const { connection, namespace, client } = api.services.temporal;
    const former = new Client({ connection, namespace, dataConverter: { payloadCodecs: [codecOf(OLD)] } });
    const scheduleId = 'master-sync/contoso';
    await former.schedule.create({
      scheduleId,
      spec: { intervals: [{ every: '1 hour' }] },
      action: {
        type: 'startWorkflow',
        workflowType: 'syncMasterData',
        taskQueue: 'none',
        workflowId: 'w',
        args: [VALUE],
      },
      state: { paused: true, note: 'Stocktaking' },
    });
    const keyNow = async () => {
      const { schedule } = await connection.workflowService.describeSchedule({ namespace, scheduleId });
      const [payload] = schedule?.action?.startWorkflow?.input?.payloads ?? [];
      return Buffer.from(payload?.metadata?.['encryption-key-id'] ?? []).toString();
    };
    expect(await keyNow()).toBe('old');
    const before = await client.schedule.getHandle(scheduleId).describe();
    expect(await api.ask('POST', '/api/keys/rotate', {})).toMatchObject({ status: 200, body: { keyId: 'new' } });
    expect(await keyNow()).toBe('new');
    const after = await client.schedule.getHandle(scheduleId).describe();
    expect(after.action).toMatchObject({ workflowType: 'syncMasterData', workflowId: 'w', args: [VALUE] });
    expect(after).toMatchObject({ spec: before.spec, state: before.state, policies: before.policies });
  });
});
