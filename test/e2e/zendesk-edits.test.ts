import { describe, expect, it } from '@jest/globals';
import { createEdits, readingOnly } from '../fixtures/edits.ts';
import { setUpWorld } from '../fixtures/set-up-world.ts';

describe('organizations that are edited in Zendesk', () => {
  const world = setUpWorld();
  const edits = createEdits(world);

  it("get back the mapped values that an agent changed, and keep the agents' own values", async () => {
    await edits.connect('agent', { ag: { A1: 'Agent One', B1: 'Agent Two', C1: 'Agent Three' } });
    await world.sync('agent');
    const { id } = await edits.organization('ag:A1');
    await edits.editOrganization(id, {
      name: 'Nickname',
      notes: 'Call before noon.',
      tags: ['vip', 'erp_customer'],
      organization_fields: { erp_city: 'Elsewhere' },
    });
    const other = await edits.organization('ag:B1');
    await edits.editOrganization(other.id, { tags: ['west_coast'], details: 'Opened in 2009' });
    const run = await world.sync('agent');
    expect(run).toMatchObject({ status: 'completed', totals: { updated: 2, unchanged: 1 } });
    expect(await edits.organization('ag:A1')).toMatchObject({
      id,
      name: 'Agent One',
      notes: 'Call before noon.',
      tags: ['vip', 'erp_customer'],
      organization_fields: { erp_city: 'Seattle' },
    });
    const tagged = await edits.organization('ag:B1');
    expect(tagged).toMatchObject({ id: other.id, details: 'Opened in 2009' });
    expect([...tagged.tags].sort()).toEqual(['erp_customer', 'west_coast']);
    expect(await world.sync('agent')).toMatchObject({ totals: { read: 3, unchanged: 3 } });
  });

  it('are created again, once, after they were deleted', async () => {
    await edits.connect('deleted', { de: { A1: 'Deleted One', B1: 'Deleted Two' } });
    await world.sync('deleted');
    const before = await edits.organization('de:A1');
    await edits.deleteOrganization(before.id);
    const run = await world.sync('deleted');
    expect(run).toMatchObject({ status: 'completed', totals: { created: 1, unchanged: 1 } });
    const after = await edits.organization('de:A1');
    expect(after).toMatchObject({ name: 'Deleted One' });
    expect(after.id).not.toBe(before.id);
    expect(await world.sync('deleted')).toMatchObject({ totals: { created: 0, unchanged: 2 } });
  });

  it("are linked, and not counted as adopted, if they have Ledgerdesk's external id", async () => {
    const typed = await edits.addOrganization({ name: 'Carried Elsewhere', external_id: 'ca:A1', tags: ['old'] });
    await edits.connect('carried', { ca: { A1: 'Carried One', B1: 'Carried Two' } });
    const run = await world.sync('carried');
    expect(run).toMatchObject({ status: 'completed', totals: { created: 1, updated: 1, adopted: 0 } });
    expect(await edits.organization('ca:A1')).toMatchObject({ id: typed.id, name: 'Carried One' });
    await world.connect('carried-again', readingOnly(['ca']));
    const other = await world.sync('carried-again');
    expect(other).toMatchObject({ status: 'completed', totals: { read: 2, unchanged: 2 } });
    expect(await edits.record('carried-again', 'A1')).toMatchObject({ zendeskId: String(typed.id) });
  });

  it('are found changed by a full sync even if the export has not shown the change', async () => {
    await world.sandbox.control('PATCH', '/settings/zendesk', { exportExcludesNewestSeconds: 3_600 });
    try {
      await edits.connect('full', { fu: { A1: 'Full One', B1: 'Full Two', C1: 'Full Three' } });
      await world.sync('full');
      const { id } = await edits.organization('fu:A1');
      await edits.editOrganization(id, { organization_fields: { erp_currency: 'XXX' } });
      const gone = await edits.organization('fu:B1');
      await edits.deleteOrganization(gone.id);
      expect(await world.sync('full')).toMatchObject({ totals: { unchanged: 3 } });
      const run = await world.sync('full', { full: true });
      expect(run).toMatchObject({ status: 'completed', totals: { created: 1, updated: 1, unchanged: 1 } });
      const mended = await edits.organization('fu:A1');
      expect(mended.id).toBe(id);
      expect(mended.organization_fields['erp_currency']).not.toBe('XXX');
    } finally {
      await world.sandbox.control('PATCH', '/settings/zendesk', { exportExcludesNewestSeconds: 0 });
    }
  });
});
