import { afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { createEdits, readingOnly } from '../fixtures/edits.ts';
import { setStop, until, type Stop } from '../fixtures/stops.ts';
import { setUpWorld } from '../fixtures/set-up-world.ts';
import { expectTotals } from '../fixtures/expect-totals.ts';
import { setUpKillableWorker } from '../fixtures/killable-worker.ts';

const zendesk = (path: string) => ({ system: 'zendesk', path }) as const;
const PAGE = { system: 'dynamics', path: 'CustomersV3' } as const;
const NEW_FIELD = { ...zendesk('organization_fields$'), method: 'POST' } as const;
const EXPORT = zendesk('incremental/organizations');
const CREATE = zendesk('organizations/create_many');
const UPDATE = zendesk('organizations/update_many');
const ALL_JOBS = zendesk('job_statuses$');
const OWN_JOBS = zendesk('job_statuses/show_many');
const LOOK_UP = zendesk('organizations/show_many');
const NEW_TAG = { ...zendesk('organizations/\\d+/tags$'), method: 'PUT' } as const;

/** The points at which a sync that creates all accounts is stopped, in order. */
const WHILE_CREATING: readonly Stop[] = [
  { name: 'the second page of F&O has been sent', request: { ...PAGE, skip: 1, when: 'after' } },
  {
    name: 'the third page of F&O is being stored',
    request: { ...PAGE, skip: 1, when: 'after' },
    table: 'staged_records',
  },
  { name: 'the third organization field exists without a response', request: { ...NEW_FIELD, skip: 2, when: 'after' } },
  { name: 'the export is being stored', request: { ...EXPORT, when: 'after' }, table: 'organization_cursors' },
  { name: 'the accounts are reserved, no job is stored', table: 'jobs' },
  { name: 'a job is stored and not requested', table: 'run_requests' },
  {
    name: 'a create is requested and takes effect after the worker was killed',
    request: { ...CREATE, when: 'before' },
  },
  { name: 'the jobs are listed to clarify it', request: { ...ALL_JOBS, when: 'after' } },
  { name: 'another create has taken effect without a response', request: { ...CREATE, when: 'after' } },
  { name: 'its result is being recorded', request: { ...LOOK_UP, when: 'after' }, table: 'records' },
  { name: 'a create has a response, its job is not stored yet', request: { ...CREATE, when: 'after' }, table: 'jobs' },
  { name: 'the end of the jobs is being stored', request: { ...OWN_JOBS, when: 'after' }, table: 'jobs' },
  { name: 'the first job is looked up', request: { ...LOOK_UP, when: 'after' } },
  { name: 'the last job is about to be recorded', request: { ...LOOK_UP, when: 'after' }, table: 'jobs' },
  { name: 'the run is about to end', table: 'runs' },
];

/** The points at which a sync that updates and adopts organizations is stopped, in order. */
const WHILE_UPDATING: readonly Stop[] = [
  {
    name: 'an update is requested and takes effect after the worker was killed',
    request: { ...UPDATE, when: 'before' },
  },
  { name: 'another update has taken effect without a response', request: { ...UPDATE, when: 'after' } },
  {
    name: 'the end of the last job is being recorded',
    request: { ...OWN_JOBS, when: 'after' },
    table: 'staged_records',
  },
  { name: 'the fourth tag exists without a response', request: { ...NEW_TAG, skip: 3, when: 'after' } },
];

describe('a sync whose worker is killed', () => {
  const world = setUpWorld({ worker: false });
  const edits = createEdits(world);
  const worker = setUpKillableWorker(world);

  beforeAll(() =>
    world.sandbox.control('PATCH', '/settings/dynamics', { defaultPageSize: 50, honoursMaxPageSize: false }),
  );
  afterEach(() => world.sandbox.control('DELETE', '/faults'));

  it('at 15 points creates each of 400 accounts once, and at 4 more points updates and adopts each once', async () => {
    const numbers = await edits.generateCustomers('cr', 400);
    await world.connect('crashed', readingOnly(['cr']));
    await world.sandbox.control('DELETE', '/journal');
    expectTotals(await worker.syncThrough('crashed', WHILE_CREATING), { created: 400 });
    await expectOneEach('cr', numbers);
    expect(await timesSent('create_many', 'external_id')).toEqual(
      new Map(numbers.map((number) => [`cr:${number}`, 1])),
    );
    expect(await timesRead()).toBeLessThanOrEqual(2);

    for (const number of numbers) await edits.customer('cr', number, { AddressCity: 'Renton' });
    for (let nth = 1; nth <= 10; nth += 1) {
      await edits.customer('cr', `T-${nth}`, { OrganizationName: `Typed ${nth}`, AddressCity: 'Renton' });
      await edits.addOrganization({ name: `Typed ${nth}`, tags: ['theirs'] });
    }
    await world.sandbox.control('DELETE', '/journal');
    expectTotals(await worker.syncThrough('crashed', WHILE_UPDATING), { updated: 400, adopted: 10 });
    const organizations = await expectOneEach('cr', [
      ...numbers,
      ...Array.from({ length: 10 }, (_, nth) => `T-${nth + 1}`),
    ]);
    const inRenton = organizations.filter(({ organization_fields: fields }) => fields['erp_city'] === 'Renton');
    expect(inRenton.length).toBe(410);
    const typed = organizations.filter(({ name }) => name.startsWith('Typed '));
    for (const { tags } of typed) expect([...tags].sort()).toEqual(['erp_customer', 'theirs']);
    expect([...(await timesSent('update_many', 'id')).values()]).toEqual(Array.from({ length: 410 }, () => 1));

    await world.sandbox.control('DELETE', '/journal');
    expectTotals(await world.sync('crashed'), { unchanged: 410 });
    expect((await edits.journal('zendesk')).filter(({ effect }) => effect)).toEqual([]);
  }, 300_000);

  it('creates each account once even if its first request takes effect only after the look-up, right before the second request', async () => {
    await edits.connect('late', { late: { A1: 'Late Alpha', B1: 'Late Beta', C1: 'Late Gamma' } });
    const first = await setStop(world, { name: 'the first request', request: { ...CREATE, when: 'before' } });
    const runId = await world.start({ connectionId: 'late' });
    await first.reached();
    await worker.kill();
    const second = await setStop(world, { name: 'the second request', request: { ...CREATE, when: 'before' } });
    await worker.replace();
    await second.reached();
    await first.release();
    await until('the first request takes effect', async () => (await edits.organizations('late:')).size === 3);
    await second.release();
    expectTotals(await world.ended(runId), { created: 3 });
    await expectOneEach('late', ['A1', 'B1', 'C1']);
  });

  /** Expects that Zendesk has exactly one organization for each of these accounts. */
  async function expectOneEach(legalEntity: string, numbers: readonly string[]) {
    const found = await edits.organizations(`${legalEntity}:`);
    expect([...found.keys()].sort()).toEqual(numbers.map((number) => `${legalEntity}:${number}`).sort());
    const names = [...found.values()].map(({ name }) => name);
    const all = await world.organizations();
    expect(all.filter(({ name }) => names.includes(name)).length).toBe(numbers.length);
    return [...found.values()];
  }

  /** Returns how often each row was sent in bulk requests that took effect, by `key`. */
  async function timesSent(operation: string, key: 'id' | 'external_id'): Promise<Map<unknown, number>> {
    const sent = (await edits.journal('zendesk')).filter((entry) => entry.effect && entry.path.includes(operation));
    const times = new Map<unknown, number>();
    for (const { body } of sent)
      for (const row of (body as { organizations: Record<string, unknown>[] }).organizations)
        times.set(row[key], (times.get(row[key]) ?? 0) + 1);
    return times;
  }

  /** Returns the largest number of requests for the same page of F&O. */
  async function timesRead(): Promise<number> {
    const asked = (await edits.journal('dynamics')).map(({ path, query }) => `${path}?${query}`);
    return Math.max(...asked.map((page) => asked.filter((other) => other === page).length));
  }
});
