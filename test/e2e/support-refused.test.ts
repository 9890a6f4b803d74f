import { afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { WorkflowFailedError } from '@temporalio/client';
import pg from 'pg';
import { createEdits, readingOnly } from '../fixtures/edits.ts';
import { createSupport } from '../fixtures/support.ts';
import { setUpWorld } from '../fixtures/set-up-world.ts';

const CUSTOMERS = ['C1', 'C2', 'C3'];
const VENDORS = ['V1', 'V2'];
const ID = 'refused';

/** Returns the root cause of a workflow's failure, from its history. */
interface Cause {
  readonly type?: string;
  readonly message: string;
  readonly cause?: Cause;
}

describe('annotations that the ERP refuses', () => {
  const world = setUpWorld();
  const edits = createEdits(world);
  const support = createSupport(world);

  beforeAll(async () => {
    for (const key of CUSTOMERS) await edits.customer('re', key, { OrganizationName: `Customer ${key}` });
    for (const key of VENDORS) await edits.vendor('re', key, { VendorOrganizationName: `Vendor ${key}` });
    await world.connect(ID, readingOnly(['re'], { vendors: true }));
    expect(await world.sync(ID)).toMatchObject({ status: 'completed', totals: { created: 5 } });
  });
  afterEach(async () => {
    await world.sandbox.control('DELETE', '/faults');
    await readOnly([]);
  });

  const readOnly = (readOnlyEntitySets: string[]) =>
    world.sandbox.control('PATCH', '/settings/dynamics', { readOnlyEntitySets });

  /** Creates one more ticket for every account. */
  async function ticketsForAll(): Promise<void> {
    const organizations = [...(await edits.organizations('re:')).values()];
    await support.tickets({ count: organizations.length, organizationIds: organizations.map(({ id }) => id) });
  }

  const reconcileFails = async (): Promise<Cause> => {
    const failure: unknown = await support.reconcile(ID).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(WorkflowFailedError);
    let cause = failure as Cause;
    while (cause.cause !== undefined) cause = cause.cause;
    return cause;
  };

  const problems = async (keys: readonly string[]) =>
    Promise.all(keys.map(async (key) => (await support.report(ID, key))?.problem?.code ?? null));

  /** Returns the accounts whose text in the ERP has this number of open tickets. */
  async function counting(open: number): Promise<string[]> {
    const texts = await Promise.all([
      ...CUSTOMERS.map(async (key) => [key, await support.memo('re', key)] as const),
      ...VENDORS.map(async (key) => [key, await support.notes('re', key)] as const),
    ]);
    return texts.filter(([, text]) => text.includes(`Open: ${open} (`)).map(([key]) => key);
  }

  /** Returns the method and status of each request for an entity set, such as `GET 200`. */
  const asked = async (entitySet: string) =>
    (await edits.journal('dynamics'))
      .filter(({ path }) => path.includes(`/${entitySet}(`))
      .map(({ method, status }) => `${method} ${status}`);

  async function query(text: string): Promise<unknown[]> {
    const client = new pg.Client({ connectionString: world.databaseUrl });
    await client.connect();
    try {
      return (await client.query<Record<string, unknown>>(text, [ID])).rows;
    } finally {
      await client.end();
    }
  }
  const failing = () => query('select subject from health_problems where connection_id = $1');
  const alerts = () => query('select is_failing, code from alerts where connection_id = $1 order by no');

  it('for a missing privilege cost one account its three confirming attempts, and those of the other kind are written', async () => {
    await ticketsForAll();
    await readOnly(['CustomersV3']);
    await support.clearJournal();
    const { type, message } = await reconcileFails();
    expect(type).toBe('missing_privilege');
    expect(message).toMatch(
      /^Dynamics 365 does not let Ledgerdesk write fields of CustomersV3, .* privilege to update CustCustomerV3Entity\.$/,
    );
    expect(await counting(1)).toEqual(VENDORS);
    expect(await asked('CustomersV3')).toEqual(Array.from({ length: 3 }, () => ['GET 200', 'PATCH 403']).flat());
    expect(await asked('VendorsV2')).toEqual(['GET 200', 'PATCH 204', 'GET 200', 'PATCH 204']);
    expect(await problems([...CUSTOMERS, ...VENDORS])).toEqual([
      ...CUSTOMERS.map(() => 'missing_privilege'),
      ...VENDORS.map(() => null),
    ]);
    expect((await support.report(ID, 'C3'))?.problem?.message).toBe(message);
    expect(await failing()).toEqual([{ subject: 'support' }]);
  });

  it('for a missing privilege stay a problem, with one alert, until all are written', async () => {
    await readOnly(['CustomersV3']);
    await support.clearJournal();
    expect(await reconcileFails()).toMatchObject({ type: 'missing_privilege' });
    expect(await asked('VendorsV2')).toEqual([]);
    expect(await failing()).toEqual([{ subject: 'support' }]);
    await readOnly([]);
    expect(await support.reconcile(ID)).toMatchObject({ written: CUSTOMERS.length });
    expect(await counting(1)).toEqual([...CUSTOMERS, ...VENDORS]);
    expect(await problems(CUSTOMERS)).toEqual([null, null, null]);
    expect(await failing()).toEqual([]);
    expect(await alerts()).toEqual([
      { is_failing: true, code: 'missing_privilege' },
      { is_failing: false, code: null },
    ]);
  });

  it('are reported in one sentence per kind where neither customers nor vendors may be written', async () => {
    await ticketsForAll();
    await readOnly(['CustomersV3', 'VendorsV2']);
    const { message } = await reconcileFails();
    expect(message.match(/does not let Ledgerdesk write fields of \w+/g)).toEqual([
      'does not let Ledgerdesk write fields of CustomersV3',
      'does not let Ledgerdesk write fields of VendorsV2',
    ]);
    expect(await counting(2)).toEqual([]);
    await readOnly([]);
    expect(await support.reconcile(ID)).toMatchObject({ written: 5 });
    expect(await counting(2)).toEqual([...CUSTOMERS, ...VENDORS]);
  });

  it('of one account are shown there in the words of the ERP, and stop no other account', async () => {
    await ticketsForAll();
    const innererror = {
      type: 'Microsoft.Dynamics.Platform.Integration.Services.OData.AxODataWriteException',
      message: "Write failed for table row. Infolog: Warning: Field 'Sales tax group' must be filled in..",
    };
    await world.sandbox.control('POST', '/faults', {
      system: 'dynamics',
      match: { method: 'PATCH', path: "CustomersV3.*'C2'" },
      times: null,
      action: {
        kind: 'status',
        status: 400,
        body: { error: { code: '', message: 'An error has occurred.', innererror } },
      },
    });
    expect(await support.reconcile(ID)).toMatchObject({ written: 4 });
    expect(await counting(3)).toEqual(['C1', 'C3', ...VENDORS]);
    expect((await support.report(ID, 'C2'))?.problem).toEqual({
      code: 'annotation_refused',
      message: expect.stringContaining("refuses to save the annotation: Field 'Sales tax group' must be filled in."),
    });
    expect(await problems(['C1', 'C3', ...VENDORS])).toEqual([null, null, null, null]);
    expect(await failing()).toEqual([]);
    await world.sandbox.control('DELETE', '/faults');
    expect(await support.reconcile(ID)).toMatchObject({ written: 1 });
    expect(await counting(3)).toEqual([...CUSTOMERS, ...VENDORS]);
    expect(await problems(['C2'])).toEqual([null]);
  });
});
