import { beforeAll, describe, expect, it } from '@jest/globals';
import { createPeople } from '../fixtures/people.ts';
import { until } from '../fixtures/stops.ts';
import { createSupport } from '../fixtures/support.ts';
import { setUpWorldWithApi } from '../fixtures/set-up-world.ts';

describe('a change of users that contacts are linked to', () => {
  const { world, api } = setUpWorldWithApi();
  const people = createPeople(world);
  const support = createSupport(world);

  beforeAll(async () => {
    const contacts = Object.fromEntries(
      ['K1', 'K2', 'K3', 'K4'].map((key) => [key, { account: 'A1', email: `${key.toLowerCase()}@us.example` }]),
    );
    expect(await people.begin('us', contacts)).toMatchObject({ status: 'completed', totals: { created: 5 } });
  });

  const code = async (key: string) => (await people.record('us', key))?.code ?? null;
  const waitForEvent = (type: string) =>
    until(`${type} has been read`, async () => {
      const { items } = await world.store.events.list('us', undefined);
      return items.some((event) => event.type === `zen:event-type:${type}` && event.outcome !== null);
    });

  it('is recorded by its events: suspended, deleted, merged', async () => {
    expect((await api.request('POST', '/api/connections/us/wire')).status).toBe(200);
    await people.editUser((await people.user('us:K1')).id, { suspended: true });
    await waitForEvent('user.suspended_changed');
    await people.deleteUser((await people.user('us:K2')).id);
    await waitForEvent('user.deleted');
    const winner = await people.addUser({ name: 'Winner', email: 'winner@us.example' });
    await people.mergeUser((await people.user('us:K3')).id, winner.id);
    await waitForEvent('user.merged');
    await support.waitUntilIdle('us');
    expect(await world.sync('us')).toMatchObject({ status: 'completed' });
    expect([await code('K1'), await code('K2'), await code('K4')]).toEqual(['user_suspended', 'user_deleted', null]);
    expect(await people.record('us', 'K3')).toMatchObject({ state: expect.not.stringMatching(/^unchanged$/) });
  });

  it('is recorded by the reconcile when the events were lost', async () => {
    await support.reconcile('us');
    await world.sandbox.control('PATCH', '/settings/zendesk', { webhookLoseShare: 1 });
    await people.editUser((await people.user('us:K1')).id, { suspended: false });
    await people.editUser((await people.user('us:K4')).id, { suspended: true });
    await support.reconcile('us');
    expect(await world.sync('us')).toMatchObject({ status: 'completed' });
    expect([await code('K1'), await code('K4')]).toEqual([null, 'user_suspended']);
  });
});
