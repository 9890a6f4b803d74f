import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createWorld, type World } from '../fixtures/world.ts';

describe('contacts of the distributor', () => {
  let world: World;
  beforeAll(async () => {
    world = await createWorld({ seed: 'distributor' });
    await world.connect('contoso', (settings) => ({ ...settings, sync: { ...settings.sync, contacts: true } }));
    await world.startWorker();
  });
  afterAll(() => world.close());

  it('scratch', async () => {
    const first = await world.sync('contoso');
    console.log(JSON.stringify(first, null, 1));
    const { items } = await world.store.records.list('contoso', { kind: 'contact' });
    console.log(items.filter(({ code }) => code !== null).map((r) => `${r.legalEntity} ${r.key} ${r.state} ${r.code} ${r.externalId} ${r.zendeskId} `).join('\n'));
    const before = await world.sandbox.control<any>('GET', '/counts');
    console.log(JSON.stringify(before.zendesk), before.mailsSent);
    const second = await world.sync('contoso');
    console.log(JSON.stringify(second.totals), JSON.stringify(second.requests), JSON.stringify(second.error));
    const after = await world.sandbox.control<any>('GET', '/counts');
    console.log(JSON.stringify(after.zendesk), after.mailsSent);
    expect(second.totals.created).toBe(0);
  });
});
