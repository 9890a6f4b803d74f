import { describe, expect, it } from '@jest/globals';
import { createEdits, readingOnly, type Edits } from '../fixtures/edits.ts';
import { createSupport } from '../fixtures/support.ts';
import { setUpWorld } from '../fixtures/set-up-world.ts';

const ACCOUNTS = Number(process.env['SUPPORT_ACCOUNTS'] ?? 1_000);
const TICKETS = Number(process.env['SUPPORT_TICKETS'] ?? 10_000);
/**
 * An export's page has 1,000 tickets, so that 10,000 tickets need at most 12 requests. Before the first reading, each of
 * the two exports asks for the time by Zendesk's clock once.
 */
const MOST_REQUESTS = TICKETS / 1_000 + 2 + 2;

describe('the support of many accounts', () => {
  const world = setUpWorld();
  const edits = createEdits(world);
  const support = createSupport(world);

  it(`of ${TICKETS} tickets on ${ACCOUNTS} organizations is read with at most ${MOST_REQUESTS} requests to Zendesk`, async () => {
    await edits.generateCustomers('vo', ACCOUNTS);
    await world.connect('volume', readingOnly(['vo']));
    expect(await world.sync('volume')).toMatchObject({ status: 'completed', totals: { created: ACCOUNTS } });
    const organizations = await edits.organizations('vo:');
    await support.tickets({
      count: TICKETS,
      organizationIds: [...organizations.values()].map(({ id }) => id),
      statuses: ['open', 'pending', 'solved', 'new', 'hold'],
      silent: true,
    });
    await support.clearJournal();
    expect(await support.reconcile('volume')).toMatchObject({ tickets: TICKETS, written: ACCOUNTS });
    expect((await edits.journal('zendesk')).length).toBeLessThanOrEqual(MOST_REQUESTS);
    const wrong = await differences(organizations);
    expect(wrong).toEqual([]);
    await support.clearJournal();
    expect(await support.reconcile('volume')).toMatchObject({ written: 0 });
    expect((await edits.journal('dynamics')).length).toBe(0);
  }, 400_000);

  /** Returns the customers whose memo differs from the tickets in Zendesk. */
  async function differences(organizations: Awaited<ReturnType<Edits['organizations']>>): Promise<string[]> {
    const list = async <Item>(path: string): Promise<Item[]> =>
      (await world.sandbox.control<{ items: Item[] }>('GET', `/state/${path}`)).items;
    const counts = new Map<number, Record<string, number>>();
    for (const { organization_id: id, status } of await list<{ organization_id: number; status: string }>(
      'zendesk/tickets',
    )) {
      const count = counts.get(id) ?? {};
      counts.set(id, { ...count, [status]: (count[status] ?? 0) + 1 });
    }
    const customers = await list<{ key: string; values: { SalesMemo: string } }>('dynamics/customers?legalEntity=vo');
    return customers.flatMap(({ key, values: { SalesMemo: memo } }) => {
      const count = counts.get(organizations.get(`vo:${key}`)?.id ?? 0) ?? {};
      const open = (count['open'] ?? 0) + (count['new'] ?? 0);
      const line = `Open: ${open} (urgent: 0), pending: ${count['pending'] ?? 0}, on hold: ${count['hold'] ?? 0}`;
      return memo.includes(line) ? [] : [`${key}: not "${line}" but ${memo}`];
    });
  }
});
