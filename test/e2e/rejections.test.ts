import { afterEach, describe, expect, it } from '@jest/globals';
import { DEFAULT_KINDS } from '../../domain/entities.ts';
import { createEdits, readingOnly } from '../fixtures/edits.ts';
import { setUpWorld } from '../fixtures/set-up-world.ts';

describe('accounts that cannot be written', () => {
  const world = setUpWorld();
  const edits = createEdits(world);

  afterEach(() => world.sandbox.control('DELETE', '/faults'));

  it('include those with a comma in their number, but not those with other unusual characters', async () => {
    const numbers = ["O'HARA-1", 'U 32', 'U/33', 'A&B-35', 'ÉTÉ-36', '株式-37', '50%', '#+?=', '"quoted"'];
    const names = Object.fromEntries(numbers.map((number, index) => [number, `Odd Number ${index}`]));
    await edits.connect('odd', { od: { ...names, 'U,34': 'Comma Company' } });
    const run = await world.sync('odd');
    expect(run).toMatchObject({ status: 'completed', totals: { created: numbers.length, rejected: 1 } });
    expect(await edits.record('odd', 'U,34')).toMatchObject({ state: 'rejected', code: 'external_id_unsupported' });
    expect(await edits.names('od')).toEqual(names);
    for (const number of numbers) await edits.customer('od', number, { AddressCity: 'Lyon' });
    expect(await world.sync('odd')).toMatchObject({ totals: { updated: numbers.length, rejected: 1 } });
  });

  it('include the second of two whose external ids differ only by case, and the first keeps its own', async () => {
    await edits.customer('cs', 'ab-1', { OrganizationName: 'Case Customer' });
    await edits.vendor('cs', 'AB-1', { VendorOrganizationName: 'Case Vendor' });
    await edits.vendor('cs', 'CD-2', { VendorOrganizationName: 'Case Holder' });
    await world.connect('cased', readingOnly(['cs'], { vendors: true }));
    expect(await world.sync('cased')).toMatchObject({ status: 'completed', totals: { created: 2, rejected: 1 } });
    expect(await edits.record('cased', 'AB-1', 'vendor')).toMatchObject({ code: 'external_id_contested' });
    await edits.customer('cs', 'cd-2', { OrganizationName: 'Case Latecomer' });
    const run = await world.sync('cased');
    expect(run).toMatchObject({ status: 'completed', totals: { created: 0, unchanged: 2, rejected: 2 } });
    expect(await edits.record('cased', 'cd-2')).toMatchObject({ code: 'external_id_contested' });
    expect(await edits.record('cased', 'CD-2', 'vendor')).toMatchObject({ state: 'unchanged' });
  });

  it('because Zendesk refuses them are tried again only when an operator asks for it', async () => {
    await edits.connect('refused', { re: { A1: 'Refused One' } });
    await world.sync('refused');
    const match = { method: 'POST', path: 'organizations/create_many' };
    const action = { kind: 'fail-rows', rows: [0], details: 'Region: is not allowed here' };
    await world.sandbox.control('POST', '/faults', { system: 'zendesk', match, times: null, action });
    await edits.customer('re', 'B1', { OrganizationName: 'Refused Two' });
    const run = await world.sync('refused');
    expect(run).toMatchObject({ status: 'completed', totals: { unchanged: 1, rejected: 1 } });
    const rejected = await edits.record('refused', 'B1');
    expect(rejected).toMatchObject({ state: 'rejected', code: 'zendesk_refused' });
    expect(rejected?.message).toContain('Region: is not allowed here');
    const next = await world.sync('refused');
    expect(next).toMatchObject({ status: 'completed', totals: { unchanged: 1, rejected: 1 } });
    expect(next.requests.zendesk).toBeLessThanOrEqual(1);
    expect(await edits.record('refused', 'B1')).toMatchObject({ message: rejected?.message });
    await world.store.records.allowRetry('refused', { code: 'zendesk_refused', keys: [], kinds: DEFAULT_KINDS });
    const asked = await world.sync('refused');
    expect(asked).toMatchObject({ status: 'completed', totals: { rejected: 1 } });
    expect(asked.requests.zendesk).toBeGreaterThan(1);
    await world.sandbox.control('DELETE', '/faults');
    await world.store.records.allowRetry('refused', { keys: ['B1'], kinds: DEFAULT_KINDS });
    expect(await world.sync('refused')).toMatchObject({ status: 'completed', totals: { created: 1, unchanged: 1 } });
    expect(await edits.names('re')).toEqual({ A1: 'Refused One', B1: 'Refused Two' });
  });
});
