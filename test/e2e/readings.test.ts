import { afterEach, describe, expect, it } from '@jest/globals';
import { createEdits, readingOnly } from '../fixtures/edits.ts';
import { setUpWorld } from '../fixtures/set-up-world.ts';

/** Pages of 20 rows, whatever the client prefers. */
const PAGES_OF_20 = { honoursMaxPageSize: false, defaultPageSize: 20 };

describe('a run of which the pages of F&O contradict each other', () => {
  const world = setUpWorld();
  const edits = createEdits(world);

  afterEach(async () => {
    await world.sandbox.control('DELETE', '/faults');
    await world.sandbox.control('PATCH', '/settings/dynamics', { honoursMaxPageSize: true, defaultPageSize: 10_000 });
  });

  /** Connects a legal entity with 60 customers, which have three pages, and synchronizes it. */
  async function synced(id: string): Promise<readonly string[]> {
    const numbers = await edits.generateCustomers(id, 60);
    await world.connect(id, readingOnly([id]));
    await world.sandbox.control('PATCH', '/settings/dynamics', PAGES_OF_20);
    expect(await world.sync(id)).toMatchObject({ status: 'completed', totals: { read: 60, created: 60 } });
    await world.sandbox.control('DELETE', '/journal');
    return numbers;
  }

  /** Has the link of the second page lead back, `times` times (null: always). */
  const rewind = (back: number, times: number | null) =>
    world.sandbox.control('POST', '/faults', {
      ...{ system: 'dynamics', match: { path: '/data/CustomersV3' }, skip: 1, times },
      action: { kind: 'rewind', back },
    });

  async function reads(): Promise<number> {
    const journal = await edits.journal('dynamics');
    return journal.filter(({ path }) => path.endsWith('/CustomersV3')).length;
  }

  it.each([
    ['once', { id: 'ra', times: 1, status: 'completed' }],
    ['always', { id: 'rb', times: null, status: 'failed' }],
  ])(
    'whose link to $skip=40 leads to the first page %s reads all of them or fails, and concludes nothing',
    async (_, { id, times, status }) => {
      const [first = ''] = await synced(id);
      await edits.customer(id, first, { AddressCity: 'Renton' });
      await rewind(99, times);
      const run = await world.sync(id);
      expect(run.status).toBe(status);
      expect(await reads()).toBeLessThanOrEqual(6);
      if (status === 'completed')
        expect(run).toMatchObject({ totals: { read: 60, updated: 1, unchanged: 59, gone: 0 } });
      else expect(run.error).toMatchObject({ code: 'reading_inconsistent' });
      expect(run.totals.gone).toBe(0);
      await world.sandbox.control('DELETE', '/faults');
      await world.sandbox.control('DELETE', '/journal');
      const after = await world.sync(id);
      const updated = status === 'completed' ? 0 : 1;
      expect(after).toMatchObject({ totals: { read: 60, updated, unchanged: 60 - updated, gone: 0 } });
      const writes = (await edits.journal('zendesk')).filter(({ method }) => method !== 'GET');
      expect(writes).toHaveLength(updated);
    },
  );

  it('whose links go round ends by its name, with one sentence, while other legal entities go on', async () => {
    await synced('rc');
    await edits.connect('round', { rd: { A1: 'Neighbour' } });
    await world.connect('both', (settings) => readingOnly(['rc', 'rd'])(settings));
    await rewind(1, null);
    const run = await world.sync('both', { legalEntity: 'rc' });
    expect(run).toMatchObject({ status: 'failed', totals: { read: 0 }, error: { code: 'reading_inconsistent' } });
    expect(run.error?.message).toMatch(
      /^Dynamics 365's pages of rc's customers contradict each other.*leads back to a page.*Run the sync again/,
    );
    expect(await reads()).toBeLessThanOrEqual(6);
    expect((await world.sync('both', { legalEntity: 'rd' })).status).toBe('completed');
  });
});
