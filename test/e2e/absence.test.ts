import { afterEach, describe, expect, it } from '@jest/globals';
import type { JournalEntry } from '../fixtures/sandbox.ts';
import { syncAccepting } from '../fixtures/accepted-sync.ts';
import { createEdits, readingOnly } from '../fixtures/edits.ts';
import { setUpWorld } from '../fixtures/set-up-world.ts';

const ADVICE = /Nothing was changed.*--accept-shrink/;

describe('a run that does not find accounts in the ERP', () => {
  const world = setUpWorld();
  const edits = createEdits(world);

  afterEach(() =>
    world.sandbox.control('PATCH', '/settings/dynamics', {
      emptyPageAt: null,
      emptyPageHasNextLink: true,
      honoursMaxPageSize: true,
      defaultPageSize: 10_000,
    }),
  );

  /** Returns the writes to Zendesk since the last call. */
  async function takeWrites(): Promise<readonly JournalEntry[]> {
    const seen = await edits.journal('zendesk');
    await world.sandbox.control('DELETE', '/journal');
    return seen.filter(({ method }) => method !== 'GET');
  }

  it('keeps their organizations, as it does for accounts on hold', async () => {
    await edits.connect('gone', { go: { A1: 'Gone One', B1: 'Held Two', C1: 'Kept Three' } });
    await world.sync('gone');
    const before = await edits.organizations('go:');
    await edits.removeCustomer('go', 'A1');
    await edits.customer('go', 'B1', { OnHoldStatus: 'All' });
    const run = await world.sync('gone');
    expect(run).toMatchObject({ status: 'completed', totals: { read: 2, updated: 1, unchanged: 1 } });
    const after = await edits.organizations('go:');
    expect(after.get('go:A1')).toEqual(before.get('go:A1'));
    expect(after.get('go:B1')).toMatchObject({
      id: before.get('go:B1')?.id,
      organization_fields: { erp_on_hold: 'All' },
    });
    expect(await edits.record('gone', 'A1')).toMatchObject({ zendeskId: String(before.get('go:A1')?.id) });
    await edits.customer('go', 'A1', { OrganizationName: 'Gone One', AddressCity: 'Seattle' });
    expect(await world.sync('gone')).toMatchObject({ totals: { read: 3, created: 0, unchanged: 3 } });
  });

  it('fails when they are more than a tenth and more than five, unless the shrinking is accepted once', async () => {
    const numbers = await edits.generateCustomers('sh', 60);
    await world.connect('shrunk', readingOnly(['sh']));
    await world.sync('shrunk');
    for (const number of numbers.slice(0, 7)) await edits.removeCustomer('sh', number);
    await edits.customer('sh', numbers[30] ?? '', { AddressCity: 'Renton' });
    await takeWrites();
    const before = await world.organizations();
    const run = await world.sync('shrunk');
    expect(run).toMatchObject({ status: 'failed', error: { code: 'entity_shrank' } });
    expect(run.error?.message).toContain("F&O returned 53 record(s) for sh's customers, but 60 in the last reading");
    expect(run.error?.message).toMatch(ADVICE);
    expect(await takeWrites()).toEqual([]);
    expect(await world.organizations()).toEqual(before);

    const byHand = await world.sync('shrunk', { acceptShrink: true });
    expect(byHand).toMatchObject({ status: 'failed', error: { code: 'entity_shrank' } });
    const accepted = await syncAccepting(world, 'shrunk', 'shrink');
    expect(accepted).toMatchObject({ status: 'completed', totals: { read: 53, updated: 1, unchanged: 52 } });
    expect(await world.sync('shrunk')).toMatchObject({ status: 'completed', totals: { read: 53, unchanged: 53 } });
    for (const number of numbers.slice(7, 13)) await edits.removeCustomer('sh', number);
    expect(await world.sync('shrunk')).toMatchObject({ status: 'failed', error: { code: 'entity_shrank' } });
  });

  it('fails when F&O has returned an empty page', async () => {
    await edits.generateCustomers('em', 60);
    await world.connect('emptied', readingOnly(['em']));
    await world.sync('emptied');
    const before = await world.organizations();
    await takeWrites();
    const paged = { honoursMaxPageSize: false, defaultPageSize: 20, emptyPageAt: 1 };
    await world.sandbox.control('PATCH', '/settings/dynamics', paged);
    const run = await world.sync('emptied');
    expect(run).toMatchObject({ status: 'failed', error: { code: 'page_empty' } });
    expect(run.error?.message).toMatch(/Nothing was changed.*Run the sync again/);
    await world.sandbox.control('PATCH', '/settings/dynamics', { ...paged, emptyPageHasNextLink: false });
    expect(await world.sync('emptied')).toMatchObject({ status: 'failed', error: { code: 'reading_inconsistent' } });
    expect(await takeWrites()).toEqual([]);
    expect(await world.organizations()).toEqual(before);
  });

  it('fails only for the legal entity in which too many are missing', async () => {
    await edits.generateCustomers('na', 20);
    const numbers = await edits.generateCustomers('nb', 20);
    await world.connect('partly', readingOnly(['na', 'nb']));
    await world.sync('partly');
    const first = await edits.generateCustomers('na', 1);
    expect(first).toHaveLength(21);
    await edits.customer('nb', numbers[15] ?? '', { AddressCity: 'Renton' });
    for (const number of numbers.slice(0, 10)) await edits.removeCustomer('nb', number);
    const run = await world.sync('partly');
    expect(run).toMatchObject({ status: 'failed', error: { code: 'entity_shrank' }, totals: { read: 21, created: 1 } });
    expect(run.phases).toMatchObject([{ legalEntity: 'na', read: 21, created: 1, unchanged: 20 }]);
    expect((await edits.organizations('na:')).size).toBe(21);
    const untouched = await edits.organization(`nb:${numbers[15] ?? ''}`);
    expect(untouched.organization_fields['erp_city']).not.toBe('Renton');
  });

  it('postpones adoption by name while a legal entity has not been read', async () => {
    await edits.addOrganization({ name: 'Solo Trader', notes: 'Typed by hand.' });
    await edits.connect('waiting', { wa: { A1: 'Solo Trader', B1: 'Not Typed' }, wb: { C1: 'Somebody Else' } });
    const narrow = await world.sync('waiting', { legalEntity: 'wa' });
    expect(narrow).toMatchObject({ status: 'completed', totals: { read: 2, created: 1, rejected: 1 } });
    const record = await edits.record('waiting', 'A1');
    expect(record).toMatchObject({ state: 'rejected', code: 'waiting_for_entity' });
    expect(record?.message).toContain('wb');
    const whole = await world.sync('waiting');
    expect(whole).toMatchObject({ status: 'completed', totals: { read: 3, created: 1, adopted: 1, unchanged: 1 } });
    expect(await edits.organization('wa:A1')).toMatchObject({ name: 'Solo Trader', notes: 'Typed by hand.' });
    expect(await edits.record('waiting', 'A1')).toMatchObject({ state: 'adopted', code: null });
  });

  it('postpones adoption by name while the reading of a legal entity fails', async () => {
    const numbers = await edits.generateCustomers('fb', 20);
    await edits.connect('failing', { fa: { A1: 'Early Bird' }, fb: {} });
    await world.sync('failing');
    await edits.addOrganization({ name: 'Late Riser' });
    await edits.customer('fa', 'B1', { OrganizationName: 'Late Riser' });
    for (const number of numbers.slice(0, 10)) await edits.removeCustomer('fb', number);
    const run = await world.sync('failing');
    expect(run).toMatchObject({ status: 'failed', totals: { read: 2, unchanged: 1, rejected: 1 } });
    expect(await edits.record('failing', 'B1')).toMatchObject({ code: 'waiting_for_entity' });
    const next = await syncAccepting(world, 'failing', 'shrink');
    expect(next).toMatchObject({ status: 'completed', totals: { adopted: 1, created: 0 } });
    expect(await edits.record('failing', 'B1')).toMatchObject({ state: 'adopted', code: null });
  });
});
