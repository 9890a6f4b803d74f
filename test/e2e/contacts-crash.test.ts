import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { OUTCOMES, RECORD_STATES, type Totals } from '../../domain/sync/outcome.ts';
import type { RunReport } from '../../store/sync/run-reports.ts';
import { createPeople, relaxZendeskLimitsForUsers, type People } from '../fixtures/people.ts';
import { setStop, type Stop } from '../fixtures/stops.ts';
import { createWorld, type TestWorker, type World } from '../fixtures/world.ts';

const write = (path: string) => ({ system: 'zendesk', path, method: 'POST' }) as const;
const CREATE = write('users/create_many');
const CREATE_ONE = write('/users$');
const JOIN = write('organization_memberships$');
const ADDRESS = write('users/\\d+/identities$');
const LOOK_UP = { system: 'zendesk', path: 'users/show_many', method: 'GET' } as const;

const WHILE_CREATING: readonly Stop[] = [
  { name: 'a create is asked for and takes effect without the worker', request: { ...CREATE, when: 'before' } },
  { name: 'another create has its effect, unanswered', request: { ...CREATE, when: 'after' } },
  { name: 'what it came to is being recorded', request: { ...LOOK_UP, when: 'after' }, table: 'records' },
  { name: 'the third membership is there, unanswered', request: { ...JOIN, skip: 2, when: 'after' } },
  { name: 'another membership is being recorded', request: { ...JOIN, when: 'after' }, table: 'records' },
];

const WHILE_CHANGING: readonly Stop[] = [
  { name: 'the third address is there, unanswered', request: { ...ADDRESS, skip: 2, when: 'after' } },
  { name: 'another address is being recorded', request: { ...ADDRESS, when: 'after' }, table: 'records' },
  { name: 'a membership is there, unanswered', request: { ...JOIN, when: 'after' } },
];

const WHILE_CREATING_SINGLY: readonly Stop[] = [
  { name: 'the sixth user is there, unanswered', request: { ...CREATE_ONE, skip: 5, when: 'after' } },
  { name: 'another user is being recorded', request: { ...CREATE_ONE, skip: 3, when: 'after' }, table: 'records' },
];

