import { afterEach, describe, expect, it } from '@jest/globals';
import { createCredentialFailureChecks, WRONG_SECRET, WRONG_TOKEN } from '../fixtures/credential-failures.ts';
import { RECONNECT_NOTE } from '../../workflows/contract.ts';
import { scheduleIds } from '../../workflows/ids.ts';
import { saveConnection } from '../fixtures/accounts.ts';
import { setUpWorld } from '../fixtures/set-up-world.ts';

describe('a remote system that rejects the credentials', () => {
  const world = setUpWorld();
  const checks = createCredentialFailureChecks(world);

  afterEach(() =>
    world.sandbox.control('PATCH', '/settings/dynamics', { unmappedAppStatus: null, deniedEntitySets: [] }),
  );

  it('is named when the client secret is wrong, and works again after the fix', async () => {
    await checks.syncOnce('se');
    await world.store.credentials.apply('se', { 'dynamics.clientSecret': WRONG_SECRET });
    const { error } = await checks.failingRun('se');
    expect(error).toMatchObject({ code: 'needs_reconnect' });
    expect(error?.message).toContain('AADSTS7000215');
    expect(error?.message).toContain(`The client secret of app ${world.sandbox.clientId} is wrong`);
    expect(error?.message).toMatch(
      /Certificates & secrets, set it in the connection file, and run `ledgerdesk connection apply FILE`\.$/,
    );
    expect(await checks.stateOf('se')).toEqual({ state: 'needs_reconnect', stateReason: error?.message });
    await world.store.credentials.apply('se', { 'dynamics.clientSecret': world.sandbox.clientSecret });
    await checks.expectRecovered('se');
  });

  it.each([401, 403])('is named when the app is mapped to no user in F&O (status %i)', async (unmappedAppStatus) => {
    const entity = `um${unmappedAppStatus}`;
    await checks.syncOnce(entity);
    await world.sandbox.control('PATCH', '/settings/dynamics', { unmappedAppStatus });
    const { error } = await checks.failingRun(entity);
    expect(error).toMatchObject({ code: 'needs_reconnect' });
    expect(error?.message).toContain(`Map app ${world.sandbox.clientId} in F&O under System administration`);
    expect(await checks.stateOf(entity)).toEqual({ state: 'needs_reconnect', stateReason: error?.message });
    await world.sandbox.control('PATCH', '/settings/dynamics', { unmappedAppStatus: null });
    await checks.expectRecovered(entity);
  });

  it('is named when the mapped user may not read an entity; the connection stays active', async () => {
    await checks.syncOnce('mp');
    await world.sandbox.control('PATCH', '/settings/dynamics', { deniedEntitySets: ['CustomersV3'] });
    const { error } = await checks.failingRun('mp');
    expect(error).toMatchObject({ code: 'missing_privilege' });
    expect(error?.message).toMatch(/a role with the privilege to read CustCustomerV3Entity\.$/);
    expect(await checks.stateOf('mp')).toMatchObject({ state: 'active' });
    await world.sandbox.control('PATCH', '/settings/dynamics', { deniedEntitySets: [] });
    await checks.expectRecovered('mp');
  });

  it('is named when a Zendesk token was revoked, and works again with a new one', async () => {
    await checks.syncOnce('to');
    await world.store.credentials.apply('to', { 'zendesk.accessToken': WRONG_TOKEN });
    const { error } = await checks.failingRun('to');
    expect(error).toMatchObject({ code: 'needs_reconnect' });
    expect(error?.message).toMatch(
      /Zendesk does not accept the access token\. Run `ledgerdesk connection authorize ID`/,
    );
    expect(await checks.stateOf('to')).toEqual({ state: 'needs_reconnect', stateReason: error?.message });
    await world.store.credentials.apply('to', { 'zendesk.accessToken': world.sandbox.zendeskToken });
    await checks.expectRecovered('to');
  });

  it('has the schedules paused until the credentials work again, except those that a person has paused', async () => {
    const { schedule } = world.client;
    const [synced = '', reconciled = ''] = scheduleIds('sc');
    for (const scheduleId of [synced, reconciled]) {
      await schedule.create({
        scheduleId,
        spec: { intervals: [{ every: '7d' }] },
        action: { type: 'startWorkflow', workflowType: 'syncMasterData', taskQueue: 'unused', args: [] },
      });
    }
    await schedule.getHandle(reconciled).pause('for the audit');
    const stateOf = async (id: string) => (await schedule.getHandle(id).describe()).state;
    await checks.syncOnce('sc');
    await world.store.credentials.apply('sc', { 'zendesk.accessToken': WRONG_TOKEN });
    await checks.failingRun('sc');
    expect(await stateOf(synced)).toMatchObject({ paused: true, note: RECONNECT_NOTE });
    await world.store.credentials.apply('sc', { 'zendesk.accessToken': world.sandbox.zendeskToken });
    await checks.expectRecovered('sc');
    expect(await stateOf(synced)).toMatchObject({ paused: false });
    expect(await stateOf(reconciled)).toMatchObject({ paused: true, note: 'for the audit' });
  });

  it('is named when there is no credential for it at all', async () => {
    const { settings } = await world.store.connections.require('to');
    await saveConnection(world.store, 'bare', settings);
    await world.store.credentials.apply('bare', { 'dynamics.clientSecret': world.sandbox.clientSecret });
    const { error } = await checks.failingRun('bare', 'to');
    expect(error).toMatchObject({ code: 'needs_authorization' });
    expect(error?.message).toContain('zendesk.accessToken');
  });
});
