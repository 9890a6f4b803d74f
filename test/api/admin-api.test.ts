import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { REVIEW_OFF } from '../fixtures/connection-file.ts';
import pg from 'pg';
import { closeLoopbacks, startLoopback, type Loopback } from '../fixtures/loopback.ts';
import { startApi, type RunningApi } from './running-api.ts';

const GUID = '11111111-2222-3333-4444-555555555555';

let api: RunningApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(async () => {
  await api.close();
  await closeLoopbacks();
});

type Members = Readonly<Record<string, unknown>>;

function file(id: string, change: { dynamics?: Members; zendesk?: Members; sync?: Members } = {}): object {
  return {
    id,
    name: 'Contoso',
    dynamics: {
      environmentUrl: 'https://contoso.operations.dynamics.com',
      tenantId: GUID,
      clientId: GUID,
      clientSecret: 'erp-secret-1',
      legalEntities: ['usmf'],
      ...change.dynamics,
    },
    zendesk: { subdomain: 'contoso', ...change.zendesk },
    review: REVIEW_OFF,
    ...(change.sync && { sync: change.sync }),
  };
}

const apply = (body: object) => api.ask('POST', '/api/connections', body);
const refused = (path: string) => ({
  status: 422,
  body: { error: { code: 'connection_refused', mistakes: [{ path }] } },
});

/** Starts a Zendesk that refuses every request: the API makes none when a file is applied or a sync is started. */
function startZendesk(): Promise<Loopback> {
  return startLoopback(() => ({ status: 401, body: { error: 'invalid_token' } }));
}

/** Adds a record of usmf as an earlier run has left it; a customer unless `kind` says otherwise. */
async function addRecord(
  id: string,
  key: string,
  left: { state: string; kind?: string; zendeskId?: string },
): Promise<void> {
  const client = new pg.Client({ connectionString: api.databaseUrl });
  await client.connect();
  const columns = 'connection_id, legal_entity, kind, target, key, plain_name, plain_name_key, state, zendesk_id';
  const { kind = 'customer', state, zendeskId = null } = left;
  const values = [id, 'usmf', kind, kind === 'contact' ? 'user' : 'organization', key, 'N', 'n', state, zendeskId];
  await client.query(`insert into records (${columns}) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`, values);
  await client.end();
}

describe('requests to the admin API', () => {
  it.each([
    ['GET', '/api'],
    ['GET', '/api/'],
    ['GET', '/api/connections'],
    ['POST', '/api/connections'],
    ['GET', '/api/connections/contoso'],
    ['DELETE', '/api/connections/contoso'],
    ['POST', '/api/connections/contoso/sync'],
    ['GET', '/api/connections/contoso/runs'],
    ['GET', '/api/connections/contoso/records'],
    ['POST', '/api/connections/contoso/retry'],
    ['GET', '/api/runs/1'],
    ['POST', '/api/runs/1/cancel'],
    ['OPTIONS', '/api/connections'],
    ['GET', '/api/%zz'],
    ['GET', '/API/connections'],
    ['PATCH', '/api/nothing/here'],
  ])('are answered 401 without a valid token: %s %s', async (method, path) => {
    const shapes: Record<string, string>[] = [
      {},
      { authorization: 'Bearer wrong' },
      { authorization: 'Basic the-admin-token' },
    ];
    for (const headers of shapes) {
      const answer = await api.askPlainly(method, path, { headers });
      expect(answer).toMatchObject({ status: 401, body: { error: { code: 'unauthorized' } } });
    }
  });

  it('have their token checked before their body is read', async () => {
    const answer = await api.askPlainly('POST', '/api/connections', { body: '{ not json' });
    expect(answer.status).toBe(401);
  });

  it.each([
    { what: 'an unknown address', asked: 'GET /api/nothing', status: 404, code: 'not_found' },
    { what: 'an address outside the API', asked: 'GET /nothing', status: 404, code: 'not_found' },
    { what: 'an unknown connection', asked: 'GET /api/connections/nobody', status: 404, code: 'connection_missing' },
    { what: 'an unknown run', asked: `GET /api/runs/${GUID}`, status: 404, code: 'run_missing' },
    { what: 'a run id that is none', asked: 'GET /api/runs/%00', status: 404, code: 'run_missing' },
    { what: 'a wrong method', asked: 'PUT /api/connections', status: 405, code: 'method_not_allowed' },
    { what: 'an address that does not decode', asked: 'GET /api/runs/%zz', status: 400, code: 'malformed' },
  ])('are answered in the one shape of errors for $what', async ({ asked, status, code }) => {
    const [method = '', path = ''] = asked.split(' ');
    const answer = await api.ask(method, path);
    expect(answer).toMatchObject({ status, body: { error: { code } } });
    expect(answer.headers.get('x-powered-by')).toBeNull();
  });

  it('are told in a sentence what is wrong with their body, without a repetition of it', async () => {
    const malformed = await api.ask('POST', '/api/connections', '{"clientSecret": "hush" oops');
    expect(malformed).toMatchObject({ status: 400, body: { error: { code: 'malformed' } } });
    const large = await api.ask('POST', '/api/connections', JSON.stringify({ id: 'x'.repeat(300_000) }));
    expect(large).toMatchObject({ status: 413, body: { error: { code: 'too_large' } } });
    expect(JSON.stringify([malformed.body, api.lines])).not.toContain('hush');
  });
});

