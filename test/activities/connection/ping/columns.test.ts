import { beforeEach, describe, expect, it } from '@jest/globals';
import { useStepTests } from '../../../fixtures/step-context.ts';
import { checkOf } from './pings.ts';

const at = useStepTests({ hasFields: false });

beforeEach(async () => {
  await at.sandbox.control('PUT', '/state/dynamics/customers/e1/A1', { OrganizationName: 'One' });
});

const checkWithout = async (...properties: readonly string[]) => {
  const run = await at.begin();
  await at.sandbox.control('PATCH', '/settings/dynamics', { missingProperties: properties });
  return checkOf(at, run, 'dynamics.customers');
};

describe('the check of what can be read', () => {
  it('warns of all columns that the environment lacks at once, with the entity set', async () => {
    const check = await checkWithout('CustomerV3.PersonLastNamePrefix', 'CustomerV3.OnHoldStatus');
    expect(check).toMatchObject({ status: 'warn', detail: expect.stringContaining('CustomersV3') });
    expect(check?.detail).toMatch(/PersonLastNamePrefix and OnHoldStatus/);
    expect(check?.fix).toContain('dynamics.entitySets');
  });

  it.each([
    [['CustomerAccount']],
    [
      [
        'OrganizationName',
        'KnownAs',
        'NameAlias',
        'PersonFirstName',
        'PersonMiddleName',
        'PersonLastNamePrefix',
        'PersonLastName',
      ],
    ],
  ])('fails without %j, because no record can be read then', async (columns) => {
    const check = await checkWithout(...columns.map((column) => `CustomerV3.${column}`));
    expect(check).toMatchObject({ status: 'fail', detail: expect.stringContaining('CustomersV3') });
    for (const column of columns) expect(check?.detail).toContain(column);
  });

  it('names a column by the words of F&O when the metadata may not be read', async () => {
    await at.sandbox.control('PATCH', '/settings/dynamics', { metadataDenied: true });
    const check = await checkWithout('CustomerV3.AddressCity');
    expect(check).toMatchObject({ status: 'warn', detail: expect.stringContaining('AddressCity') });
  });
});
