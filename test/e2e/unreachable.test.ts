import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ConnectionSettings } from '../../domain/connection/connection.ts';
import { createEdits, relaxZendeskLimits, readingOnly, type Edits } from '../fixtures/edits.ts';
import type { JournalEntry } from '../fixtures/sandbox.ts';
import { createCredentialFailureChecks, type CredentialFailureChecks } from '../fixtures/credential-failures.ts';
import { createWorld, type World } from '../fixtures/world.ts';

/** Port 9 is for discarding; nothing listens there. */
const NOWHERE = 'http://127.0.0.1:9';

describe('a system that does not answer', () => {
  let world: World;
  let edits: Edits;
  let turned: CredentialFailureChecks;

  beforeAll(async () => {
    world = await createWorld({ seed: 'empty' });
    edits = createEdits(world);
    turned = createCredentialFailureChecks(world);
    await relaxZendeskLimits(world.sandbox);
    await world.startWorker();
  });
  afterAll(() => world.close());

  const change = (id: string, changed: (settings: ConnectionSettings) => ConnectionSettings) =>
    world.connect(id, (settings) => changed(readingOnly([id])(settings)));

  it.each<[string, string, (settings: ConnectionSettings) => ConnectionSettings]>([
    ['Zendesk', 'uz', (settings) => ({ ...settings, zendesk: { ...settings.zendesk, baseUrl: NOWHERE } })],
    [
      'Microsoft Entra',
      'ue',
      (settings) => ({ ...settings, dynamics: { ...settings.dynamics, authorityHost: NOWHERE } }),
    ],
    [
      'Dynamics 365',
      'ud',
      (settings) => ({ ...settings, dynamics: { ...settings.dynamics, environmentUrl: NOWHERE } }),
    ],
  ])('is named when nothing listens at the address of %s', async (system, entity, elsewhere) => {
    await world.sandbox.control('PATCH', '/settings/entra', { furtherResources: [NOWHERE] });
    await edits.customer(entity, 'A1', { OrganizationName: `${entity} One` });
    await change(entity, elsewhere);
    const { error } = await turned.failingRun(entity);
    expect(error).toMatchObject({ code: 'unreachable' });
    expect(error?.message).toContain(`${system}: ECONNREFUSED`);
    expect(error?.message).toMatch(/address|host/);
    expect(await turned.stateOf(entity)).toMatchObject({ state: 'active' });
    await change(entity, (settings) => settings);
    expect(await world.sync(entity)).toMatchObject({ status: 'completed', totals: { created: 1 } });
  });

  it('is named when the address of a working connection is changed to one where nothing listens', async () => {
    await turned.syncOnce('mv');
    await change('mv', (settings) => ({ ...settings, zendesk: { ...settings.zendesk, baseUrl: NOWHERE } }));
    expect((await turned.failingRun('mv')).error).toMatchObject({ code: 'unreachable' });
    await change('mv', (settings) => settings);
    await turned.expectRecovered('mv');
  });

  it('is neither called nor tried again when its host does not belong to the vendor and no operator has opened it', async () => {
    await turned.syncOnce('bl');
    const baseUrl = world.sandbox.zendesk.replace('127.0.0.1', 'localhost');
    await change('bl', (settings) => ({ ...settings, zendesk: { ...settings.zendesk, baseUrl } }));
    await world.sandbox.control('DELETE', '/journal');
    const { error } = await turned.failingRun('bl');
    expect(error).toMatchObject({ code: 'blocked_address' });
    expect(error?.message).toMatch(/^Zendesk: EGRESS to .*Check the address of Zendesk .*LEDGERDESK_ALLOW_HOSTS/);
    const { items } = await world.sandbox.control<{ items: JournalEntry[] }>('GET', '/journal?system=zendesk');
    expect(items).toEqual([]);
    await change('bl', (settings) => settings);
    await turned.expectRecovered('bl');
  });
});
