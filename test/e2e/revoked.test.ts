import { beforeAll, describe, expect, it } from '@jest/globals';
import { RECONNECT_NOTE } from '../../workflows/contract.ts';
import { masterSyncId } from '../../workflows/ids.ts';
import { keepNewTokens } from '../fixtures/consent.ts';
import { createEdits, readingOnly } from '../fixtures/edits.ts';
import { setStop } from '../fixtures/stops.ts';
import { setUpWorld } from '../fixtures/set-up-world.ts';

const ACCOUNTS = 300;
const ID = 'revoked';

describe('a connection whose tokens are revoked during a run', () => {
  const world = setUpWorld({ seed: 'distributor' });
  const edits = createEdits(world);

  beforeAll(async () => {
    await edits.generateCustomers('rv', ACCOUNTS);
    await world.connect(ID, (settings) => {
      const { dynamics, sync, zendesk } = readingOnly(['rv'])(settings);
      const oauth = { oauthClientId: world.sandbox.oauthClientId };
      return { ...settings, dynamics, sync: { ...sync, adopt: 'never' }, zendesk: { ...zendesk, ...oauth } };
    });
    await world.store.credentials.apply(ID, { 'zendesk.oauthClientSecret': world.sandbox.oauthClientSecret });
    await keepNewTokens(world.sandbox, world.store, ID);
    await world.client.schedule.create({
      scheduleId: masterSyncId(ID),
      spec: { intervals: [{ every: '7d' }] },
      action: { type: 'startWorkflow', workflowType: 'syncMasterData', taskQueue: 'unused', args: [] },
    });
  });

  const schedule = async () => (await world.client.schedule.getHandle(masterSyncId(ID)).describe()).state;
  const refreshes = async (): Promise<number> =>
    (await edits.journal('zendesk')).filter(({ operation }) => operation === 'oauth.token.refresh_token').length;
  const created = async (): Promise<string[]> =>
    (await world.organizations()).flatMap(({ external_id: id }) => (id?.startsWith('rv:') === true ? [id] : []));

  it('confirms with two more refreshes, stops, says why, and continues without loss after it is reconnected', async () => {
    const create = { system: 'zendesk', method: 'POST', path: 'organizations/create_many', skip: 1 } as const;
    const stop = await setStop(world, { name: 'the second create', request: { ...create, when: 'before' } });
    const runId = await world.start({ connectionId: ID });
    await stop.reached();
    await world.sandbox.control('POST', '/state/zendesk/oauth/revoke', {});
    await world.sandbox.control('DELETE', '/journal');
    await stop.release();
    expect(await world.ended(runId)).toMatchObject({ status: 'failed', error: { code: 'needs_reconnect' } });
    expect(await refreshes()).toBe(3);
    expect(await world.store.connections.require(ID)).toMatchObject({ state: 'needs_reconnect' });
    expect(await schedule()).toMatchObject({ paused: true, note: RECONNECT_NOTE });
    await world.sandbox.control('DELETE', '/journal');
    expect(await world.sync(ID)).toMatchObject({ status: 'failed', error: { code: 'needs_reconnect' } });
    expect(await refreshes()).toBe(0);
    expect((await created()).length).toBeLessThan(ACCOUNTS);

    await keepNewTokens(world.sandbox, world.store, ID);
    const again = await world.sync(ID);
    expect(again).toMatchObject({ status: 'completed', totals: { read: ACCOUNTS, rejected: 0, skipped: 0 } });
    const ids = await created();
    expect(ids).toHaveLength(ACCOUNTS);
    expect(new Set(ids).size).toBe(ACCOUNTS);
    expect(await schedule()).toMatchObject({ paused: false });
    expect(await world.sync(ID)).toMatchObject({ totals: { read: ACCOUNTS, unchanged: ACCOUNTS } });
  });
});
