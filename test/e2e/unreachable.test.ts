import { describe, expect, it } from '@jest/globals';
import type { ConnectionSettings } from '../../domain/connection/connection.ts';
import { createEdits, readingOnly } from '../fixtures/edits.ts';
import type { JournalEntry } from '../fixtures/sandbox.ts';
import { createCredentialFailureChecks } from '../fixtures/credential-failures.ts';
import { setUpWorld } from '../fixtures/set-up-world.ts';

/** Nothing listens at port 9 (discard). */
const NOWHERE = 'http://127.0.0.1:9';

describe('a system that does not respond', () => {
  const world = setUpWorld();
  const edits = createEdits(world);
  const checks = createCredentialFailureChecks(world);

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
    const { error } = await checks.failingRun(entity);
    expect(error).toMatchObject({ code: 'unreachable' });
    expect(error?.message).toContain(`${system}: ECONNREFUSED`);
    expect(error?.message).toMatch(/address|host/);
    expect(await checks.stateOf(entity)).toMatchObject({ state: 'active' });
    await change(entity, (settings) => settings);
    expect(await world.sync(entity)).toMatchObject({ status: 'completed', totals: { created: 1 } });
  });

  it('is named when the address of a working connection is changed to one where nothing listens', async () => {
    await checks.syncOnce('mv');
    await change('mv', (settings) => ({ ...settings, zendesk: { ...settings.zendesk, baseUrl: NOWHERE } }));
    expect((await checks.failingRun('mv')).error).toMatchObject({ code: 'unreachable' });
    await change('mv', (settings) => settings);
    await checks.expectRecovered('mv');
  });

  it('is not called when its host neither belongs to the vendor nor is allowed by the operator', async () => {
    await checks.syncOnce('bl');
    const baseUrl = world.sandbox.zendesk.replace('127.0.0.1', 'localhost');
    await change('bl', (settings) => ({ ...settings, zendesk: { ...settings.zendesk, baseUrl } }));
    await world.sandbox.control('DELETE', '/journal');
    const { error } = await checks.failingRun('bl');
    expect(error).toMatchObject({ code: 'blocked_address' });
    expect(error?.message).toMatch(/^Zendesk: EGRESS to .*Check the address of Zendesk .*LEDGERDESK_ALLOW_HOSTS/);
    const { items } = await world.sandbox.control<{ items: JournalEntry[] }>('GET', '/journal?system=zendesk');
    expect(items).toEqual([]);
    await change('bl', (settings) => settings);
    await checks.expectRecovered('bl');
  });
});
