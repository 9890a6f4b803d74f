import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { relaxZendeskLimits } from '../fixtures/edits.ts';
import {
  createCredentialFailureChecks,
  WRONG_SECRET,
  WRONG_TOKEN,
  type CredentialFailureChecks,
} from '../fixtures/credential-failures.ts';
import { createWorld, type World } from '../fixtures/world.ts';
import { RECONNECT_NOTE } from '../../workflows/contract.ts';
import { scheduleIds } from '../../workflows/ids.ts';

describe('a remote system that rejects our credentials', () => {
  let world: World;
  let turned: CredentialFailureChecks;

  beforeAll(async () => {
    world = await createWorld({ seed: 'empty' });
    turned = createCredentialFailureChecks(world);
    await relaxZendeskLimits(world.sandbox);
    await world.startWorker();
  });
  afterEach(() =>
    world.sandbox.control('PATCH', '/settings/dynamics', { unmappedAppStatus: null, deniedEntitySets: [] }),
  );
  afterAll(() => world.close());

  it('is named when the client secret is wrong, and works again with the right one', async () => {
    await turned.syncOnce('se');
    await world.store.credentials.apply('se', { 'dynamics.clientSecret': WRONG_SECRET });
    const { error } = await turned.failingRun('se');
    expect(error).toMatchObject({ code: 'needs_reconnect' });
    expect(error?.message).toContain('AADSTS7000215');
    expect(error?.message).toContain(`The client secret of app ${world.sandbox.clientId} is wrong`);
    expect(error?.message).toMatch(/Certificates & secrets and apply the connection again\.$/);
    expect(await turned.stateOf('se')).toEqual({ state: 'needs_reconnect', stateReason: error?.message });
    await world.store.credentials.apply('se', { 'dynamics.clientSecret': world.sandbox.clientSecret });
    await turned.expectRecovered('se');
  });

  it.each([401, 403])('is named when the app is mapped to no user in F&O (answered %i)', async (unmappedAppStatus) => {
    const entity = `um${unmappedAppStatus}`;
    await turned.syncOnce(entity);
    await world.sandbox.control('PATCH', '/settings/dynamics', { unmappedAppStatus });
    const { error } = await turned.failingRun(entity);
    expect(error).toMatchObject({ code: 'needs_reconnect' });
    expect(error?.message).toContain(`Map app ${world.sandbox.clientId} in F&O under System administration`);
    expect(await turned.stateOf(entity)).toEqual({ state: 'needs_reconnect', stateReason: error?.message });
    await world.sandbox.control('PATCH', '/settings/dynamics', { unmappedAppStatus: null });
    await turned.expectRecovered(entity);
  });

  it('is named when the mapped user may not read an entity; the connection stays active', async () => {
    await turned.syncOnce('mp');
    await world.sandbox.control('PATCH', '/settings/dynamics', { deniedEntitySets: ['CustomersV3'] });
    const { error } = await turned.failingRun('mp');
    expect(error).toMatchObject({ code: 'missing_privilege' });
    expect(error?.message).toMatch(/a role with the privilege to read CustCustomerV3Entity\.$/);
    expect(await turned.stateOf('mp')).toMatchObject({ state: 'active' });
    await world.sandbox.control('PATCH', '/settings/dynamics', { deniedEntitySets: [] });
    await turned.expectRecovered('mp');
  });

  it('is named when a Zendesk token was revoked, and works again with a new one', async () => {
    await turned.syncOnce('to');
    await world.store.credentials.apply('to', { 'zendesk.accessToken': WRONG_TOKEN });
    const { error } = await turned.failingRun('to');
    expect(error).toMatchObject({ code: 'needs_reconnect' });
    expect(error?.message).toMatch(/Zendesk does not take the access token: authorize the connection again/);
    expect(await turned.stateOf('to')).toEqual({ state: 'needs_reconnect', stateReason: error?.message });
    await world.store.credentials.apply('to', { 'zendesk.accessToken': world.sandbox.zendeskToken });
    await turned.expectRecovered('to');
  });

  it('has the schedules paused until the credentials work again, except those that a person has paused', async () => {
    const { schedule } = world.client;
    const [synced = '', reconciled = ''] = scheduleIds('sc');
    for (const scheduleId of [synced, reconciled]) {
      await schedule.create({
        scheduleId,
        spec: { intervals: [{ every: '7d' }] },
        action: { type: 'startWorkflow', workflowType: 'syncMasterData', taskQueue: 'nobody', args: [] },
      });
    }
    await schedule.getHandle(reconciled).pause('for the audit');
    const stateOf = async (id: string) => (await schedule.getHandle(id).describe()).state;
    await turned.syncOnce('sc');
    await world.store.credentials.apply('sc', { 'zendesk.accessToken': WRONG_TOKEN });
    await turned.failingRun('sc');
    expect(await stateOf(synced)).toMatchObject({ paused: true, note: RECONNECT_NOTE });
    await world.store.credentials.apply('sc', { 'zendesk.accessToken': world.sandbox.zendeskToken });
    await turned.expectRecovered('sc');
    expect(await stateOf(synced)).toMatchObject({ paused: false });
    expect(await stateOf(reconciled)).toMatchObject({ paused: true, note: 'for the audit' });
  });

  it('is named when there is no credential for it at all', async () => {
    const { settings } = await world.store.connections.require('to');
    const bare = {
      id: 'bare',
      name: 'bare',
      settings,
      externalIdTemplate: '{accountNumber}',
      state: 'active' as const,
    };
    await world.store.connections.save(bare);
    await world.store.credentials.apply('bare', { 'dynamics.clientSecret': world.sandbox.clientSecret });
    const { error } = await turned.failingRun('bare', 'to');
    expect(error).toMatchObject({ code: 'needs_authorization' });
    expect(error?.message).toContain('zendesk.accessToken');
  });
});
