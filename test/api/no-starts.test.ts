import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startStartRefusingProxy, type StartRefusingProxy } from '../fixtures/start-refusing-proxy.ts';
import { until } from '../fixtures/stops.ts';
import { startApi, type RunningApi } from './running-api.ts';

const GUID = '11111111-2222-3333-4444-555555555555';

describe('the API while Temporal answers but starts no workflow', () => {
  let api: RunningApi;
  let proxy: StartRefusingProxy;
  let hook: string;

  beforeAll(async () => {
    proxy = await startStartRefusingProxy(process.env['TEST_TEMPORAL_ADDRESS'] ?? '');
    api = await startApi({ proxyAddress: proxy.address });
    const dynamics = { environmentUrl: 'https://contoso.operations.dynamics.com', tenantId: GUID, clientId: GUID };
    const file = { id: 'contoso', dynamics: { ...dynamics, clientSecret: 'one' }, zendesk: { subdomain: 'contoso' } };
    const { body } = await api.ask('POST', '/api/connections', file);
    hook = new URL((body as { connection: { hooks: { dynamics: string } } }).connection.hooks.dynamics).pathname;
  });
  afterAll(async () => {
    await api.close();
    await proxy.close();
  });

  const event = (number: number) =>
    api.askPlainly('POST', hook, {
      body: JSON.stringify({
        ...{ BusinessEventId: 'E', LegalEntity: 'usmf', CustomerAccount: 'C1' },
        ...{ ControlNumber: number, EventId: `e-${number}` },
      }),
    });
  const readiness = async () =>
    (await api.ask('GET', '/readyz')).body as { error: { missing: string[]; message: string } };

  it('is not ready and says why, until workflows can be started again', async () => {
    expect((await event(1)).status).toBe(202);
    expect((await readiness()).error.missing).toEqual(['worker']);
    proxy.refuse('all');
    expect((await event(2)).status).toBe(503);
    await until('it is noticed', async () => (await readiness()).error.missing.includes('temporal'));
    expect((await readiness()).error).toMatchObject({
      missing: ['temporal', 'worker'],
      message: expect.stringContaining('Temporal answers but starts no workflow'),
    });
    proxy.refuse('none');
    await until('it works again', async () => !(await readiness()).error.missing.includes('temporal'));
    await until('the event is accepted', async () => [200, 202].includes((await event(2)).status));
  });
});
