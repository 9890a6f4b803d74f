import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { OUTCOMES, RECORD_STATES, type Totals } from '../../domain/sync/outcome.ts';
import type { RunReport } from '../../store/sync/run-reports.ts';
import { chosenCases } from '../fixtures/chosen-cases.ts';
import { createEdits } from '../fixtures/edits.ts';
import { setStop } from '../fixtures/stops.ts';
import { setUpWorld } from '../fixtures/set-up-world.ts';

const CREATE = 'organizations/create_many';
const UPDATE = 'organizations/update_many';
const ACCOUNTS = 12;

/** What goes wrong with a request that starts a bulk job, or with the job. */
const FAULTS: readonly (readonly [string, object])[] = [
  ['whose answer is cut off after it took effect', { kind: 'cut', when: 'after' }],
  ['that a gateway answers with 502 before it takes effect', { kind: 'status', status: 502, body: 'html' }],
  ['that fails as a whole', { kind: 'fail-job' }],
  ['that is cut off before it takes effect', { kind: 'cut', when: 'before' }],
  ['whose answer breaks off in the middle', { kind: 'truncate', bytes: 60 }],
  ['that is answered with 500 after it took effect', { kind: 'status', status: 500, when: 'after' }],
  ['that stays at work for some seconds', { kind: 'stick-job', seconds: 2 }],
];

