import { afterEach, describe, expect, it } from '@jest/globals';
import { failureOf } from '../kit.ts';
import { closeErp, customers, readAll, startErp, vendors } from './kit.ts';

afterEach(closeErp);

describe('the client of F&O, against the simulated F&O', () => {
  it('reads all accounts of a company page by page, and looks up single ones', async () => {
    const { client, erp } = await startErp(100);
    erp.state.addCompany('usmf', 'Contoso US');
    erp.state.addCompany('demf', 'Contoso DE');
    erp.state.generateCustomers('usmf', 450);
    erp.state.generateCustomers('demf', 30);
    erp.state.generateVendors('usmf', 120);
    for (const number of ['A*1', 'AB1', "O'Brien & Co"])
      erp.state.upsertCustomer('usmf', number, { OrganizationName: `Firm ${number}` });

    expect([...(await client.listLegalEntities())].sort()).toEqual(['demf', 'usmf']);
    const { records } = await readAll(client, { ...customers, legalEntity: 'USMF' });
    expect(new Set(records.map(({ key }) => key)).size).toBe(453);
    expect((await readAll(client, vendors)).records).toHaveLength(120);
    expect(records.every(({ name, legalEntity }) => name !== '' && legalEntity === 'usmf')).toBe(true);

    const found = await client.readRecords({ ...customers, keys: ['a*1', "O'Brien & Co", 'nobody'] });
    expect(found.map(({ key, name }) => [key, name]).sort()).toEqual([
      ['A*1', 'Firm A*1'],
      ["O'Brien & Co", "Firm O'Brien & Co"],
    ]);
  });

  it('replaces a revoked token without a failure', async () => {
    const { client, erp, tokens } = await startErp(100);
    erp.state.generateCustomers('usmf', 5);
    expect((await readAll(client, customers)).records).toHaveLength(5);
    tokens.revokeAll();
    expect((await readAll(client, customers)).records).toHaveLength(5);
  });

  it('distinguishes an unmapped app, a missing privilege and a link to another host', async () => {
    const { client, erp } = await startErp(2);
    erp.state.generateCustomers('usmf', 5);
    Object.assign(erp.settings, { foreignNextLink: 'https://evil.example' });
    expect((await failureOf(client.readRecordsPage(customers))).kind).toBe('unexpected');
    Object.assign(erp.settings, { foreignNextLink: null, deniedEntitySets: ['CustomersV3'] });
    expect(await client.canRead(customers)).toBe(false);
    expect((await failureOf(client.readRecordsPage(customers))).advice).toContain('CustCustomerV3Entity');
    Object.assign(erp.settings, { deniedEntitySets: [], unmappedAppStatus: 401 });
    expect((await failureOf(client.canRead(customers))).advice).toContain('Microsoft Entra ID applications');
  });

  it('counts the rows of an entity, in one company or in all', async () => {
    const { client, erp } = await startErp(2);
    erp.state.generateCustomers('usmf', 5);
    erp.state.generateCustomers('demf', 3);
    erp.state.generateVendors('usmf', 4);
    expect(await client.countRecords(customers)).toBe(5);
    expect(await client.countRecords({ ...customers, legalEntity: 'frrt' })).toBe(0);
    expect(await client.countRecords({ entity: customers.entity })).toBe(8);
    expect(await client.countRecords({ entity: vendors.entity })).toBe(4);
  });
});
