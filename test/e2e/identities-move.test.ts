import { afterEach, describe, expect, it } from '@jest/globals';
import { createErpIngress } from '../fixtures/erp-ingress.ts';
import { createPeople } from '../fixtures/people.ts';
import { setUpWorldWithApi } from '../fixtures/set-up-world.ts';
import { createSupport } from '../fixtures/support.ts';

interface Ticket {
  readonly id: number;
  readonly organization_id: number | null;
}

describe('identities that move in F&O', () => {
  const { world, api } = setUpWorldWithApi();
  const people = createPeople(world);
  const support = createSupport(world);
  afterEach(() => world.sandbox.control('DELETE', '/faults'));

  const rename = (entity: string, from: string, to: string) =>
    world.sandbox.control('POST', `/state/dynamics/customers/${entity}/${from}/rename`, { key: to });
  const idOf = async (externalId: string): Promise<number> => (await people.edits.organization(externalId)).id;
  const homesOf = async (ids: readonly number[]) =>
    (await world.sandbox.control<{ items: Ticket[] }>('GET', '/state/zendesk/tickets')).items
      .filter(({ id }) => ids.includes(id))
      .map((ticket) => ticket.organization_id);

  it('keep tickets, memo and contact with a customer that was renumbered', async () => {
    await people.begin('rn', { K1: { account: 'CUST-1' }, K2: { account: 'CUST-2' } });
    const organization = await idOf('rn:CUST-1');
    const tickets = await support.tickets({ count: 3, organizationIds: [organization] });
    await support.reconcile('rn');
    const memo = await support.memo('rn', 'CUST-1');
    expect(memo).toContain('Open: 3');
    await rename('rn', 'CUST-1', 'CUST-77001');
    const { run, writes } = await people.observe('rn');
    expect(run).toMatchObject({ status: 'completed', totals: { created: 0, updated: 1, gone: 0, rejected: 0 } });
    expect(writes.map(({ path }) => path)).toEqual(['/api/v2/organizations/update_many']);
    expect(await idOf('rn:CUST-77001')).toBe(organization);
    expect((await people.edits.organizations('rn:')).size).toBe(2);
    expect(await people.organizationsOf((await people.user('rn:K1')).id)).toEqual(['rn:CUST-77001']);
    expect(await homesOf(tickets)).toEqual([organization, organization, organization]);
    expect(await people.edits.record('rn', 'CUST-77001')).toMatchObject({ code: 'renumbered' });
    await support.change(tickets.slice(0, 1), { status: 'solved' });
    await support.reconcile('rn');
    expect(await support.memo('rn', 'CUST-77001')).toContain('Open: 2');
    expect((await people.observe('rn')).writes).toEqual([]);
  });

  it('are followed by an event, before the next complete reading', async () => {
    await people.begin('rv', { K1: { account: 'A1' } });
    const organization = await idOf('rv:A1');
    await rename('rv', 'A1', 'A2');
    const ingress = await createErpIngress({ world, api, edits: people.edits }, 'rv');
    expect(await ingress.post(ingress.event('rv', 'A2'))).toMatchObject({ status: 202 });
    await ingress.handled();
    expect(await idOf('rv:A2')).toBe(organization);
    expect((await people.observe('rv')).writes).toEqual([]);
    expect((await people.edits.organizations('rv:')).size).toBe(1);
  });

  it('are listed where they are not clear, and follow the decision of a person', async () => {
    await people.begin('ru', { K1: { account: 'A1' }, K2: { account: 'A2' } });
    const organization = await idOf('ru:A1');
    await people.edits.customer('ru', 'A2', { PartyNumber: 'P-ru-A1' });
    await world.sync('ru');
    await rename('ru', 'A1', 'A9');
    expect(await world.sync('ru')).toMatchObject({ status: 'completed', totals: { created: 0, rejected: 1, gone: 1 } });
    const { body } = await api.request('GET', '/api/connections/ru/records?code=renumbering_unclear');
    expect((body as { items: { key: string }[] }).items.map(({ key }) => key).sort()).toEqual(['A1', 'A9']);
    await people.edits.editOrganization(organization, { external_id: 'ru:A9' });
    const retried = await api.request('POST', '/api/connections/ru/retry', { code: 'renumbering_unclear' });
    expect(retried.status).toBeLessThan(300);
    await support.waitUntilIdle('ru');
    expect(await people.edits.record('ru', 'A9')).toMatchObject({ zendeskId: String(organization) });
    expect((await people.observe('ru')).writes).toEqual([]);
    expect((await people.edits.organizations('ru:')).size).toBe(2);
  });

  it('take no open ticket out of its organization when a contact moves', async () => {
    await people.account('mv', 'B1');
    await people.begin('mv', { K1: { account: 'A1' } });
    const [organization, { id: user }] = [await idOf('mv:A1'), await people.user('mv:K1')];
    const input = { subject: 'Help', status: 'open', requester_id: user, organization_id: organization };
    const { id } = await world.sandbox.control<Ticket>('POST', '/state/zendesk/tickets', input);
    await people.contact('mv', 'K1', { account: 'B1' });
    await world.sync('mv');
    expect(await homesOf([id])).toEqual([organization]);
    expect(await people.organizationsOf(user)).toEqual(['mv:A1', 'mv:B1']);
    expect(await people.record('mv', 'K1')).toMatchObject({ code: 'kept_for_open_tickets' });
    expect((await people.observe('mv')).writes).toEqual([]);
    await support.change([id], { status: 'solved' });
    await world.sync('mv');
    expect(await people.organizationsOf(user)).toEqual(['mv:B1']);
    expect(await homesOf([id])).toEqual([organization]);
  });
});