describe('a sync of contacts whose worker is killed', () => {
  let world: World;
  let people: People;
  let worker: TestWorker;

  beforeAll(async () => {
    world = await createWorld({ seed: 'empty' });
    people = createPeople(world);
    await relaxZendeskLimitsForUsers(world.sandbox);
    worker = await world.startWorker();
  });
  afterEach(async () => {
    await world.sandbox.control('DELETE', '/faults');
    expect(await people.mails()).toBe(0);
  });
  afterAll(() => world.close());

  it('at 8 points creates each of 120 users once, with every address and membership once', async () => {
    for (const number of ['A1', 'B1', 'C1']) await people.account('kc', number);
    for (let nth = 1; nth <= 120; nth += 1)
      await people.contact('kc', `K${nth}`, {
        account: 'A1',
        email: `k${nth}@kc.example`,
        name: `Person ${nth}`,
        person: `X${nth}`,
      });
    // Twenty of them are known to a second account as well.
    for (let nth = 1; nth <= 20; nth += 1)
      await people.contact('kc', `M${nth}`, { account: 'B1', name: `Person ${nth}`, person: `X${nth}` });
    await people.connect(['kc']);
    expectAccounted(await syncThrough('kc', WHILE_CREATING), { created: 123, unchanged: 20 });
    await expectOneEach('kc', 120);
    await expectMembers('kc', { A1: 120, B1: 20, C1: 0 });

    for (let nth = 1; nth <= 10; nth += 1) await people.contact('kc', `K${nth}`, { email: `new${nth}@kc.example` });
    for (let nth = 91; nth <= 95; nth += 1) await people.contact('kc', `K${nth}`, { account: 'C1' });
    expectAccounted(await syncThrough('kc', WHILE_CHANGING), { updated: 15, unchanged: 128 });
    await expectOneEach('kc', 120);
    await expectMembers('kc', { A1: 115, B1: 20, C1: 5 });
    const identities = await people.identities();
    for (let nth = 1; nth <= 10; nth += 1) {
      const { id } = await people.user(`kc:K${nth}`);
      const own = identities.filter((identity) => identity.user_id === id).map(({ value }) => value);
      expect(own).toEqual([`k${nth}@kc.example`, `new${nth}@kc.example`]);
    }
    const { run, writes } = await people.observe('kc');
    expectAccounted(run, { unchanged: 143 });
    expect(writes).toEqual([]);
  }, 300_000);

  it('while it creates users one by one creates each of them once', async () => {
    await world.sandbox.control('PATCH', '/settings/zendesk', { bulkUserImport: false });
    await people.account('ks', 'A1');
    for (let nth = 1; nth <= 20; nth += 1)
      await people.contact('ks', `K${nth}`, { account: 'A1', email: `k${nth}@ks.example`, name: `Person ${nth}` });
    await people.connect(['ks']);
    expectAccounted(await syncThrough('ks', WHILE_CREATING_SINGLY), { created: 21 });
    await expectOneEach('ks', 20);
    expect((await people.observe('ks')).writes).toEqual([]);
    await world.sandbox.control('PATCH', '/settings/zendesk', { bulkUserImport: true });
  });

  it('or whose answers are cut comes to the same result', async () => {
    for (const number of ['A1', 'B1']) await people.account('kx', number);
    for (let nth = 1; nth <= 5; nth += 1) {
      await people.contact('kx', `K${nth}`, {
        account: 'A1',
        email: `k${nth}@kx.example`,
        name: `N${nth}`,
        person: `Y${nth}`,
      });
      await people.contact('kx', `M${nth}`, { account: 'B1', name: `N${nth}`, person: `Y${nth}` });
    }
    await people.connect(['kx']);
    await cut(CREATE, 'after');
    await cut(JOIN, 'after', 1);
    await cut(JOIN, 'before', 2);
    expectAccounted(await world.sync('kx'), { created: 7, unchanged: 5 });
    for (let nth = 1; nth <= 5; nth += 1) await people.contact('kx', `K${nth}`, { email: `new${nth}@kx.example` });
    await cut(ADDRESS, 'after', 1);
    await cut(ADDRESS, 'before', 2);
    expectAccounted(await world.sync('kx'), { updated: 5, unchanged: 7 });
    await expectOneEach('kx', 5);
    await expectMembers('kx', { A1: 5, B1: 5 });
    for (let nth = 1; nth <= 5; nth += 1)
      expect(await people.emails((await people.user(`kx:K${nth}`)).id)).toEqual([
        `k${nth}@kx.example`,
        `new${nth}@kx.example`,
      ]);
    expect((await people.observe('kx')).writes).toEqual([]);
    // A membership whose answer was lost is ours all the same, and goes with the contact.
    for (let nth = 1; nth <= 5; nth += 1) await people.contact('kx', `M${nth}`, { inactive: true });
    await world.sync('kx');
    await expectMembers('kx', { A1: 5, B1: 0 });
  });

  function cut({ system, ...match }: { system: string; path: string; method: string }, when: string, skip = 0) {
    return world.sandbox.control('POST', '/faults', { system, match, skip, action: { kind: 'cut', when } });
  }

  /** Runs a sync whose worker is killed at each of these stops and replaced by a new one. */
  async function syncThrough(connectionId: string, stops: readonly Stop[]): Promise<RunReport> {
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

  /** So many users of this legal entity, each of one name, with one primary address and one external id of its own. */
  async function expectOneEach(entity: string, count: number): Promise<void> {
    const all = await people.users();
    const ours = all.filter(({ email }) => email?.endsWith(`@${entity}.example`) === true);
    expect(new Set(ours.map(({ external_id: key }) => key)).size).toBe(count);
    expect(ours).toHaveLength(count);
  }

  /** How many users belong to each account's organization, and how many memberships there are in all. */
  async function expectMembers(entity: string, wanted: Readonly<Record<string, number>>): Promise<void> {
    const memberships = await people.memberships();
    const found: Record<string, number> = {};
    for (const number of Object.keys(wanted)) {
      const { id } = await people.edits.organization(`${entity}:${number}`);
      found[number] = memberships.filter((membership) => membership.organization_id === id).length;
    }
    expect(found).toEqual(wanted);
  }
});
