import { afterEach, describe, expect, it } from '@jest/globals';
import { syncAccepting } from '../fixtures/accepted-sync.ts';
import { readingOnly } from '../fixtures/edits.ts';
import { createPeople } from '../fixtures/people.ts';
import { setUpWorld } from '../fixtures/set-up-world.ts';

interface Ticket {
  readonly id: number;
  readonly organization_id: number | null;
}

describe('what a reading of the ERP merely does not contain', () => {
  const world = setUpWorld();
  const people = createPeople(world);
  afterEach(() => miss());

  const miss = (...missingRows: string[]): Promise<unknown> =>
    world.sandbox.control('PATCH', '/settings/dynamics', { missingRows });
  const idOf = async (externalId: string): Promise<number> => (await people.edits.organization(externalId)).id;
  const ticketOf = async (id: number): Promise<Ticket | undefined> =>
    (await world.sandbox.control<{ items: Ticket[] }>('GET', '/state/zendesk/tickets')).items.find(
      (ticket) => ticket.id === id,
    );

  /** Enters a person with an account in two legal entities, and opens a ticket in the second one. */
  async function enterTraveller(first: string, second: string): Promise<{ user: number; ticket: number }> {
    for (const entity of [first, second]) {
      await people.account(entity, 'A1');
      await people.contact(entity, 'K1', { account: 'A1', person: `P-${first}`, name: 'Maya Laurent' });
    }
    await people.connect([first, second]);
    expect(await world.sync(first)).toMatchObject({ status: 'completed' });
    const found = (await people.users()).find(({ external_id: id }) =>
      [`${first}:K1`, `${second}:K1`].includes(id ?? ''),
    );
    const user = found?.id ?? 0;
    const input = { subject: 'Help', status: 'open', requester_id: user, organization_id: await idOf(`${second}:A1`) };
    const { id } = await world.sandbox.control<Ticket>('POST', '/state/zendesk/tickets', input);
    return { user, ticket: id };
  }

  it.each([
    ['the row of the person that has the user', { first: 'ka', second: 'kb', row: 'ka/K1' }],
    ['the other row of the person', { first: 'kc', second: 'kd', row: 'kd/K1' }],
    ['the account', { first: 'ke', second: 'kf', row: 'kf/A1' }],
  ])('keeps memberships and tickets if that is %s', async (_what, { first, second, row }) => {
    const { user, ticket } = await enterTraveller(first, second);
    const accounts = [`${first}:A1`, `${second}:A1`];
    const organization = (await ticketOf(ticket))?.organization_id;
    expect(await people.organizationsOf(user)).toEqual(accounts);
    // F&O must return at least one row, or the reading counts as failed.
    for (const entity of [first, second]) {
      await people.account(entity, 'Z9');
      await people.contact(entity, 'Z9', { account: 'Z9' });
    }
    await world.sync(first);
    await miss(row);
    expect(await world.sync(first)).toMatchObject({ status: 'completed', totals: { gone: 1 } });
    expect(await people.organizationsOf(user)).toEqual(accounts);
    expect(await ticketOf(ticket)).toMatchObject({ organization_id: organization });
    await miss();
    expect(await world.sync(first)).toMatchObject({ status: 'completed', totals: { gone: 0, created: 0 } });
    const { run, writes } = await people.observe(first);
    expect([run.totals.gone, writes]).toEqual([0, []]);
    expect(await people.organizationsOf(user)).toEqual(accounts);
    expect(await ticketOf(ticket)).toMatchObject({ organization_id: organization });
  });

  it('still ends the memberships that F&O ends, once the user has no open tickets there', async () => {
    const { user, ticket } = await enterTraveller('kg', 'kh');
    await people.contact('kh', 'K1', { inactive: true });
    await world.sync('kg');
    expect(await people.organizationsOf(user)).toEqual(['kg:A1', 'kh:A1']);
    await world.sandbox.control('PATCH', `/state/zendesk/tickets/${ticket}`, { status: 'solved' });
    await world.sync('kg');
    expect(await people.organizationsOf(user)).toEqual(['kg:A1']);
  });

  it('is listed and counted as gone until a reading contains it again', async () => {
    const numbers = await people.edits.generateCustomers('gn', 60);
    await world.connect('gone', readingOnly(['gn']));
    await world.sync('gone');
    await miss(...numbers.slice(0, 42).map((number) => `gn/${number}`));
    expect(await world.sync('gone')).toMatchObject({ status: 'failed', error: { code: 'entity_shrank' } });
    expect((await world.store.records.list('gone', { state: 'gone' })).total).toBe(0);
    const accepted = await syncAccepting(world, 'gone', 'shrink');
    expect(accepted).toMatchObject({ status: 'completed', totals: { read: 18, unchanged: 18, gone: 42 } });
    expect(accepted.phases).toMatchObject([{ legalEntity: 'gn', kind: 'customer', gone: 42 }]);
    const listed = await world.store.records.list('gone', { state: 'gone', code: 'gone_from_erp' });
    expect(listed.total).toBe(42);
    for (const { zendeskId } of listed.items) expect(zendeskId).not.toBeNull();
    expect((await world.store.records.list('gone', { state: 'unchanged' })).total).toBe(18);
    const metric = (await world.store.metrics.read()).find(({ name }) => name === 'records');
    const labels = { connection: 'gone', kind: 'customer', state: 'gone' };
    expect(metric?.samples).toContainEqual({ labels, value: 42 });
    await miss();
    expect(await world.sync('gone')).toMatchObject({ totals: { read: 60, unchanged: 60, gone: 0 } });
    expect((await world.store.records.list('gone', { state: 'gone' })).total).toBe(0);
    expect((await world.organizations()).filter(({ external_id: id }) => id?.startsWith('gn:'))).toHaveLength(60);
  });

  it('is an error that names the legal entity and the nearest names if F&O does not have the legal entity', async () => {
    await people.edits.generateCustomers('usxf', 3);
    await people.edits.generateCustomers('uszz', 3);
    await world.connect('misspelt', readingOnly(['usxf', 'usxx']));
    const run = await world.sync('misspelt');
    expect(run).toMatchObject({ status: 'failed', error: { code: 'unknown_legal_entity' }, totals: { created: 3 } });
    expect(run.error?.message).toMatch(
      /no legal entity "usxx".*nearest names .*"usxf", .*"uszz".*dynamics\.legalEntities/,
    );
    expect(run.phases).toMatchObject([{ legalEntity: 'usxf', read: 3 }]);
    await world.connect('misspelt', readingOnly(['usxf', 'uszz']));
    expect(await world.sync('misspelt')).toMatchObject({ status: 'completed', error: null, totals: { created: 3 } });
  });

  it('is no error if the legal entity exists and is empty', async () => {
    await people.edits.customer('mt', 'A1', { OrganizationName: 'Emptied' });
    await people.edits.removeCustomer('mt', 'A1');
    await world.connect('empty', readingOnly(['mt'], { vendors: true }));
    expect(await world.sync('empty')).toMatchObject({ status: 'completed', totals: { read: 0 }, notes: [] });
  });

  it('is a note if the connection does not name a legal entity any more', async () => {
    await people.edits.connect('narrowed', { oa: { A1: 'Kept' }, ob: { B1: 'Dropped One', B2: 'Dropped Two' } });
    await world.sync('narrowed');
    await world.connect('narrowed', readingOnly(['oa']));
    const run = await world.sync('narrowed');
    expect(run).toMatchObject({ status: 'completed', notes: [{ code: 'out_of_scope' }] });
    expect(run.notes[0]?.message).toMatch(/legal entity ob \(2\).*dynamics\.legalEntities/);
    expect((await world.store.records.list('narrowed', {})).total).toBe(3);
    expect((await people.edits.organizations('ob:')).size).toBe(2);
    await world.connect('narrowed', readingOnly(['oa', 'ob']));
    expect(await world.sync('narrowed')).toMatchObject({ totals: { read: 3, unchanged: 3 }, notes: [] });
  });
});
