import { describe, expect, it } from '@jest/globals';
import { createEdits, readingOnly } from '../fixtures/edits.ts';
import { setUpWorld } from '../fixtures/set-up-world.ts';

describe('accounts that are edited in the ERP', () => {
  const world = setUpWorld();
  const edits = createEdits(world);

  it('give their new name to the same organization', async () => {
    await edits.connect('renamed', { rn: { A1: 'Alpha Renamed', B1: 'Beta Renamed' } });
    await world.sync('renamed');
    const before = await edits.organization('rn:A1');
    await edits.customer('rn', 'A1', { OrganizationName: 'Alpha Group' });
    const run = await world.sync('renamed');
    expect(run).toMatchObject({ status: 'completed', totals: { read: 2, updated: 1, unchanged: 1 } });
    expect(await edits.organization('rn:A1')).toMatchObject({ id: before.id, name: 'Alpha Group' });
  });

  it('that swap names end with their own names, and stay so', async () => {
    await edits.connect('swapped', { sw: { A1: 'Left Shoe', B1: 'Right Shoe' } });
    await world.sync('swapped');
    const before = await edits.organizations('sw:');
    await edits.customer('sw', 'A1', { OrganizationName: 'Right Shoe' });
    await edits.customer('sw', 'B1', { OrganizationName: 'Left Shoe' });
    const run = await world.sync('swapped');
    expect(run).toMatchObject({ status: 'completed', totals: { updated: 2 } });
    const after = await edits.organizations('sw:');
    expect(after.get('sw:A1')).toMatchObject({ id: before.get('sw:A1')?.id });
    expect(after.get('sw:A1')?.name).toMatch(/^Right Shoe( \(A1\))?$/);
    expect(after.get('sw:B1')?.name).toMatch(/^Left Shoe( \(B1\))?$/);
    const next = await world.sync('swapped');
    expect(next).toMatchObject({ status: 'completed', totals: { read: 2, unchanged: 2 } });
    expect(next.requests.zendesk).toBeLessThanOrEqual(1);
  });

  it('that take over the name of the next one, in a chain, end with their plain names', async () => {
    await edits.connect('chained', { ch: { A1: 'First Link', B1: 'Second Link', C1: 'Third Link' } });
    await world.sync('chained');
    await edits.customer('ch', 'A1', { OrganizationName: 'Second Link' });
    await edits.customer('ch', 'B1', { OrganizationName: 'Third Link' });
    await edits.customer('ch', 'C1', { OrganizationName: 'Fourth Link' });
    const run = await world.sync('chained');
    expect(run).toMatchObject({ status: 'completed', totals: { updated: 3 } });
    expect(await edits.names('ch')).toEqual({ A1: 'Second Link', B1: 'Third Link', C1: 'Fourth Link' });
  });

  it('of the same name in two legal entities differ by number, and still do when the first is renamed', async () => {
    await edits.connect('namesakes', { na: { '1': 'Twin Peaks' }, nb: { '2': 'Twin Peaks' } });
    await world.sync('namesakes');
    expect([await edits.names('na'), await edits.names('nb')]).toEqual([
      { '1': 'Twin Peaks' },
      { '2': 'Twin Peaks (2)' },
    ]);
    await edits.customer('na', '1', { OrganizationName: 'Single Peak' });
    const run = await world.sync('namesakes');
    expect(run).toMatchObject({ status: 'completed', totals: { updated: 1, unchanged: 1 } });
    expect([await edits.names('na'), await edits.names('nb')]).toEqual([
      { '1': 'Single Peak' },
      { '2': 'Twin Peaks (2)' },
    ]);
  });

  it('get new external ids on the same organizations when the template changes', async () => {
    await edits.connect('rekeyed', { rk: { A1: 'Key One', B1: 'Key Two' } });
    await world.sync('rekeyed');
    const before = await edits.organizations('rk:');
    await world.connect('rekeyed', readingOnly(['rk']), '{legalEntity}:{kind}:{accountNumber}');
    const run = await world.sync('rekeyed');
    expect(run).toMatchObject({ status: 'completed', totals: { created: 0, updated: 2 } });
    const after = await edits.organizations('rk:');
    expect([...after.keys()].sort()).toEqual(['rk:customer:A1', 'rk:customer:B1']);
    expect(after.get('rk:customer:A1')?.id).toBe(before.get('rk:A1')?.id);
    expect(after.get('rk:customer:B1')?.id).toBe(before.get('rk:B1')?.id);
  });
});
