import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { killHard, startScript, type Started } from '../runtime/processes/run.ts';
import { closeLoopbacks, startLoopback } from '../fixtures/loopback.ts';
import { startApi, type RunningApi } from './running-api.ts';

const GUID = '11111111-2222-3333-4444-555555555555';

interface SyncStarted {
  readonly runId: string;
  readonly workflowId: string;
}

describe('a run that was started through one api process', () => {
  let api: RunningApi;
  let other: Started;
  let otherOrigin: string;

  beforeAll(async () => {
    api = await startApi();
    const { origin } = await startLoopback(() => ({ status: 401, body: { error: 'invalid_token' } }));
    for (const id of ['found', 'joined', 'cancelled', 'restarted']) await apply(id, origin);
    other = startScript(new URL('../../api/server.ts', import.meta.url), { env: environment() });
    const { url } = JSON.parse(await other.line('"listening"')) as { url: string };
    otherOrigin = url;
  });
  afterAll(async () => {
    await killHard(other);
    await api.close();
    await closeLoopbacks();
  });

  /** Applies a connection that may be synchronized: it has a token, though nothing of it is ever called. */
  async function apply(id: string, baseUrl: string): Promise<void> {
    const environmentUrl = 'https://contoso.operations.dynamics.com';
    const dynamics = { environmentUrl, tenantId: GUID, clientId: GUID, clientSecret: 's', legalEntities: ['usmf'] };
    const zendesk = { subdomain: 'contoso', baseUrl, accessToken: 'token-1' };
    expect(await api.ask('POST', '/api/connections', { id, dynamics, zendesk })).toMatchObject({ status: 200 });
  }

  /** Returns the variables of an api process over the same database and the same namespace. */
  function environment(): NodeJS.ProcessEnv {
    return {
      DATABASE_URL: api.databaseUrl,
      TEMPORAL_ADDRESS: process.env['TEST_TEMPORAL_ADDRESS'],
      TEMPORAL_NAMESPACE: api.services.temporal.namespace,
      LEDGERDESK_PORT: '0',
      LEDGERDESK_ADMIN_TOKEN: api.token,
      LEDGERDESK_ENCRYPTION_KEYS: `test:${Buffer.alloc(32, 7).toString('base64')}`,
      LEDGERDESK_ALLOW_HOSTS: '127.0.0.1',
    };
  }

  async function askOther(method: string, path: string): Promise<{ status: number; body: unknown }> {
    const headers = { authorization: `Bearer ${api.token}`, 'content-type': 'application/json' };
    const body = method === 'POST' ? { body: '{}' } : {};
    const response = await fetch(`${otherOrigin}${path}`, { method, headers, ...body });
    return { status: response.status, body: await response.json() };
  }

  async function start(id: string): Promise<SyncStarted> {
    const answer = await api.ask('POST', `/api/connections/${id}/sync`, {});
    expect(answer.status).toBe(202);
    return answer.body as SyncStarted;
  }

  it('is found through another one before any worker has begun it', async () => {
    const { runId, workflowId } = await start('found');
    expect(await api.services.store.runs.get(runId)).toBeUndefined();
    expect(await askOther('GET', `/api/runs/${runId}`)).toMatchObject({
      status: 200,
      body: { runId, workflowId, connectionId: 'found', status: 'running', totals: { read: 0 }, error: null },
    });
  });

  it('is joined through another one, under the same id', async () => {
    const started = await start('joined');
    expect(await askOther('POST', '/api/connections/joined/sync')).toEqual({ status: 202, body: started });
  });

  it('is cancelled through another one', async () => {
    const { runId, workflowId } = await start('cancelled');
    expect(await askOther('POST', `/api/runs/${runId}/cancel`)).toMatchObject({ body: { cancelling: true } });
    const { events } = await api.services.temporal.client.workflow.getHandle(workflowId).fetchHistory();
    expect(events?.some((event) => event.workflowExecutionCancelRequestedEventAttributes)).toBe(true);
  });

  it('is still found when that process is gone', async () => {
    const started = (await askOther('POST', '/api/connections/restarted/sync')).body as SyncStarted;
    await killHard(other);
    expect(await api.ask('GET', `/api/runs/${started.runId}`)).toMatchObject({
      status: 200,
      body: { runId: started.runId, status: 'running' },
    });
  });
});
