import { beforeAll, describe, expect, it } from '@jest/globals';
import { createPeople } from '../fixtures/people.ts';
import type { JournalEntry } from '../fixtures/sandbox.ts';
import { setUpWorld } from '../fixtures/set-up-world.ts';

describe('what a sync of 1,000 contacts asks of Zendesk', () => {
  const world = setUpWorld({ limits: 'sandbox' });
  const people = createPeople(world);

  beforeAll(async () => {
    const generate = (kind: string, count: number) =>
      world.sandbox.control('POST', `/state/dynamics/${kind}/generate`, { legalEntity: 'usmf', count });
    await generate('customers', 100);
    await generate('contacts', 1_000);
    await people.connect(['usmf'], (settings) => ({ ...settings, sync: { ...settings.sync, contacts: false } }));
    expect(await world.sync('usmf')).toMatchObject({ totals: { created: 100 } });
  });

  it('is at most 45 requests the first time with bulk import on, user fields included', async () => {
    await people.connect(['usmf']);
    const { run, requests } = await people.observe('usmf');
    expect(run).toMatchObject({ status: 'completed', totals: { read: 1_100, created: 1_000, unchanged: 100 } });
    const asked = countOf(requests);
    expect(asked.get('users.create_many')).toBe(10);
    expect(asked.get('users.show_many')).toBe(10);
    expect(
      [...asked.keys()].filter((operation) => /identities|memberships|users.(create|search|show)$/.test(operation)),
    ).toEqual([]);
    expect(run.requests.zendesk).toBe(requests.length);
    expect(requests.length).toBeLessThanOrEqual(45);
    expect(await people.mails()).toBe(0);
    expect((await people.users()).filter(({ external_id: key }) => key?.startsWith('usmf:'))).toHaveLength(1_000);
  });

  it('is at most 2 when nothing has changed', async () => {
    const { run, requests } = await people.observe('usmf');
    expect(run).toMatchObject({ status: 'completed', totals: { read: 1_100, unchanged: 1_100 } });
    expect(requests.length).toBeLessThanOrEqual(2);
  });

  it('is at most 6 when one in a hundred has another phone number', async () => {
    for (let nth = 1; nth <= 10; nth += 1)
      await people.contact('usmf', `CP-${String(nth).padStart(6, '0')}`, { phone: `+1 206 555 00${nth}` });
    const { run, requests } = await people.observe('usmf');
    expect(run).toMatchObject({ status: 'completed', totals: { read: 1_100, updated: 10, unchanged: 1_090 } });
    expect(requests.length).toBeLessThanOrEqual(6);
  });
});

function countOf(requests: readonly JournalEntry[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { operation } of requests) counts.set(operation, (counts.get(operation) ?? 0) + 1);
  return counts;
}
