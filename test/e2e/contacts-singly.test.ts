import { beforeAll, describe, expect, it } from '@jest/globals';
import { createPeople, type EnteredContact } from '../fixtures/people.ts';
import { readWaits } from '../fixtures/waits.ts';
import { legalEntitySyncId } from '../../workflows/ids.ts';
import { setUpWorld } from '../fixtures/set-up-world.ts';

const CREATE_ONE = { method: 'POST', path: '/users$' };

/** The wait that Zendesk asks for, longer than any step takes on a slow machine. */
const RETRY_AFTER_S = 6;

/** What Zendesk says when users are written too fast. */
const TOO_FAST = { errors: [{ code: 'TooManyRequests', title: 'Too many requests to update' }] };

describe('contacts where Zendesk has not switched on bulk user import', () => {
  const world = setUpWorld();
  const people = createPeople(world);

  beforeAll(() => world.sandbox.control('PATCH', '/settings/zendesk', { bulkUserImport: false }));

  it('are created one by one, with timers for waits, and the run has a note of it', async () => {
    const typed = await people.addUser({ name: 'By Hand', email: 'k3@so.example' });
    const storm = { kind: 'storm', seconds: 3, retryAfter: RETRY_AFTER_S, body: TOO_FAST };
    await world.sandbox.control('POST', '/faults', { system: 'zendesk', match: CREATE_ONE, skip: 5, action: storm });
    const run = await people.begin('so', contacts('so', 20));
    expect(run).toMatchObject({
      status: 'completed',
      totals: { read: 21, created: 20, adopted: 1 },
      notes: [{ code: 'bulk_user_import_off' }],
    });
    expect(await people.user('so:K3')).toMatchObject({ id: typed.id });
    expect(await usersOf('so:')).toHaveLength(20);
    const stage = { connectionId: 'so', legalEntity: 'so', runId: run.runId, stage: 'apply-contacts' };
    const { waits, longestStepMs } = await readWaits(world.client, legalEntitySyncId(stage));
    expect(waits.length).toBeGreaterThan(0);
    for (const { summary } of waits) expect(summary).toContain('Zendesk asked us to wait (user-write)');
    expect(longestStepMs).toBeLessThan(RETRY_AFTER_S * 1_000);
    expect(run.waitedMs).toBeGreaterThan((RETRY_AFTER_S - 0.5) * 1_000);
  });

  it('are not created again by the next run, which makes at most two requests', async () => {
    const { run, requests, writes } = await people.observe('so');
    expect(run).toMatchObject({ status: 'completed', totals: { unchanged: 21 }, notes: [] });
    expect([writes, requests.length <= 2, await people.mails()]).toEqual([[], true, 0]);
  });

  it('are still changed in bulk', async () => {
    for (let nth = 1; nth <= 20; nth += 1) await people.contact('so', `K${nth}`, { phone: `+1 206 ${nth}` });
    const { run, writes } = await people.observe('so');
    expect(run).toMatchObject({ status: 'completed', totals: { updated: 20, unchanged: 1 } });
    expect(writes.map(({ operation }) => operation)).toEqual(['users.update_many']);
  });

  it('are neither lost nor duplicated when responses are cut', async () => {
    for (const [skip, when] of [
      [2, 'after'],
      [4, 'before'],
      [9, 'after'],
    ] as const)
      await world.sandbox.control('POST', '/faults', {
        system: 'zendesk',
        match: CREATE_ONE,
        skip,
        action: { kind: 'cut', when },
      });
    const run = await people.begin('sc', contacts('sc', 12));
    expect(run).toMatchObject({ status: 'completed', totals: { read: 13, created: 13 } });
    expect(await usersOf('sc:')).toHaveLength(12);
    expect((await people.observe('sc')).writes).toEqual([]);
  });

  it('are created in several steps when there are many, without a wait between them', async () => {
    await world.sandbox.control('POST', '/state/dynamics/customers/generate', { legalEntity: 'sm', count: 1 });
    await world.sandbox.control('POST', '/state/dynamics/contacts/generate', { legalEntity: 'sm', count: 320 });
    await people.connect(['sm']);
    const run = await world.sync('sm');
    expect(run).toMatchObject({ status: 'completed', totals: { read: 321, created: 321 } });
    const stage = { connectionId: 'sm', legalEntity: 'sm', runId: run.runId, stage: 'apply-contacts' };
    const { events } = await world.client.workflow.getHandle(legalEntitySyncId(stage)).fetchHistory();
    const steps = (events ?? []).flatMap(
      ({ activityTaskScheduledEventAttributes: step }) => step?.activityType?.name ?? [],
    );
    expect(steps.filter((name) => name === 'submitJobs')).toHaveLength(2);
    expect((events ?? []).filter(({ timerStartedEventAttributes: timer }) => timer)).toEqual([]);
  });

  async function usersOf(prefix: string) {
    return (await people.users()).filter(({ external_id: key }) => key?.startsWith(prefix) === true);
  }
});

function contacts(entity: string, count: number): Record<string, EnteredContact> {
  const ids = Array.from({ length: count }, (_, index) => `K${index + 1}`);
  return Object.fromEntries(ids.map((id) => [id, { account: 'A1', email: `${id.toLowerCase()}@${entity}.example` }]));
}
