import { describe, expect, it } from '@jest/globals';
import { beginMoving, type Moving } from '../../fixtures/moving-identities.ts';
import { useStepTests } from '../../fixtures/step-context.ts';

const at = useStepTests();

/** Begins with two persons of two customers, who have users, and merges the second person into the first one. */
async function merged(): Promise<{ moving: Moving; users: readonly [number, number]; ticket: number }> {
  const moving = await beginMoving(at);
  await moving.account('A1');
  await moving.account('A2');
  await moving.contact('K1', 'A1');
  await moving.contact('K2', 'A2');
  await moving.run();
  const users = [(await moving.user('K1')).id, (await moving.user('K2')).id] as const;
  const { id: ticket } = await moving.ticket('K2', 'A2');
  const person = (id: string) => `X-${moving.connectionId}-${id}`;
  await moving.mergeParties(person('K2'), person('K1'));
  await moving.run();
  return { moving, users, ticket };
}

const mergeUsers = (loser: number, winner: number) =>
  at.sandbox.control('POST', `/state/zendesk/users/${loser}/merge`, { winner_id: winner });

describe('two persons that were merged in F&O', () => {
  it('are listed with both users and what to do, and no ticket loses its organization', async () => {
    const { moving, users, ticket } = await merged();
    expect(await moving.organizationsOf('K1')).toEqual(['A1', 'A2']);
    const record = await moving.record('K2', 'contact');
    expect(record).toMatchObject({ state: 'unchanged', code: 'person_merged' });
    expect(record?.action).toContain(`Merge the user ${users[1]} into the user ${users[0]}`);
    expect((await moving.tickets()).find(({ id }) => id === ticket)?.organization_id).toBe(
      (await moving.organization('A2'))?.id,
    );
    expect(await moving.writesOf(() => moving.run())).toEqual([]);
  });

  it('are one person when their users are merged as advised', async () => {
    const { moving, users } = await merged();
    await mergeUsers(users[1], users[0]);
    await at.store.users.record(moving.connectionId, { gone: { ids: [String(users[1])], askedAt: new Date() } });
    await moving.run();
    expect(await moving.record('K2', 'contact')).toMatchObject({ code: 'same_person', zendeskId: String(users[0]) });
    expect(await moving.writesOf(() => moving.run())).toEqual([]);
  });

  it('are one person with the other user when their users are merged the other way round', async () => {
    const { moving, users } = await merged();
    await mergeUsers(users[0], users[1]);
    await at.store.users.record(moving.connectionId, { gone: { ids: [String(users[0])], askedAt: new Date() } });
    await moving.run();
    expect(await moving.record('K1', 'contact')).toMatchObject({ code: 'same_person', zendeskId: String(users[1]) });
    expect(await moving.organizationsOf('K2')).toEqual(['A1', 'A2']);
    expect(await moving.writesOf(() => moving.run())).toEqual([]);
  });
});

describe('a contact whose account got another party', () => {
  async function converted(): Promise<Moving> {
    const moving = await beginMoving(at);
    await moving.account('A1');
    await moving.account('A2');
    await moving.contact('K1', 'A1');
    await moving.run();
    await moving.changeParty('A1', { type: 'Person' });
    await moving.run();
    return moving;
  }

  it('is listed as a member without an account, and stays one', async () => {
    const moving = await converted();
    expect((await moving.organizations()).map(({ external_id: id }) => id)).toHaveLength(2);
    const record = await moving.record('K1', 'contact');
    expect(record).toMatchObject({ state: 'skipped', code: 'member_without_account' });
    expect(record?.message).toContain(`${moving.connectionId}/customer/A1`);
    expect(await moving.organizationsOf('K1')).toEqual(['A1']);
    expect(await moving.writesOf(() => moving.run())).toEqual([]);
  });

  it('is an ordinary contact again when it is assigned to an account', async () => {
    const moving = await converted();
    await moving.contact('K1', 'A2');
    await moving.run();
    expect(await moving.record('K1', 'contact')).toMatchObject({ code: null });
    expect(await moving.organizationsOf('K1')).toEqual(['A2']);
  });

  it('has no such remark if its user is no member', async () => {
    const moving = await converted();
    await moving.contact('K9', 'none', { AssociatedPartyNumber: 'P-unknown' });
    await moving.run();
    expect(await moving.record('K9', 'contact')).toMatchObject({ state: 'skipped', code: 'no_account' });
  });
});
