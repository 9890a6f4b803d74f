import { describe, expect, it } from '@jest/globals';
import type { AnnotationTarget } from '../../domain/support/annotation-target.ts';
import { annotatingCustomers } from '../fixtures/accounts.ts';
import { createEdits, readingOnly } from '../fixtures/edits.ts';
import { blockOf, createSupport } from '../fixtures/support.ts';
import { setUpWorld } from '../fixtures/set-up-world.ts';

describe('writing support to the ERP', () => {
  const world = setUpWorld();
  const edits = createEdits(world);
  const support = createSupport(world);

  /** Connects a legal entity with one customer, M1, and an annotation target. Returns the id of its organization. */
  async function begin(entity: string, target: Partial<AnnotationTarget>, memo = ''): Promise<number> {
    await edits.customer(entity, 'M1', { OrganizationName: `Mode of ${entity}`, SalesMemo: memo });
    await connect(entity, target);
    expect(await world.sync(entity)).toMatchObject({ status: 'completed', totals: { created: 1 } });
    return (await edits.organization(`${entity}:M1`)).id;
  }

  const connect = (entity: string, target: Partial<AnnotationTarget>) =>
    world.connect(entity, (settings) => annotatingCustomers(readingOnly([entity])(settings), target));

  const linesOf = async (entity: string): Promise<string[]> =>
    ((await support.report(entity, 'M1'))?.written ?? '').split('\n');

  async function dynamicsWritesOf(work: () => Promise<unknown>): Promise<number> {
    await support.clearJournal();
    await work();
    return (await support.writes()).dynamics.length;
  }

  it('replaces the whole text', async () => {
    const organization = await begin('ma', { mode: 'replace' }, 'Something old.');
    await support.tickets({ count: 1, organizationIds: [organization] });
    await support.reconcile('ma');
    expect(await support.memo('ma', 'M1')).toBe((await linesOf('ma')).join('\n'));
  });

  it('appends an entry for every change', async () => {
    const organization = await begin('mb', { mode: 'append' }, 'Something old.');
    const [id] = await support.tickets({ count: 1, organizationIds: [organization] });
    await support.reconcile('mb');
    const first = await linesOf('mb');
    await support.change([id ?? 0], { status: 'pending' });
    await support.reconcile('mb');
    const second = await linesOf('mb');
    expect(await support.memo('mb', 'M1')).toBe(['Something old.', ...first, ...second].join('\n'));
    expect(await dynamicsWritesOf(() => support.reconcile('mb'))).toBe(0);
  });

  it('writes typed fields of an extension, and only those that differ', async () => {
    await world.sandbox.control('POST', '/state/dynamics/fields', { entitySet: 'CustomersV3', name: 'ABCStatus' });
    for (const [name, type] of [
      ['ABCOpenTickets', 'Edm.Int32'],
      ['ABCOldestOpen', 'Edm.DateTimeOffset'],
    ])
      await world.sandbox.control('POST', '/state/dynamics/fields', { entitySet: 'CustomersV3', name, type });
    const fields = { openTickets: 'ABCOpenTickets', status: 'ABCStatus', oldestOpenSince: 'ABCOldestOpen' };
    const organization = await begin('mc', { fields }, 'Words of people.');
    const ids = await support.tickets({ count: 2, organizationIds: [organization] });
    await support.reconcile('mc');
    const values = async () =>
      (await world.sandbox.control<{ values: Record<string, unknown> }>('GET', '/state/dynamics/customers/mc/M1'))
        .values;
    const { oldest } = await support.days(ids);
    expect(await values()).toMatchObject({
      ABCOpenTickets: 2,
      ABCStatus: 'active',
      ABCOldestOpen: expect.stringContaining(oldest),
      SalesMemo: 'Words of people.',
    });
    await support.change(ids.slice(0, 1), { status: 'solved' });
    await support.clearJournal();
    await support.reconcile('mc');
    expect((await support.writes()).dynamics.map(({ body }) => body)).toEqual([{ ABCOpenTickets: 1 }]);
    await support.change(ids, { status: 'solved' });
    await support.reconcile('mc');
    expect(await values()).toMatchObject({
      ABCOpenTickets: 0,
      ABCStatus: 'quiet',
      ABCOldestOpen: '1900-01-01T00:00:00Z',
    });
    expect(await dynamicsWritesOf(() => support.reconcile('mc'))).toBe(0);
  });

  it('reports that there is no room, keeps what users wrote, and writes when there is room', async () => {
    const human = 'x'.repeat(100);
    const organization = await begin('md', { maxLength: 150 }, human);
    await support.tickets({ count: 1, organizationIds: [organization] });
    await support.reconcile('md');
    expect(await support.memo('md', 'M1')).toBe(human);
    expect(await support.report('md', 'M1')).toMatchObject({
      open: 1,
      written: null,
      writtenAt: null,
      problem: { code: 'annotation_no_room' },
    });
    const roomForTwo = blockOf(['Status: active', 'Open: 1 (urgent: 0), pending: 0, on hold: 0']).length;
    await support.writeMemo('md', 'M1', 'Short.');
    await connect('md', { maxLength: 'Short.\n'.length + roomForTwo });
    await support.reconcile('md');
    const cut = blockOf(['Status: active', 'Open: 1 (urgent: 0), pending: 0, on hold: 0']);
    expect(await support.memo('md', 'M1')).toBe(`Short.\n${cut}`);
    expect(await support.report('md', 'M1')).toMatchObject({ problem: null });
    expect(await dynamicsWritesOf(() => support.reconcile('md'))).toBe(0);
  });

  it('accepts line ends that the ERP has changed', async () => {
    await world.sandbox.control('PATCH', '/settings/dynamics', { memoLineEnds: 'crlf' });
    const organization = await begin('me', {}, 'Words of people.');
    const [id] = await support.tickets({ count: 1, organizationIds: [organization] });
    await support.reconcile('me');
    const text = await support.memo('me', 'M1');
    expect(text).toBe(`Words of people.\r\n${blockOf(await linesOf('me'), '\r\n')}`);
    await support.change([id ?? 0], { status: 'hold' });
    await support.reconcile('me');
    expect(await support.memo('me', 'M1')).toBe(`Words of people.\r\n${blockOf(await linesOf('me'), '\r\n')}`);
    await world.sandbox.control('PATCH', '/settings/dynamics', { memoLineEnds: 'kept' });
  });

  it('makes no request for accounts that never had a ticket', async () => {
    await begin('mf', {}, 'Words of people.');
    await support.clearJournal();
    expect(await support.reconcile('mf')).toMatchObject({ written: 0 });
    expect(await edits.journal('dynamics')).toEqual([]);
    expect(await support.memo('mf', 'M1')).toBe('Words of people.');
  });

  it('follows the status rules of the connection', async () => {
    const organization = await begin('mg', {});
    await world.connect('mg', (settings) => {
      const { annotation, ...rest } = readingOnly(['mg'])(settings);
      return { ...rest, annotation: { ...annotation, status: { escalated: { pending: 2 }, active: { open: 5 } } } };
    });
    await support.tickets({ count: 2, organizationIds: [organization], priorities: ['urgent'] });
    await support.reconcile('mg');
    expect(await support.report('mg', 'M1')).toMatchObject({ status: 'quiet', urgent: 2 });
    await support.tickets({ count: 2, organizationIds: [organization], statuses: ['pending'] });
    await support.reconcile('mg');
    expect(await support.memo('mg', 'M1')).toContain('Status: escalated');
  });
});
