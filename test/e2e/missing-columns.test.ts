import { afterEach, describe, expect, it } from '@jest/globals';
import { createEdits, readingOnly } from '../fixtures/edits.ts';
import { setUpWorld } from '../fixtures/set-up-world.ts';

/** An F&O environment of another version, which lacks columns that Ledgerdesk reads. */
describe('an F&O environment without some columns', () => {
  const world = setUpWorld();
  const edits = createEdits(world);

  const missing = (...properties: readonly string[]): Promise<unknown> =>
    world.sandbox.control('PATCH', '/settings/dynamics', { missingProperties: properties });
  const writes = async (): Promise<readonly string[]> =>
    (await edits.journal('zendesk')).filter(({ method }) => method !== 'GET').map(({ operation }) => operation);
  /** Syncs twice without any change. Expects no write, and no query that F&O refuses. */
  const expectQuiet = async (id: string): Promise<void> => {
    for (const attempt of [2, 3]) {
      await world.sandbox.control('DELETE', '/journal');
      const run = await world.sync(id);
      expect([attempt, run.status, run.totals.read - run.totals.unchanged]).toEqual([attempt, 'completed', 0]);
      expect(await writes()).toEqual([]);
      expect((await edits.journal('dynamics')).filter(({ status }) => status !== 200)).toEqual([]);
    }
  };

  afterEach(async () => {
    await missing();
    await world.sandbox.control('PATCH', '/settings/dynamics', { metadataDenied: false });
  });

  it.each([
    ['PersonLastNamePrefix', 'ma', false],
    ['OnHoldStatus', 'mb', false],
    ['PartyNumber', 'mc', false],
    ['AddressCity', 'md', true],
  ])('%s reads the accounts without it, and names it in a note', async (column, entity, metadataDenied) => {
    await missing(`CustomerV3.${column}`, 'CustomerV3.KnownAs');
    await world.sandbox.control('PATCH', '/settings/dynamics', { metadataDenied });
    await edits.connect(entity, { [entity]: { A1: `${entity} One`, A2: `${entity} Two` } });
    const run = await world.sync(entity);
    expect(run).toMatchObject({ status: 'completed', totals: { read: 2, created: 2 }, error: null });
    const [note] = run.notes.filter(({ code }) => code === 'column_missing');
    expect(note?.message).toContain('CustomersV3');
    expect(note?.message).toContain(column);
    expect(note?.message).toContain('KnownAs');
    await expectQuiet(entity);
  });

  it('keeps the values and the name that Zendesk has, while other changes are written', async () => {
    const person = { PartyType: 'Person', PersonFirstName: 'Ada', PersonLastNamePrefix: 'van', PersonLastName: 'Berg' };
    await edits.customer('me', 'A1', { ...person, AddressCity: 'Lyon', SalesCurrencyCode: 'EUR' });
    await world.connect('me', readingOnly(['me']));
    await world.sync('me');
    await missing('CustomerV3.PersonLastNamePrefix', 'CustomerV3.AddressCity');
    await edits.customer('me', 'A1', { SalesCurrencyCode: 'USD' });
    expect(await world.sync('me')).toMatchObject({ status: 'completed', totals: { updated: 1 } });
    expect(await edits.organization('me:A1')).toMatchObject({
      name: 'Ada van Berg',
      organization_fields: { erp_city: 'Lyon', erp_currency: 'USD' },
    });
    await expectQuiet('me');
  });

  it('reads a column that came back once the connection is applied again', async () => {
    await missing('CustomerV3.AddressCity');
    await edits.connect('mf', { mf: { A1: 'Return One' } });
    await world.sync('mf');
    expect((await edits.organization('mf:A1')).organization_fields['erp_city']).toBeFalsy();
    await missing();
    expect(await world.sync('mf')).toMatchObject({ totals: { unchanged: 1 } });
    await world.connect('mf', readingOnly(['mf']));
    expect(await world.sync('mf')).toMatchObject({ totals: { updated: 1 }, notes: [] });
    expect((await edits.organization('mf:A1')).organization_fields['erp_city']).toBe('Seattle');
    await expectQuiet('mf');
  });

  it.each([
    [['CustomerAccount'], 'mg'],
    [['dataAreaId'], 'mh'],
    [
      [
        ...['OrganizationName', 'KnownAs', 'NameAlias', 'PersonFirstName', 'PersonMiddleName', 'PersonLastNamePrefix'],
        'PersonLastName',
      ],
      'mi',
    ],
  ])('fails the customers, whose records cannot be read without %j, and names the column', async (columns, entity) => {
    await edits.customer(entity, 'A1', { OrganizationName: `${entity} One` });
    await edits.vendor(entity, 'V1', { VendorOrganizationName: `${entity} Vendor` });
    await missing(...columns.map((column) => `CustomerV3.${column}`));
    await world.connect(entity, readingOnly([entity], { vendors: true }));
    const run = await world.sync(entity);
    expect(run).toMatchObject({ status: 'failed', error: { code: 'column_missing' }, totals: { created: 1 } });
    expect(run.error?.message).toContain('CustomersV3');
    for (const column of columns) expect(run.error?.message).toContain(column);
    expect(await edits.names(entity)).toEqual({ V1: `${entity} Vendor` });
  });
});
