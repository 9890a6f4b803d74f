import { beforeAll, describe, expect, it } from '@jest/globals';
import { createEdits, readingOnly } from '../fixtures/edits.ts';
import { createSupport } from '../fixtures/support.ts';
import { setUpWorldWithApi } from '../fixtures/set-up-world.ts';

const ID = 'merged';

describe('tickets that are merged or moved', () => {
  const { world, api } = setUpWorldWithApi();
  const edits = createEdits(world);
  const support = createSupport(world);

  beforeAll(async () => {
    for (const key of ['M1', 'M2', 'M3', 'M4']) await edits.customer('me', key, { OrganizationName: `Merged ${key}` });
    await world.connect(ID, readingOnly(['me']));
    expect(await world.sync(ID)).toMatchObject({ status: 'completed', totals: { created: 4 } });
    expect(await api.request('POST', `/api/connections/${ID}/wire`)).toMatchObject({ status: 200 });
  });

  /** Creates tickets of an account, the first of them urgent. */
  async function ticketsOf(key: string, count: number): Promise<[number, ...number[]]> {
    const organization = await edits.organization(`me:${key}`);
    const priorities = ['urgent', ...Array.from({ length: count - 1 }, () => 'normal')];
    return (await support.tickets({ count, organizationIds: [organization.id], priorities, silent: true })) as [number];
  }

  /** Returns the line with the counts from the ERP. */
  const counts = async (key: string) => /^Open: .*$/m.exec(await support.memo('me', key))?.[0];
  const line = (open: number, urgent: number) => `Open: ${open} (urgent: ${urgent}), pending: 0, on hold: 0`;

  it('are closed with a tag and a comment, and reported to the webhook as merged', async () => {
    const [one, two] = await ticketsOf('M3', 2);
    await support.reconcile(ID);
    expect(await counts('M3')).toBe(line(2, 1));
    await support.merge([one], two ?? 0);
    await support.waitForLine(ID, 'M3', line(1, 0));
    const { items } = await world.sandbox.control<{ items: object[] }>('GET', '/state/zendesk/tickets');
    expect(items).toMatchObject([
      { id: one, status: 'closed', tags: ['closed_by_merge'] },
      { id: two, status: 'open', tags: [] },
    ]);
    await support.waitUntilIdle(ID);
    const events = (await world.store.events.list(ID, undefined)).items.map(({ type, outcome }) => [type, outcome]);
    expect(events).toContainEqual(['zen:event-type:ticket.merged', 'read']);
    expect(events.every(([, outcome]) => outcome === 'read')).toBe(true);
  });

  it('count once, as the ticket that they were merged into, when the webhook reports it', async () => {
    const [urgent, ...others] = await ticketsOf('M1', 3);
    const [elsewhere] = await ticketsOf('M2', 1);
    await support.reconcile(ID);
    expect([await counts('M1'), await counts('M2')]).toEqual([line(3, 1), line(1, 1)]);
    await support.merge([...others, elsewhere], urgent);
    await support.waitForLine(ID, 'M1', line(1, 1));
    await support.waitForLine(ID, 'M2', line(0, 0));
    await support.waitUntilIdle(ID);
    expect([await counts('M1'), await counts('M2')]).toEqual([line(1, 1), line(0, 0)]);
    expect(await support.reconcile(ID)).toMatchObject({ written: 0 });
    await support.change([urgent], { status: 'solved' });
    await support.waitForLine(ID, 'M1', line(0, 0));
  });

  it('count once when the webhook was lost and the reconcile finds it', async () => {
    await support.waitUntilIdle(ID);
    const before = (await world.store.events.list(ID, undefined)).total;
    const [urgent, ...others] = await ticketsOf('M1', 3);
    const [elsewhere] = await ticketsOf('M2', 1);
    await support.reconcile(ID);
    expect([await counts('M1'), await counts('M2')]).toEqual([line(3, 1), line(1, 1)]);
    await support.merge([urgent, elsewhere], others[0] ?? 0, true);
    expect(await support.reconcile(ID)).toMatchObject({ tickets: 3, written: 2 });
    expect([await counts('M1'), await counts('M2')]).toEqual([line(2, 0), line(0, 0)]);
    expect(await support.reconcile(ID)).toMatchObject({ written: 0 });
    expect((await world.store.events.list(ID, undefined)).total).toBe(before);
  });

  it('count for the other account when the reconcile finds that they moved', async () => {
    const [moved, stays] = await ticketsOf('M3', 2);
    await support.reconcile(ID);
    expect(await counts('M3')).toBe(line(3, 1));
    const { id: to } = await edits.organization('me:M4');
    await support.change([moved], { organization_id: to }, true);
    await support.reconcile(ID);
    expect([await counts('M3'), await counts('M4')]).toEqual([line(2, 0), line(1, 1)]);
    await support.remove([moved, stays ?? 0], true);
    await support.reconcile(ID);
    expect([await counts('M3'), await counts('M4')]).toEqual([line(1, 0), line(0, 0)]);
  });
});