describe('applying a connection file', () => {
  it('stores it and shows it without any secret', async () => {
    const answer = await apply(file('shown'));
    expect(answer).toMatchObject({
      status: 200,
      body: { connection: { id: 'shown', state: 'needs_authorization', externalId: '{accountNumber}' } },
    });
    const shown = await api.ask('GET', '/api/connections/shown');
    expect(shown.body).toEqual((answer.body as { connection: unknown }).connection);
    expect(JSON.stringify(shown.body)).not.toContain('erp-secret-1');
    const { hooks } = shown.body as { hooks: Record<string, string> };
    expect(hooks['zendesk']).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/webhooks\/zendesk\/[\w-]{43}$/);
    expect(hooks['dynamics']).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/events\/dynamics\/[\w-]{43}$/);
  });

  it('changes nothing when it refuses', async () => {
    await apply(file('steady'));
    const before = await api.ask('GET', '/api/connections/steady');
    const answer = await apply(file('steady', { dynamics: { clientSecret: 'erp-secret-2', tenantId: 'none' } }));
    expect(answer).toMatchObject(refused('dynamics.tenantId'));
    expect((await api.ask('GET', '/api/connections/steady')).body).toEqual(before.body);
    expect(await api.services.store.credentials.open('steady')).toEqual({ 'dynamics.clientSecret': 'erp-secret-1' });
  });

  it('leaves a stored secret that the file leaves out', async () => {
    await apply(file('kept'));
    expect((await apply(file('kept', { dynamics: { clientSecret: null } }))).status).toBe(200);
    expect(await api.services.store.credentials.open('kept')).toEqual({ 'dynamics.clientSecret': 'erp-secret-1' });
  });

  it('decides the external id once, and asks before a one-entity connection gets another entity', async () => {
    await apply(file('grown'));
    const more = { legalEntities: ['usmf', 'frrt'] };
    const silent = await apply(file('grown', { dynamics: more }));
    expect(silent).toMatchObject(refused('sync.externalId'));
    expect(JSON.stringify(silent.body)).toMatch(/\{accountNumber\}.*\{legalEntity\}:\{accountNumber\}/);
    expect(await apply(file('grown', { dynamics: { legalEntities: [] } }))).toMatchObject(refused('sync.externalId'));
    const externalId = '{legalEntity}:{accountNumber}';
    const spoken = await apply(file('grown', { dynamics: more, sync: { externalId } }));
    expect(spoken).toMatchObject({ status: 200, body: { connection: { externalId } } });
    const later = await apply(file('grown', { dynamics: { legalEntities: ['usmf'] } }));
    expect(later).toMatchObject({ status: 200, body: { connection: { externalId } } });
  });

  it('lets the addresses change only as long as no account is linked', async () => {
    await apply(file('moved'));
    const elsewhere = { environmentUrl: 'https://fabrikam.operations.dynamics.com' };
    expect((await apply(file('moved', { dynamics: elsewhere }))).status).toBe(200);
    await addRecord('moved', 'US-001', { state: 'created', zendeskId: '7' });
    expect((await apply(file('moved', { dynamics: elsewhere }))).status).toBe(200);
    expect(await apply(file('moved'))).toMatchObject(refused('dynamics.environmentUrl'));
    const both = await apply(file('moved', { dynamics: elsewhere, zendesk: { subdomain: 'fabrikam' } }));
    expect(both).toMatchObject({
      status: 422,
      body: { error: { mistakes: [{ path: 'zendesk.subdomain' }, { path: 'zendesk.baseUrl' }] } },
    });
  });

  it('activates the connection once there is a token, and leaves the fields in Zendesk to the first run', async () => {
    const zendesk = await startZendesk();
    const ready = await apply(file('ready', { zendesk: { baseUrl: zendesk.origin, accessToken: 'token-1' } }));
    expect(ready).toMatchObject({ status: 200, body: { connection: { state: 'active' } } });
    expect(ready.body).not.toHaveProperty('left');
    expect(JSON.stringify(ready.body)).not.toContain('token-1');
    expect(zendesk.requests).toEqual([]);
    for (const target of ['organization', 'user'] as const)
      expect(await api.services.store.fieldChecks.get('ready', target)).toBeUndefined();
  });

  it('takes a connection out of needs_reconnect only for a changed credential, and keeps the reason otherwise', async () => {
    const { origin: baseUrl } = await startZendesk();
    const withToken = (accessToken: string) => file('again', { zendesk: { baseUrl, accessToken } });
    await apply(withToken('token-1'));
    await api.services.store.connections.setState('again', 'needs_reconnect', 'The token was refused.');
    expect(await apply(withToken('token-1'))).toMatchObject({
      body: { connection: { state: 'needs_reconnect', stateReason: 'The token was refused.' } },
    });
    expect(await apply(withToken('token-2'))).toMatchObject({
      body: { connection: { state: 'active', stateReason: null } },
    });
  });

  it('applies two files of one id one after the other', async () => {
    const files = ['one', 'two', 'three'].map((name) => ({ ...file('twice'), name }));
    const answers = await Promise.all(files.map((body) => apply(body)));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(answers.map(({ body }) => (body as { connection: { name: string } }).connection.name)).toEqual([
      'one',
      'two',
      'three',
    ]);
  });
});

