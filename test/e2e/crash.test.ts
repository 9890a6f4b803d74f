import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { OUTCOMES, RECORD_STATES, type Totals } from '../../domain/sync/outcome.ts';
import type { RunReport } from '../../store/sync/run-reports.ts';
import { createEdits, relaxZendeskLimits, readingOnly, type Edits } from '../fixtures/edits.ts';
import { setStop, until, type Stop } from '../fixtures/stops.ts';
import { createWorld, type TestWorker, type World } from '../fixtures/world.ts';

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

/** Where a sync that creates everything is stopped, in the order in which it comes by. */
const WHILE_CREATING: readonly Stop[] = [
  { name: 'the second page of F&O is answered', request: { ...PAGE, skip: 1, when: 'after' } },
  {
    name: 'the third page of F&O is being stored',
    request: { ...PAGE, skip: 1, when: 'after' },
    table: 'staged_records',
  },
  { name: 'the third organization field is there, unanswered', request: { ...NEW_FIELD, skip: 2, when: 'after' } },
  { name: 'the export is being stored', request: { ...EXPORT, when: 'after' }, table: 'organization_cursors' },
  { name: 'the accounts are claimed, no job is written down', table: 'jobs' },
  { name: 'a job is written down and not asked for', table: 'run_requests' },
  { name: 'a create is asked for and takes effect without the worker', request: { ...CREATE, when: 'before' } },
  { name: 'the jobs are listed to clarify it', request: { ...ALL_JOBS, when: 'after' } },
  { name: 'another create has its effect, unanswered', request: { ...CREATE, when: 'after' } },
  { name: 'what it came to is being recorded', request: { ...LOOK_UP, when: 'after' }, table: 'records' },
  { name: 'a create is answered, its job not yet known', request: { ...CREATE, when: 'after' }, table: 'jobs' },
  { name: 'the end of the jobs is being noted', request: { ...OWN_JOBS, when: 'after' }, table: 'jobs' },
  { name: 'the first job is looked up', request: { ...LOOK_UP, when: 'after' } },
  { name: 'the second job is all but recorded', request: { ...LOOK_UP, skip: 1, when: 'after' }, table: 'jobs' },
  { name: 'the run is all but ended', table: 'runs' },
];

/** The same for a sync that updates what has changed and adopts what people have typed. */
const WHILE_UPDATING: readonly Stop[] = [
  { name: 'an update is asked for and takes effect without the worker', request: { ...UPDATE, when: 'before' } },
  { name: 'another update has its effect, unanswered', request: { ...UPDATE, when: 'after' } },
  {
    name: 'the end of the last job is being recorded',
    request: { ...OWN_JOBS, when: 'after' },
    table: 'staged_records',
  },
  { name: 'the fourth tag is there, unanswered', request: { ...NEW_TAG, skip: 3, when: 'after' } },
];

