import { beforeAll, describe, expect, it } from '@jest/globals';
import type { ApiResponse } from '../fixtures/api-process.ts';
import {
  createDocumentValidator,
  operationsOf,
  type ApiDocument,
  type DocumentValidator,
} from '../fixtures/api-document.ts';
import { createEdits } from '../fixtures/edits.ts';
import { until } from '../fixtures/stops.ts';
import { createSupport } from '../fixtures/support.ts';
import { connectionFile } from '../fixtures/connection-file.ts';
import { setUpWorldWithApi } from '../fixtures/set-up-world.ts';

const ID = 'described';

describe('the responses of the API', () => {
  const { world, api } = setUpWorldWithApi();
  const edits = createEdits(world);
  const support = createSupport(world);
  let document: ApiDocument;
  let validator: DocumentValidator;
  /** Operations that have returned a 2xx response. */
  const seen = new Set<string>();

  beforeAll(async () => {
    for (const key of ['A1', 'A2']) await edits.customer('de', key, { OrganizationName: `Described ${key}` });
    await world.sandbox.control('POST', '/state/dynamics/fields', { entitySet: 'CustomersV3', name: 'SupportStatus' });
    await edits.customer('de', 'B,1', { OrganizationName: 'Rejected for its number' });
    document = (await api.request('GET', '/api/openapi.json')).body as ApiDocument;
    validator = createDocumentValidator(document);
  });

  /** Calls an operation. Expects that the response matches its description. */
  async function ask(
    operation: string,
    at: { id?: string; query?: string; body?: unknown } = {},
  ): Promise<ApiResponse> {
    const [method = '', path = ''] = operation.split(' ');
    const answer = await api.request(method, `${path.replace(/\{\w+\}/, at.id ?? '')}${at.query ?? ''}`, at.body);
    expect([operation, answer.status, validator.checkResponse(operation, answer)]).toEqual([
      operation,
      answer.status,
      [],
    ]);
    if (answer.status < 300) seen.add(operation);
    return answer;
  }
  const good = async <Body = unknown>(operation: string, at: Parameters<typeof ask>[1] = {}): Promise<Body> => {
    const { status, body } = await ask(operation, at);
    expect([operation, status < 300]).toEqual([operation, true]);
    return body as Body;
  };
  interface List {
    readonly items: readonly Readonly<Record<string, unknown>>[];
    readonly total: number;
  }

  const file = (id: string, more: object = {}): object => ({
    ...connectionFile(world.sandbox, {
      id,
      dynamics: {
        legalEntities: ['de'],
        entitySets: { customers: 'CustomersV3' },
        events: { Changed: { record: 'customer', legalEntity: 'LegalEntity', key: 'AccountNumber' } },
      },
      zendesk: { oauthClientId: world.sandbox.oauthClientId, ...more },
      sync: { contacts: false },
    }),
    annotation: {
      customers: { fields: { status: 'SupportStatus' }, maxLength: 500 },
      status: { escalated: { urgent: 2 }, active: null },
    },
    support: { since: '2026-01-31' },
  });

  it('about connections, runs and records match the document', async () => {
    const body = file(ID);
    expect(validator.checkRequest('POST /api/connections', body)).toEqual([]);
    await good('POST /api/connections', { body });
    await good('GET /api/connections/{id}', { id: ID });
    await good('GET /api/connections', { query: '?limit=5' });
    await good('POST /api/connections/{id}/authorize', { id: ID });
    const { runId } = await good<{ runId: string }>('POST /api/connections/{id}/sync', { id: ID, body: {} });
    await good('GET /api/runs/{runId}', { id: runId });
    expect(await world.ended(runId)).toMatchObject({ status: 'completed', totals: { created: 2, rejected: 1 } });
    const run = await good<{ phases: object[]; requests: object }>('GET /api/runs/{runId}', { id: runId });
    expect(run.phases).toHaveLength(1);
    expect((await good<List>('GET /api/connections/{id}/runs', { id: ID })).total).toBe(1);
    const records = await good<List>('GET /api/connections/{id}/records', { id: ID });
    expect(records.items.map(({ state }) => state).sort()).toEqual(['created', 'created', 'rejected']);
    await good('GET /api/connections/{id}/records', { id: ID, query: '?state=rejected&kind=customer&limit=1' });
    const made = await good<{ planId: string }>('POST /api/connections/{id}/plans', { id: ID, body: {} });
    expect(await world.ended(made.planId)).toMatchObject({ status: 'completed' });
    const { hash } = await good<{ hash: string }>('GET /api/plans/{plan}', { id: made.planId });
    await good('GET /api/plans/{plan}/changes', { id: made.planId, query: '?kind=customer&limit=5' });
    const applied = await good<{ runId: string }>('POST /api/plans/{plan}/approve', {
      id: made.planId,
      body: { hash },
    });
    expect(await world.ended(applied.runId)).toMatchObject({ status: 'completed' });
    const discarded = await good<{ planId: string }>('POST /api/connections/{id}/plans', { id: ID, body: {} });
    await world.ended(discarded.planId);
    await good('POST /api/plans/{plan}/discard', { id: discarded.planId });
    expect((await good<List>('GET /api/connections/{id}/plans', { id: ID })).total).toBe(2);
    const retried = await good('POST /api/connections/{id}/retry', { id: ID, body: { keys: ['B,1'] } });
    expect(retried).toMatchObject({ retried: 1 });
    expect((await ask('POST /api/runs/{runId}/cancel', { id: runId })).status).toBe(409);
  });

  it('about events, support, ping, wiring and schedules match the document', async () => {
    await good('POST /api/connections/{id}/wire', { id: ID });
    const ping = await good<{ checks: object[] }>('POST /api/connections/{id}/ping', { id: ID });
    expect(ping.checks.length).toBeGreaterThan(10);
    const schedules = await good<List>('GET /api/connections/{id}/schedule', { id: ID });
    expect(schedules.items).toHaveLength(2);
    await good('POST /api/connections/{id}/schedule', { id: ID, body: { everyMs: 3_600_000, paused: true } });
    const organization = await edits.organization('A1');
    await support.tickets({ count: 2, organizationIds: [organization.id], priorities: ['urgent'] });
    await until(
      'support was computed',
      async () => (await good<List>('GET /api/connections/{id}/support', { id: ID })).total > 0,
      60_000,
    );
    const { hooks } = await good<{ hooks: { dynamics: string } }>('GET /api/connections/{id}', { id: ID });
    await fetch(hooks.dynamics, { method: 'POST', body: '{"hello": "world"}' });
    await until(
      'a refused event is listed',
      async () => {
        const { items } = await good<List>('GET /api/connections/{id}/events', { id: ID });
        const verdicts = items.map(({ verdict }) => verdict);
        return verdicts.includes('accepted') && verdicts.includes('refused');
      },
      30_000,
    );
  });

  it('about tokens, keys and the audit match the document', async () => {
    const { id } = await good<{ id: string }>('POST /api/tokens', { body: { scope: 'read' } });
    await good('GET /api/tokens');
    await good('DELETE /api/tokens/{id}', { id });
    expect((await good<List>('GET /api/tokens')).items[0]).toMatchObject({ id, revokedAt: expect.any(String) });
    await good('POST /api/keys/rotate');
    await until('everything is noted', async () => {
      const { items } = await good<List>('GET /api/audit');
      const noted = items.map(({ action }) => action);
      return ['connection.apply', 'connection.wire', 'token.revoke', 'keys.rotate'].every((one) => noted.includes(one));
    });
    await good('GET /api/audit', { query: `?connection=${ID}&limit=2` });
    await good('GET /api/codec');
    await good('GET /api/openapi.json');
  });

  it('that refuse a request match the document', async () => {
    const wanted: [string, Parameters<typeof ask>[1], number][] = [
      ['GET /api/connections/{id}', { id: 'unknown' }, 404],
      ['GET /api/connections/{id}', { id: '%zz' }, 400],
      ['GET /api/runs/{runId}', { id: 'unknown' }, 404],
      ['GET /api/plans/{plan}', { id: 'unknown' }, 404],
      ['DELETE /api/tokens/{id}', { id: '%00' }, 404],
      ['GET /api/connections/{id}/records', { id: ID, query: '?state=odd' }, 400],
      ['GET /api/audit', { query: '?limit=0' }, 400],
      ['POST /api/connections', { body: { id: ID } }, 422],
      ['POST /api/connections/{id}/sync', { id: ID, body: { legalEntity: 'zz' } }, 400],
      ['POST /api/connections/{id}/schedule', { id: ID, body: { everyMs: 1 } }, 400],
      ['POST /api/tokens', { body: { scope: 'x'.repeat(300_000) } }, 413],
    ];
    for (const [operation, at, status] of wanted)
      expect([operation, (await ask(operation, at)).status]).toEqual([operation, status]);
    await good('POST /api/connections', { body: file('tokenless', { accessToken: null }) });
    expect((await ask('POST /api/connections/{id}/sync', { id: 'tokenless', body: {} })).status).toBe(409);
  });

  it('were checked for every operation', async () => {
    const { runId } = await good<{ runId: string }>('POST /api/connections/{id}/sync', {
      id: ID,
      body: { full: true },
    });
    await ask('POST /api/runs/{runId}/cancel', { id: runId });
    await good('DELETE /api/connections/{id}', { id: 'tokenless' });
    expect([...seen].sort()).toEqual(operationsOf(document).sort());
  });
});