describe('starting a sync', () => {
  interface Started {
    readonly runId: string;
    readonly workflowId: string;
  }
  const sync = async (id: string, body?: object) => {
    const answer = await api.ask('POST', `/api/connections/${id}/sync`, body);
    expect(answer.status).toBe(202);
    return answer.body as Started;
  };

  beforeAll(async () => {
    const { origin: baseUrl } = await startZendesk();
    for (const id of ['synced', 'again-started', 'removed', 'retried', 'contacts'])
      await apply(file(id, { zendesk: { baseUrl, accessToken: 'token-1' } }));
    await apply(file('waiting'));
  });

  it('joins the run that covers the request, and starts another for more', async () => {
    const first = await sync('synced', { legalEntity: 'USMF' });
    expect(first.workflowId).toBe('master-sync/synced');
    expect(await sync('synced', { legalEntity: 'usmf' })).toEqual(first);
    const wider = await sync('synced', { full: true });
    expect(wider.workflowId).toMatch(/^master-sync\/synced\/[0-9a-f]{8}$/);
    expect(wider.runId).not.toBe(first.runId);
  });

  it('shows a run that no worker has begun as running, and as cancelled once it was', async () => {
    const { runId } = await sync('synced', { legalEntity: 'usmf' });
    expect(await api.ask('GET', `/api/runs/${runId}`)).toMatchObject({
      status: 200,
      body: { runId, status: 'running', totals: { read: 0 }, error: null },
    });
    const { workflowId } = await sync('synced', { legalEntity: 'usmf' });
    await api.services.temporal.client.workflow.getHandle(workflowId).terminate('test');
    expect(await api.ask('GET', `/api/runs/${runId}`)).toMatchObject({ status: 200, body: { status: 'cancelled' } });
    expect(await api.ask('POST', `/api/runs/${runId}/cancel`)).toMatchObject({ status: 409 });
  });

  it('still shows a run as cancelled when the next one has the id of its workflow', async () => {
    const { runId, workflowId } = await sync('again-started');
    await api.services.temporal.client.workflow.getHandle(workflowId).terminate('test');
    const next = await sync('again-started');
    expect(next).toEqual({ runId: expect.not.stringMatching(runId), workflowId });
    expect(await api.ask('GET', `/api/runs/${runId}`)).toMatchObject({ status: 200, body: { status: 'cancelled' } });
    expect(await api.ask('GET', `/api/runs/${next.runId}`)).toMatchObject({ body: { status: 'running' } });
  });

  it('asks the workflow of a run to end when it is cancelled', async () => {
    const { runId, workflowId } = await sync('synced', { legalEntity: 'usmf' });
    expect(await api.ask('POST', `/api/runs/${runId}/cancel`)).toMatchObject({ body: { cancelling: true } });
    const history = await api.services.temporal.client.workflow.getHandle(workflowId).fetchHistory();
    const requested = history.events?.some((event) => event.workflowExecutionCancelRequestedEventAttributes);
    expect(requested).toBe(true);
  });

  it('refuses what cannot work, with a sentence', async () => {
    const unknown = await api.ask('POST', '/api/connections/synced/sync', { legalEntity: 'zzzz' });
    expect(unknown).toMatchObject({ status: 400, body: { error: { code: 'unknown_legal_entity' } } });
    const waiting = await api.ask('POST', '/api/connections/waiting/sync', {});
    expect(waiting).toMatchObject({ status: 409, body: { error: { code: 'needs_authorization' } } });
    const odd = await api.ask('POST', '/api/connections/synced/sync', { ful: true });
    expect(odd).toMatchObject({ status: 400, body: { error: { mistakes: [{ path: 'ful' }] } } });
  });

  it('retries nothing when nothing is rejected', async () => {
    const answer = await api.ask('POST', '/api/connections/retried/retry', {});
    expect(answer.body).toEqual({ retried: 0, runId: null, workflowIds: [] });
  });

  it('retries a few rejected records one by one, many in one run', async () => {
    await addRecord('retried', 'US-001', { state: 'rejected' });
    await addRecord('retried', 'US-002', { state: 'created', zendeskId: '8' });
    const few = await api.ask('POST', '/api/connections/retried/retry', { keys: ['US-001', 'US-002'] });
    expect(few.body).toEqual({
      retried: 1,
      runId: null,
      workflowIds: ['account-sync/retried/usmf/customer/US-001'],
    });
    for (let n = 100; n < 120; n += 1) await addRecord('retried', `US-${n}`, { state: 'rejected' });
    const many = await api.ask('POST', '/api/connections/retried/retry', {});
    expect(many.body).toMatchObject({ retried: 21, workflowIds: ['master-sync/retried'] });
    const { runId } = many.body as Started;
    expect(await api.ask('GET', `/api/runs/${runId}`)).toMatchObject({ body: { status: 'running' } });
  });

  it('retries a rejected contact by its entity and id', async () => {
    await addRecord('contacts', '000901', { state: 'rejected', kind: 'contact' });
    const answer = await api.ask('POST', '/api/connections/contacts/retry', { keys: ['USMF/contact/000901'] });
    expect(answer.body).toEqual({
      retried: 1,
      runId: null,
      workflowIds: ['account-sync/contacts/usmf/contact/000901'],
    });
  });

  it('removes a connection together with the sync that nobody has begun', async () => {
    const { workflowId } = await sync('removed');
    expect(await api.ask('DELETE', '/api/connections/removed')).toMatchObject({ body: { removed: true } });
    const { status } = await api.services.temporal.client.workflow.getHandle(workflowId).describe();
    expect(status.name).toBe('TERMINATED');
    expect((await api.ask('DELETE', '/api/connections/removed')).status).toBe(404);
  });
});

describe('health', () => {
  it('is alive, and not ready while no worker works', async () => {
    expect(await api.askPlainly('GET', '/healthz', {})).toMatchObject({
      status: 200,
      body: { ok: true },
    });
    expect(await api.askPlainly('GET', '/readyz', {})).toMatchObject({
      status: 503,
      body: { error: { code: 'not_ready', missing: ['worker'] } },
    });
  });

  it('answers 503 with a sentence when Temporal is not there', async () => {
    const lonely = await startApi({ temporalAddress: '127.0.0.1:1' });
    try {
      const { origin: baseUrl } = await startZendesk();
      await lonely.ask('POST', '/api/connections', file('a', { zendesk: { baseUrl, accessToken: 'token-1' } }));
      const answer = await lonely.ask('POST', '/api/connections/a/sync', {});
      expect(answer).toMatchObject({ status: 503, body: { error: { code: 'unavailable' } } });
      const ready = await lonely.ask('GET', '/readyz');
      expect(ready).toMatchObject({ status: 503, body: { error: { missing: ['temporal', 'worker'] } } });
    } finally {
      await lonely.close();
    }
  });
});