describe('a bulk job', () => {
  const world = setUpWorld();
  const edits = createEdits(world);
  let entities = 0;

  afterEach(() => world.sandbox.control('DELETE', '/faults'));

  it.each(chosenCases(FAULTS, 3))(
    '%s is recovered within the run, whether it creates or updates',
    async (_, action) => {
      const id = await connect();
      await addFault(CREATE, action);
      await expectWhole(id, await world.sync(id), { created: ACCOUNTS });
      for (const number of ['N00', 'N01']) await edits.customer(id, number, { AddressCity: 'Renton' });
      await addFault(UPDATE, action);
      await expectWhole(id, await world.sync(id), { updated: 2, unchanged: ACCOUNTS - 2 });
      const { organization_fields: fields } = await edits.organization(`${id}:N01`);
      expect(fields['erp_city']).toBe('Renton');
      await expectNothingLeft(id);
    },
  );

  it('that vanishes is looked up, whether it was applied or not', async () => {
    const ids = [await connect(), await connect(), await connect()];
    await addFault(CREATE, { kind: 'lose-job', applied: true });
    await addFault(CREATE, { kind: 'lose-job', applied: false });
    await addFault(CREATE, { kind: 'forget-job' });
    const runs = await Promise.all(ids.map(async (id) => [id, await world.sync(id)] as const));
    for (const [id, run] of runs) await expectWhole(id, run, { created: ACCOUNTS });
    await Promise.all(ids.map(expectNothingLeft));
  });

  it('that exceeds the limit of jobs is submitted again later, whatever status Zendesk returns', async () => {
    const id = await connect();
    const body = { error: 'TooManyJobs', description: 'Too many BulkCreateOrganizationJob jobs are running.' };
    for (const status of [429, 422, 200]) await addFault(CREATE, { kind: 'status', status, retryAfter: 1, body });
    const run = await world.sync(id);
    await expectWhole(id, run, { created: ACCOUNTS });
    expect(run.waitedMs).toBeGreaterThanOrEqual(3_000);
    await expectNothingLeft(id);
  });

  it('that gets no response is submitted again at growing intervals, and nothing is rejected', async () => {
    const id = await connect();
    const fault = {
      system: 'zendesk',
      match: { path: CREATE },
      times: null,
      action: { kind: 'status', status: 500 },
    };
    const { id: no } = await world.sandbox.control<{ id: number }>('POST', '/faults', fault);
    await world.sandbox.control('DELETE', '/journal');
    const run = world.sync(id);
    await new Promise((resolve) => setTimeout(resolve, 12_000));
    await world.sandbox.control('DELETE', `/faults/${no}`);
    const asked = (await edits.journal('zendesk')).filter(({ path }) => path.endsWith(CREATE));
    expect(asked.length).toBeLessThanOrEqual(6);
    await expectWhole(id, await run, { created: ACCOUNTS });
    await expectNothingLeft(id);
  });

  it('that adopted an organization which is deleted before it is tagged is followed by a job that creates it', async () => {
    const id = await connect();
    const { id: typed } = await edits.addOrganization({ name: `${id} Company N04` });
    const tagging = { system: 'zendesk', path: `organizations/${typed}/tags`, when: 'before' } as const;
    const stop = await setStop(world, { name: 'the tag is asked for', request: tagging });
    const run = world.sync(id);
    await stop.reached();
    await edits.deleteOrganization(typed);
    await stop.release();
    await expectWhole(id, await run, { created: ACCOUNTS });
    await expectNothingLeft(id);
  });

  it('adopts an organization of the same name that an agent has created meanwhile', async () => {
    const id = await connect();
    const run = await syncWhileTyped(id, { name: `${id} Company N04` });
    await expectWhole(id, run, { created: ACCOUNTS - 1, adopted: 1 });
    await expectNothingLeft(id);
  });

  it('creates under another name when another app has taken the name meanwhile', async () => {
    const id = await connect();
    const run = await syncWhileTyped(id, { name: `${id} Company N04`, external_id: `crm-${id}` });
    await expectWhole(id, run, { created: ACCOUNTS });
    expect((await edits.organization(`${id}:N04`)).name).toBe(`${id} Company N04 (N04)`);
    await expectNothingLeft(id);
  });

  it('updates an organization to which an agent has given the external id meanwhile', async () => {
    const id = await connect();
    const run = await syncWhileTyped(id, { name: 'Typed By Hand', external_id: `${id}:N04` });
    await expectWhole(id, run, { created: ACCOUNTS - 1, updated: 1 });
    expect((await edits.organization(`${id}:N04`)).name).toBe(`${id} Company N04`);
    await expectNothingLeft(id);
  });

  const failures = [
    ['carry nothing that says which row they mean', false],
    ['carry the place of their row', true],
  ] as const;

  describe.each(chosenCases(failures, 1))('whose failures %s', (_, failureItemsCarryIndex) => {
    beforeAll(() => world.sandbox.control('PATCH', '/settings/zendesk', { failureItemsCarryIndex }));
    afterAll(() => world.sandbox.control('PATCH', '/settings/zendesk', { failureItemsCarryIndex: true }));

    it('completes, and what failed is sent again', async () => {
      const id = await connect();
      await addFault(CREATE, { kind: 'fail-rows', rows: [1, 7] });
      await expectWhole(id, await world.sync(id), { created: ACCOUNTS });
      await expectNothingLeft(id);
    });

    it('completes, and finds names and external ids that others have taken meanwhile', async () => {
      const id = await connect();
      await edits.customer(id, 'N99', { OrganizationName: `${id} Company N99`, AddressCity: 'Seattle' });
      const run = await syncWhileTyped(
        id,
        { name: `${id} Company N02` },
        { name: `${id} Company N05`, external_id: `crm-${id}` },
        { name: `${id} Typed By Hand`, external_id: `${id}:N07` },
        { name: `${id} Company N08`, external_id: `${id}:N08` },
      );
      await expectWhole(id, run, { created: ACCOUNTS - 2, adopted: 1, updated: 2 });
      await expectNothingLeft(id);
    });
  });

  it('that got no response does not claim an organization that another app created', async () => {
    const id = await connect();
    await edits.addOrganization({ name: 'Typed Before', external_id: `${id}:N04` });
    await addFault('incremental/organizations', { kind: 'status', status: 200, body: NO_CHANGES });
    await addFault(CREATE, { kind: 'cut', when: 'after' });
    await expectWhole(id, await world.sync(id), { created: ACCOUNTS - 1, updated: 1 });
    await expectNothingLeft(id);
  });

  /** Creates customers in a new legal entity and connects it. Returns its id, which is also the connection's. */
  async function connect(): Promise<string> {
    entities += 1;
    const id = `b${String(entities).padStart(2, '0')}`;
    const numbers = Array.from({ length: ACCOUNTS }, (_, index) => `N${String(index).padStart(2, '0')}`);
    await edits.connect(id, { [id]: Object.fromEntries(numbers.map((number) => [number, `${id} Company ${number}`])) });
    return id;
  }

  function addFault(path: string, action: object): Promise<unknown> {
    return world.sandbox.control('POST', '/faults', { system: 'zendesk', match: { path }, action });
  }

  /** Runs a sync. Adds organizations in Zendesk after the creates were planned and before they take effect. */
  async function syncWhileTyped(id: string, ...inputs: readonly object[]): Promise<RunReport> {
    const creating = { system: 'zendesk', path: CREATE, when: 'before' } as const;
    const stop = await setStop(world, { name: 'the creates are asked for', request: creating });
    const run = world.sync(id);
    await stop.reached();
    for (const input of inputs) await edits.addOrganization(input);
    await stop.release();
    return run;
  }

  /** Expects that the run has completed with exactly these outcomes, and that every account has one organization. */
  async function expectWhole(id: string, run: RunReport, totals: Partial<Totals>): Promise<void> {
    const none = Object.fromEntries(RECORD_STATES.map((state) => [state, 0]));
    const { read, ...outcomes } = run.totals;
    expect([run.status, run.error, outcomes]).toEqual(['completed', null, { ...none, ...totals }]);
    expect(OUTCOMES.reduce((sum, outcome) => sum + outcomes[outcome], 0)).toBe(read);
    const { items } = await world.store.records.list(id, {});
    const created = await edits.organizations(`${id}:`);
    expect([...created.keys()].sort()).toEqual(items.map(({ key }) => `${id}:${key}`).sort());
    expect(created.size).toBe(read);
  }

  /** Expects that another sync writes nothing. */
  async function expectNothingLeft(id: string): Promise<void> {
    await world.sandbox.control('DELETE', '/journal');
    const { status, totals } = await world.sync(id);
    expect([status, totals.read - totals.unchanged]).toEqual(['completed', 0]);
    expect((await edits.journal('zendesk')).filter(({ effect }) => effect)).toEqual([]);
  }
});

/** The request for an export of organizations without changes. */
const NO_CHANGES = { organizations: [], count: 0, end_time: 0, end_of_stream: true, next_page: null };
