import { beforeAll, describe, expect, it } from '@jest/globals';
import { firstSyncCost } from '../../domain/connection/first-sync-cost.ts';
import { entitiesOf, fieldsOf } from '../../domain/entities.ts';
import { setUpWorld } from '../fixtures/set-up-world.ts';

describe('what a sync of 1,000 accounts asks of Zendesk', () => {
  const world = setUpWorld({ limits: 'sandbox' });

  beforeAll(async () => {
    await world.connect('contoso', (settings) => ({
      ...settings,
      dynamics: { ...settings.dynamics, legalEntities: ['usmf'] },
      sync: { ...settings.sync, vendors: false },
    }));
    await world.sandbox.control('POST', '/state/dynamics/customers/generate', { legalEntity: 'usmf', count: 1_000 });
    expect(await world.sandbox.control('GET', '/counts')).toMatchObject({ zendesk: { total: 0 } });
  });

  it('is at most 40 requests the first time, organization fields included', async () => {
    const run = await world.sync('contoso');
    expect(run).toMatchObject({ status: 'completed', totals: { read: 1_000, created: 1_000 } });
    expect(run.requests.zendesk).toBeLessThanOrEqual(40);
    expect(run.requests).toMatchObject(await requestsSeen());
    const foretold = firstSyncCost({ slices: [1_000], organizations: 0 }, null);
    const fields = fieldsOf(entitiesOf(await world.store.connections.require('contoso')), 'organization');
    const withoutFields = run.requests.zendesk - fields.length - 1;
    expect(Math.abs(foretold.zendesk - withoutFields)).toBeLessThanOrEqual(10);
  });

  it('is at most 2 when nothing has changed', async () => {
    const run = await world.sync('contoso');
    expect(run).toMatchObject({ status: 'completed', totals: { read: 1_000, unchanged: 1_000 } });
    expect(run.requests.zendesk).toBeLessThanOrEqual(2);
  });

  it('is at most 6 when one in a hundred has changed', async () => {
    const { items } = await world.sandbox.control<{ items: { key: string }[] }>('GET', '/state/dynamics/customers');
    for (const { key: account } of items.slice(0, 10)) {
      await world.sandbox.control('PUT', `/state/dynamics/customers/usmf/${encodeURIComponent(account)}`, {
        AddressCity: 'Renton',
      });
    }
    const run = await world.sync('contoso');
    expect(run).toMatchObject({ status: 'completed', totals: { read: 1_000, updated: 10, unchanged: 990 } });
    expect(run.requests.zendesk).toBeLessThanOrEqual(6);
  });

  async function requestsSeen(): Promise<Record<string, number | undefined>> {
    const { zendesk, dynamics, entra } = await world.sandbox.control<Record<string, { total: number }>>(
      'GET',
      '/counts',
    );
    return { zendesk: zendesk?.total, dynamics: dynamics?.total, entra: entra?.total };
  }
});