describe('a sync whose worker is killed', () => {
  let world: World;
  let edits: Edits;
  let worker: TestWorker;

  beforeAll(async () => {
    world = await createWorld({ seed: 'empty' });
    edits = createEdits(world);
    await relaxZendeskLimits(world.sandbox);
    await world.sandbox.control('PATCH', '/settings/dynamics', { defaultPageSize: 50, honoursMaxPageSize: false });
    worker = await world.startWorker();
  });
  afterEach(() => world.sandbox.control('DELETE', '/faults'));
  afterAll(() => world.close());

  it('at 15 points creates each of 200 accounts once, and at 4 more points updates and adopts each once', async () => {
    const numbers = await edits.generateCustomers('cr', 200);
    await world.connect('crashed', readingOnly(['cr']));
    expectAccounted(await syncThrough('crashed', WHILE_CREATING), { created: 200 });
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
    expectAccounted(await syncThrough('crashed', WHILE_UPDATING), { updated: 200, adopted: 10 });
    const organizations = await expectOneEach('cr', [
      ...numbers,
      ...Array.from({ length: 10 }, (_, nth) => `T-${nth + 1}`),
    ]);
    const inRenton = organizations.filter(({ organization_fields: fields }) => fields['erp_city'] === 'Renton');
    expect(inRenton.length).toBe(210);
    const typed = organizations.filter(({ name }) => name.startsWith('Typed '));
    for (const { tags } of typed) expect([...tags].sort()).toEqual(['erp_customer', 'theirs']);
    expect([...(await timesSent('update_many', 'id')).values()]).toEqual(Array.from({ length: 210 }, () => 1));

    await world.sandbox.control('DELETE', '/journal');
    expectAccounted(await world.sync('crashed'), { unchanged: 210 });
    expect((await edits.journal('zendesk')).filter(({ effect }) => effect)).toEqual([]);
  }, 300_000);

  it('creates each account once even if its first request takes effect only after the look-up, right before the second request', async () => {
    await edits.connect('late', { late: { A1: 'Late Alpha', B1: 'Late Beta', C1: 'Late Gamma' } });
    const first = await setStop(world, { name: 'the first request', request: { ...CREATE, when: 'before' } });
    const runId = await world.start({ connectionId: 'late' });
    await first.reached();
    await worker.kill();
    const second = await setStop(world, { name: 'the second request', request: { ...CREATE, when: 'before' } });
    worker = await world.startWorker();
    await second.reached();
    await first.release();
    await until('the first request takes effect', async () => (await edits.organizations('late:')).size === 3);
    await second.release();
    expectAccounted(await world.ended(runId), { created: 3 });
    await expectOneEach('late', ['A1', 'B1', 'C1']);
  });

  /** Runs a sync whose worker is killed at each of these stops and replaced by a new one. */
  async function syncThrough(connectionId: string, stops: readonly Stop[]): Promise<RunReport> {
    await world.sandbox.control('DELETE', '/journal');
    const [first, ...others] = stops;
    let stop = await setStop(world, first ?? { name: 'none' });
    const runId = await world.start({ connectionId });
    for (const next of [...others, undefined]) {
      await stop.reached();
      await worker.kill();
      const nextStop = next === undefined ? undefined : await setStop(world, next);
      await stop.release();
      worker = await world.startWorker();
      if (nextStop !== undefined) stop = nextStop;
    }
    return world.ended(runId);
  }

  function expectAccounted({ status, totals: { read, ...outcomes } }: RunReport, wanted: Partial<Totals>): void {
    const none = Object.fromEntries(RECORD_STATES.map((state) => [state, 0]));
    expect([status, outcomes]).toEqual(['completed', { ...none, ...wanted }]);
    expect(OUTCOMES.reduce((sum, outcome) => sum + outcomes[outcome], 0)).toBe(read);
  }

  /** Zendesk holds one organization for each of these accounts of the legal entity, and no other of that entity's names. */
  async function expectOneEach(legalEntity: string, numbers: readonly string[]) {
    const ours = await edits.organizations(`${legalEntity}:`);
    expect([...ours.keys()].sort()).toEqual(numbers.map((number) => `${legalEntity}:${number}`).sort());
    const names = [...ours.values()].map(({ name }) => name);
    const all = await world.organizations();
    expect(all.filter(({ name }) => names.includes(name)).length).toBe(numbers.length);
    return [...ours.values()];
  }

  /** How often each row was sent with bulk requests that took effect, by what tells it from others. */
  async function timesSent(operation: string, key: 'id' | 'external_id'): Promise<Map<unknown, number>> {
    const sent = (await edits.journal('zendesk')).filter((entry) => entry.effect && entry.path.includes(operation));
    const times = new Map<unknown, number>();
    for (const { body } of sent)
      for (const row of (body as { organizations: Record<string, unknown>[] }).organizations)
        times.set(row[key], (times.get(row[key]) ?? 0) + 1);
    return times;
  }

  /** How often the page of F&O that was asked for most was asked for. */
  async function timesRead(): Promise<number> {
    const asked = (await edits.journal('dynamics')).map(({ path, query }) => `${path}?${query}`);
    return Math.max(...asked.map((page) => asked.filter((other) => other === page).length));
  }
});
