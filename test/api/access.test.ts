import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { REVIEW_OFF } from '../fixtures/connection-file.ts';
import { until } from '../fixtures/stops.ts';
import { startApi, type RunningApi } from './running-api.ts';

const GUID = '11111111-2222-3333-4444-555555555555';
const FILE = {
  id: 'contoso',
  dynamics: {
    environmentUrl: 'https://contoso.operations.dynamics.com',
    tenantId: GUID,
    clientId: GUID,
    clientSecret: 'erp-secret-1',
    legalEntities: ['usmf'],
  },
  zendesk: { subdomain: 'contoso' },
  review: REVIEW_OFF,
};

type Scope = 'read' | 'run' | 'admin';

describe('tokens of the admin API', () => {
  let api: RunningApi;
  const made = new Map<Scope, { id: string; token: string }>();

  beforeAll(async () => {
    api = await startApi();
    await api.ask('POST', '/api/connections', FILE);
    for (const scope of ['read', 'run', 'admin'] as const) {
      const { status, body } = await api.ask('POST', '/api/tokens', { scope });
      expect(status).toBe(201);
      made.set(scope, body as { id: string; token: string });
    }
  });
  afterAll(() => api.close());

  const as = (scope: Scope, asked: string, body?: object) => {
    const [method = '', path = ''] = asked.split(' ');
    const headers = { authorization: `Bearer ${made.get(scope)?.token}`, 'content-type': 'application/json' };
    return api.askPlainly(method, path, { headers, ...(method !== 'GET' && { body: JSON.stringify(body) }) });
  };
  const refused = { status: 403, body: { error: { code: 'scope_too_narrow' } } };

  it.each([
    'GET /api/connections',
    'GET /api/connections/contoso',
    'GET /api/connections/contoso/records',
    'GET /api/connections/contoso/events',
    'GET /api/connections/contoso/support',
    'GET /api/connections/contoso/runs',
  ])('of every scope may read: %s', async (asked) => {
    for (const scope of ['read', 'run', 'admin'] as const) expect((await as(scope, asked)).status).toBe(200);
  });

  it.each([
    'POST /api/connections/contoso/sync',
    'POST /api/connections/contoso/retry',
    'POST /api/connections/contoso/ping',
    `POST /api/runs/${GUID}/cancel`,
  ])('may start and end work with the scope run, not with read: %s', async (asked) => {
    expect(await as('read', asked, {})).toMatchObject(refused);
    if (asked.endsWith('ping')) return; // No worker is there that would answer.
    expect((await as('run', asked, {})).status).not.toBe(403);
  });

  it.each([
    'POST /api/connections',
    'DELETE /api/connections/contoso',
    'POST /api/connections/contoso/wire',
    'POST /api/connections/contoso/authorize',
    'POST /api/connections/contoso/schedule',
    'POST /api/tokens',
    'GET /api/tokens',
    'DELETE /api/tokens/1',
    'POST /api/keys/rotate',
    'GET /api/audit',
    'GET /api/codec',
    'PATCH /api/nothing',
  ])('may do the rest with the scope admin only: %s', async (asked) => {
    for (const scope of ['read', 'run'] as const) expect(await as(scope, asked, {})).toMatchObject(refused);
  });

  it.each(['/api/Tokens', '/api/AUDIT', '/api/tokens/', '/api/audit/', '/api//audit', '/api/%61udit', '/api/./audit'])(
    'get no further by another spelling of a path: %s',
    async (path) => {
      const { status, body } = await as('read', `GET ${path}`);
      expect([403, 404]).toContain(status);
      expect(body).not.toHaveProperty('items');
    },
  );

  it('are listed without their secrets, and end at once when revoked', async () => {
    const { id, token } = (await api.ask('POST', '/api/tokens', { scope: 'read' })).body as {
      id: string;
      token: string;
    };
    const headers = { authorization: `Bearer ${token}` };
    expect((await api.askPlainly('GET', '/api/connections', { headers })).status).toBe(200);
    const list = await as('admin', 'GET /api/tokens');
    expect(list.body).toMatchObject({ total: 4, items: expect.arrayContaining([expect.objectContaining({ id })]) });
    expect(JSON.stringify(list.body)).not.toContain(token);
    expect(await api.ask('DELETE', `/api/tokens/${id}`)).toMatchObject({ body: { id, revoked: true } });
    expect((await api.askPlainly('GET', '/api/connections', { headers })).status).toBe(401);
    expect((await api.ask('DELETE', `/api/tokens/${id}`)).status).toBe(404);
  });

  it('are made for a known scope only', async () => {
    expect((await api.ask('POST', '/api/tokens', { scope: 'root' })).status).toBe(400);
    expect((await api.ask('POST', '/api/tokens', {})).status).toBe(400);
  });

  it('rotate the keys with the scope admin', async () => {
    expect(await as('admin', 'POST /api/keys/rotate', {})).toMatchObject({
      status: 200,
      body: { rotated: 0, keyId: 'test' },
    });
  });

  it.each(['/api/tokens', '/api/audit', '/api/keys/rotate', '/api/connections/contoso/ping', '/api/openapi.json'])(
    'are asked for before anything else: %s',
    async (path) => {
      for (const method of ['GET', 'POST', 'DELETE']) {
        expect((await api.askPlainly(method, path, {})).status).toBe(401);
        const headers = { authorization: 'Bearer ldt_nobody-made-this' };
        expect((await api.askPlainly(method, path, { headers })).status).toBe(401);
      }
    },
  );

  it('are named in the audit for what was done with them, and not for what was refused or only read', async () => {
    await api.services.store.connections.setState('contoso', 'active', null);
    expect((await as('run', 'POST /api/connections/contoso/retry', {})).status).toBe(200);
    await as('read', 'POST /api/connections/contoso/retry', {});
    await as('admin', 'POST /api/connections', { ...FILE, id: 'fabrikam' });
    await as('admin', 'DELETE /api/connections/fabrikam');
    await api.ask('POST', '/api/connections', { id: 'refused' });
    interface Entry {
      actor: string;
      action: string;
      subject: string | null;
    }
    const list = async (query = '') => (await api.ask('GET', `/api/audit${query}`)).body as { items: Entry[] };
    await until('the removal is noted', async () => (await list()).items[0]?.action === 'connection.remove', 5_000);
    const { items } = await list();
    const [run, admin] = [made.get('run')?.id, made.get('admin')?.id];
    expect(items.slice(0, 3)).toMatchObject([
      { actor: `token ${admin}`, action: 'connection.remove', subject: 'fabrikam' },
      { actor: `token ${admin}`, action: 'connection.apply', subject: 'fabrikam' },
      { actor: `token ${run}`, action: 'connection.retry', subject: 'contoso' },
    ]);
    const actions = items.map(({ actor, action }) => `${actor}: ${action}`);
    expect(actions).toContain('admin: token.create');
    expect(actions).toContain('admin: token.revoke');
    expect(actions).toContain(`token ${admin}: keys.rotate`);
    expect(actions.join()).not.toContain(`token ${made.get('read')?.id}`);
    expect(JSON.stringify(items)).not.toContain('refused');
    expect((await list('?connection=fabrikam&limit=1')).items).toMatchObject([{ subject: 'fabrikam' }]);
    for (const { token } of made.values()) expect(JSON.stringify([items, api.lines])).not.toContain(token);
  });
});
