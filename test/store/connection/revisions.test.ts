import { beforeEach, describe, expect, it } from '@jest/globals';
import type { ConnectionSettings } from '../../../domain/connection/connection.ts';
import { TEST_SETTINGS } from '../../fixtures/accounts.ts';
import { useConnectedStore } from '../../fixtures/connected-store.ts';

const at = useConnectedStore();
const ID = 'contoso';
const BY_ENTITY = '{legalEntity}:{accountNumber}';

interface Wanted {
  readonly sync?: Partial<ConnectionSettings['sync']>;
  readonly template?: string;
}

const configured = ({ sync = {}, template = '{accountNumber}' }: Wanted = {}) => ({
  settings: { ...TEST_SETTINGS, sync: { ...TEST_SETTINGS.sync, ...sync } },
  externalIdTemplate: template,
});

async function save(now: Wanted, proposed?: Wanted): Promise<void> {
  const change = proposed === undefined ? {} : { proposed: configured(proposed) };
  await at.store.connections.save({ id: ID, name: ID, state: 'active', by: 'admin', ...configured(now), ...change });
}

const pending = () => at.store.revisions.pending(ID);
const active = () => at.store.connections.require(ID);

describe('the revisions of settings', () => {
  beforeEach(() => save({}));

  it('begin with 1, which nothing waits for', async () => {
    expect((await active()).revision).toBe(1);
    expect(await pending()).toBeUndefined();
    expect(await at.store.revisions.proposed(ID)).toMatchObject({ no: 1, externalIdTemplate: '{accountNumber}' });
  });

  it('wait beside the active one, and are what a preview plans with', async () => {
    await save({}, { template: BY_ENTITY, sync: { sharedMailbox: 'reject' } });
    expect(await active()).toMatchObject({ revision: 1, externalIdTemplate: '{accountNumber}' });
    const differs = ['sync.externalId', 'sync.sharedMailbox'];
    expect(await pending()).toMatchObject({ no: 2, by: 'admin', differs, externalIdTemplate: BY_ENTITY });
    expect(await at.store.revisions.proposed(ID)).toMatchObject({ no: 2, externalIdTemplate: BY_ENTITY });
  });

  it('keep their number when the same file is applied again', async () => {
    await save({}, { template: BY_ENTITY });
    await save({ sync: { everyMs: 60_000 } }, { template: BY_ENTITY, sync: { everyMs: 60_000 } });
    expect(await pending()).toMatchObject({ no: 2, differs: ['sync.externalId'] });
    expect((await active()).settings.sync.everyMs).toBe(60_000);
  });

  it('are replaced by a third file and withdrawn by the former one, and no number comes again', async () => {
    await save({}, { template: BY_ENTITY });
    await save({}, { template: '{kind}:{accountNumber}' });
    expect(await pending()).toMatchObject({ no: 3, externalIdTemplate: '{kind}:{accountNumber}' });
    await save({});
    expect(await pending()).toBeUndefined();
    expect((await active()).revision).toBe(1);
    await save({}, { template: BY_ENTITY });
    expect((await pending())?.no).toBe(4);
  });

  it('take effect when they are activated, with the settings that needed no approval as they are now', async () => {
    await save({}, { template: BY_ENTITY });
    await at.store.connections.setSyncInterval(ID, 120_000);
    expect(await at.store.revisions.activate(ID, 3)).toBe(false);
    expect(await at.store.revisions.activate(ID, 2)).toBe(true);
    expect(await at.store.revisions.activate(ID, 2)).toBe(false);
    expect(await active()).toMatchObject({
      ...{ revision: 2, externalIdTemplate: BY_ENTITY },
      settings: { sync: { everyMs: 120_000 } },
    });
    expect(await pending()).toBeUndefined();
    await save({ template: BY_ENTITY }, { template: '{accountNumber}' });
    expect(await pending()).toMatchObject({ no: 3, differs: ['sync.externalId'] });
  });

  it('count up when reviewed settings act at once, because plans were made with the former ones', async () => {
    await save({ sync: { adopt: 'never' } });
    expect((await active()).revision).toBe(2);
    await save({ sync: { adopt: 'never', everyMs: 60_000 } });
    expect((await active()).revision).toBe(2);
    await save({ sync: { adopt: 'never', vendors: false } }, { template: BY_ENTITY });
    expect([(await active()).revision, (await pending())?.no]).toEqual([3, 4]);
  });

  it('go with their connection', async () => {
    await save({}, { template: BY_ENTITY });
    await at.store.connections.remove(ID);
    expect(await pending()).toBeUndefined();
    expect(await at.store.revisions.activate(ID, 2)).toBe(false);
  });
});
