import { afterEach, describe, expect, it } from '@jest/globals';
import { failureOf } from '../kit.ts';
import { closeErp, startErp } from './kit.ts';

afterEach(closeErp);

const place = { entitySet: 'CustomersV3', keyColumn: 'CustomerAccount', legalEntity: 'frrt' } as const;
const memo = { ...place, fields: ['SalesMemo'] };

describe('fields of the simulated F&O', () => {
  it.each(['C-1', "O'Brien/a?b", '50% & more#1', 'Grün (Ö), 東京'])(
    'of account %s outside the default company are read and written',
    async (key) => {
      const { client, erp } = await startErp(50);
      erp.state.upsertCustomer('frrt', key, { OrganizationName: 'Contoso', SalesMemo: 'Call on Mondays.\r\n' });
      const read = await client.readFields({ ...memo, key });
      expect(read?.values).toEqual({ SalesMemo: 'Call on Mondays.\r\n' });
      const values = { SalesMemo: `${String(read?.values['SalesMemo'])}Support` };
      expect(await client.writeFields({ ...place, key, etag: read?.etag ?? '', values })).toBe('written');
      const again = await client.readFields({
        ...place,
        key,
        fields: ['SalesMemo', 'OrganizationName', 'CreditLimit'],
      });
      expect(again?.values).toEqual({ ...values, OrganizationName: 'Contoso', CreditLimit: 0 });
      expect(again?.etag).not.toBe(read?.etag);
    },
  );

  it.each([412, 409] as const)(
    'do not overwrite a change by a user, which F&O reports as %d',
    async (outdatedEtagStatus) => {
      const { client, erp } = await startErp(50);
      Object.assign(erp.settings, { outdatedEtagStatus });
      erp.state.upsertVendor('usmf', 'V-1', { VendorOrganizationName: 'Acme', Notes: 'one' });
      const vendor = {
        entitySet: 'VendorsV2',
        keyColumn: 'VendorAccountNumber',
        legalEntity: 'usmf',
        key: 'V-1',
      } as const;
      const { etag = '' } = (await client.readFields({ ...vendor, fields: ['Notes'] })) ?? {};
      erp.state.upsertVendor('usmf', 'V-1', { Notes: 'two' });
      expect(await client.writeFields({ ...vendor, etag, values: { Notes: 'three' } })).toBe('conflict');
      expect((await client.readFields({ ...vendor, fields: ['Notes'] }))?.values).toEqual({ Notes: 'two' });
    },
  );

  it('of an account that does not exist are missing', async () => {
    const { client } = await startErp(50);
    const unknown = { ...place, key: 'unknown' };
    expect(await client.readFields({ ...unknown, fields: ['SalesMemo'] })).toBeNull();
    expect(await client.writeFields({ ...unknown, etag: 'W/"x"', values: { SalesMemo: 'x' } })).toBe('missing');
  });

  it('are refused because of their name or missing privileges, with only the reason as detail', async () => {
    const { client, erp } = await startErp(50);
    erp.state.upsertCustomer('frrt', 'C-1', { OrganizationName: 'Contoso' });
    const account = { ...place, key: 'C-1' };
    const { etag = '' } = (await client.readFields({ ...account, fields: ['SalesMemo'] })) ?? {};
    const write = { ...account, etag, values: { SalesMemo: 'x' } };

    expect((await failureOf(client.readFields({ ...account, fields: ['Salesmemo'] }))).kind).toBe('refused');
    const unknown = await failureOf(client.writeFields({ ...account, etag, values: { Salesmemo: 'x' } }));
    expect(unknown).toMatchObject({ kind: 'refused', detail: expect.stringContaining("'Salesmemo' does not exist") });
    const group = await failureOf(client.writeFields({ ...account, etag, values: { CustomerGroupId: '77' } }));
    expect(group.kind).toBe('refused');
    expect(group.detail).toMatch(/^The value '77' in field .*\.$/);
    expect(group.detail).not.toMatch(/validateField|Infolog/);

    Object.assign(erp.settings, { notEditable: ['CustomerV3.SalesMemo'] });
    expect((await failureOf(client.writeFields(write))).detail).toMatch(/^Field '.*' does not allow editing\.$/);
    Object.assign(erp.settings, { readOnlyEntitySets: ['CustomersV3'] });
    const forbidden = await failureOf(client.writeFields(write));
    expect(forbidden.kind).toBe('forbidden');
    expect(forbidden.advice).toContain('the privilege to update CustCustomerV3Entity.');
    const wrongSet = { ...account, entitySet: 'Customers', fields: ['SalesMemo'] };
    expect(await failureOf(client.readFields(wrongSet))).toMatchObject({ kind: 'missing', code: 'NoRoute' });
  });

  it('are described by the metadata service, including whether they can be edited', async () => {
    const { client, erp } = await startErp(50);
    const editable = { exists: true, isEditable: true };
    expect(await client.fieldInfo('CustomersV3', 'SalesMemo')).toEqual(editable);
    expect(await client.fieldInfo('VendorsV2', 'Notes')).toEqual(editable);
    expect(await client.fieldInfo('CustomersV3', 'Notes')).toEqual({ exists: false, isEditable: false });
    expect(await client.fieldInfo('Customers', 'SalesMemo')).toBeNull();
    Object.assign(erp.settings, { notEditable: ['CustomerV3.SalesMemo'] });
    expect(await client.fieldInfo('CustomersV3', 'SalesMemo')).toEqual({ exists: true, isEditable: false });
  });
});
