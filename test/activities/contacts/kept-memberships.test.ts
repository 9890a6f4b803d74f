import { describe, expect, it } from '@jest/globals';
import { beginMoving, type Moving } from '../../fixtures/moving-identities.ts';
import { useStepTests } from '../../fixtures/step-context.ts';

const at = useStepTests();

/** Begins with two customers, a contact of A1 with two open tickets and a solved one there, and moves it to A2. */
async function moved({ isTallied }: { isTallied: boolean }): Promise<{ moving: Moving; open: readonly number[] }> {
  const moving = await beginMoving(at);
  await moving.account('A1');
  await moving.account('A2');
  await moving.contact('K1', 'A1');
  await moving.run();
  const open = [await moving.ticket('K1', 'A1'), await moving.ticket('K1', 'A1', 'pending')];
  await moving.ticket('K1', 'A1', 'solved');
  if (isTallied) await moving.reconcile();
  await moving.contact('K1', 'A2');
  return { moving, open: open.map(({ id }) => id) };
}

const homes = async (moving: Moving, ids: readonly number[]) =>
  (await moving.tickets()).filter(({ id }) => ids.includes(id)).map((ticket) => ticket.organization_id);
const contact = (moving: Moving) => moving.record('K1', 'contact');

describe('a contact that moves to another account', () => {
  it.each([
    ['that the tally knows', true],
    ['that the tally does not know yet', false],
  ])(
    'stays in the organization while it has unsolved tickets there %s, and leaves it later',
    async (_what, isTallied) => {
      const { moving, open } = await moved({ isTallied });
      const home = (await moving.organization('A1'))?.id;
      await moving.run();
      expect(await moving.organizationsOf('K1')).toEqual(['A1', 'A2']);
      expect(await homes(moving, open)).toEqual([home, home]);
      expect(await contact(moving)).toMatchObject({ state: 'updated', code: 'kept_for_open_tickets' });
      expect(await moving.writesOf(() => moving.run())).toEqual([]);
      expect(await contact(moving)).toMatchObject({ state: 'unchanged', code: 'kept_for_open_tickets' });
      await moving.setTicket(open[0] ?? 0, { status: 'solved' });
      expect(await moving.writesOf(() => moving.run())).toEqual([]);
      await moving.setTicket(open[1] ?? 0, { status: 'solved' });
      await moving.run();
      expect(await moving.organizationsOf('K1')).toEqual(['A2']);
      expect(await homes(moving, open)).toEqual([home, home]);
      expect(await contact(moving)).toMatchObject({ state: 'updated', code: null });
      expect(await moving.writesOf(() => moving.run())).toEqual([]);
    },
  );

  it('stays for a ticket that was opened after the earlier ones were solved', async () => {
    const { moving, open } = await moved({ isTallied: true });
    await moving.run();
    for (const id of open) await moving.setTicket(id, { status: 'solved' });
    const { id } = await moving.ticket('K1', 'A1');
    await moving.run();
    expect(await homes(moving, [id])).toEqual([(await moving.organization('A1'))?.id]);
    expect(await contact(moving)).toMatchObject({ code: 'kept_for_open_tickets' });
  });

  it('waits with the new organization if Zendesk allows only one', async () => {
    await at.sandbox.control('PATCH', '/settings/zendesk', { multipleOrganizations: false });
    const { moving, open } = await moved({ isTallied: true });
    await moving.run();
    expect(await moving.organizationsOf('K1')).toEqual(['A1']);
    for (const id of open) await moving.setTicket(id, { status: 'solved' });
    await moving.run();
    expect(await moving.organizationsOf('K1')).toEqual(['A2']);
  });

  it('leaves an organization in which only others have unsolved tickets', async () => {
    const moving = await beginMoving(at);
    await moving.account('A1');
    await moving.account('A2');
    await moving.contact('K1', 'A1');
    await moving.contact('K2', 'A1');
    await moving.run();
    const { id } = await moving.ticket('K2', 'A1');
    await moving.reconcile();
    await moving.contact('K1', 'A2');
    await moving.run();
    expect(await moving.organizationsOf('K1')).toEqual(['A2']);
    expect(await homes(moving, [id])).toEqual([(await moving.organization('A1'))?.id]);
  });

  it('is decided by the tally if the token may not read tickets', async () => {
    const { moving, open } = await moved({ isTallied: true });
    await at.addFault({ path: 'tickets/requested' }, { kind: 'status', status: 403 }, null);
    await moving.run();
    expect(await moving.organizationsOf('K1')).toEqual(['A1', 'A2']);
    for (const id of open) await moving.setTicket(id, { status: 'solved' });
    await moving.run();
    expect(await moving.organizationsOf('K1')).toEqual(['A2']);
  });
});
