import { afterEach, describe, expect, it } from '@jest/globals';
import type { DynamicsClient } from '../../../clients/dynamics/client.ts';
import type { Account, AccountKind } from '../../../domain/accounts/account.ts';
import { failureOf } from '../kit.ts';
import { closeErp, startErp } from './kit.ts';

afterEach(closeErp);

async function readAll(client: DynamicsClient, legalEntity: string, kind: AccountKind): Promise<Account[]> {
  const accounts: Account[] = [];
  let nextLink: string | undefined;
  do {
    const page = await client.readAccountsPage({ legalEntity, kind, nextLink });
    accounts.push(...page.accounts);
    nextLink = page.nextLink ?? undefined;
  } while (nextLink !== undefined);
  return accounts;
}

describe('against the simulated F&O', () => {
  it('every account of a company is read page by page, and single ones are looked up', async () => {
    const { client, erp } = await startErp(100);
    erp.state.addCompany('usmf', 'Contoso US');
    erp.state.addCompany('demf', 'Contoso DE');
    erp.state.generateCustomers('usmf', 450);
    erp.state.generateCustomers('demf', 30);
    erp.state.generateVendors('usmf', 120);
    for (const number of ['A*1', 'AB1', "O'Brien & Co"])
      erp.state.upsertCustomer('usmf', number, { OrganizationName: `Firm ${number}` });

    expect([...(await client.listLegalEntities())].sort()).toEqual(['demf', 'usmf']);
    const customers = await readAll(client, 'USMF', 'customer');
    expect(new Set(customers.map(({ key }) => key)).size).toBe(453);
    expect(await readAll(client, 'usmf', 'vendor')).toHaveLength(120);
    expect(customers.every(({ name, legalEntity }) => name !== '' && legalEntity === 'usmf')).toBe(true);

    const wanted = {
      legalEntity: 'usmf',
      kind: 'customer',
      accountNumbers: ['a*1', "O'Brien & Co", 'nobody'],
    } as const;
    const found = await client.readAccounts(wanted);
    expect(found.map(({ key, name }) => [key, name]).sort()).toEqual([
      ['A*1', 'Firm A*1'],
      ["O'Brien & Co", "Firm O'Brien & Co"],
    ]);
  });

  it('a token that was revoked is replaced without a failure', async () => {
    const { client, erp, tokens } = await startErp(100);
    erp.state.generateCustomers('usmf', 5);
    expect(await readAll(client, 'usmf', 'customer')).toHaveLength(5);
    tokens.revokeAll();
    expect(await readAll(client, 'usmf', 'customer')).toHaveLength(5);
  });

  it('an unmapped app, a missing privilege and a link to elsewhere are told apart', async () => {
    const { client, erp } = await startErp(2);
    erp.state.generateCustomers('usmf', 5);
    const first = { legalEntity: 'usmf', kind: 'customer' } as const;
    Object.assign(erp.settings, { foreignNextLink: 'https://evil.example' });
    expect((await failureOf(client.readAccountsPage(first))).kind).toBe('unexpected');
    Object.assign(erp.settings, { foreignNextLink: null, deniedEntitySets: ['CustomersV3'] });
    expect(await client.canRead(first)).toBe(false);
    expect((await failureOf(client.readAccountsPage(first))).advice).toContain('CustCustomerV3Entity');
    Object.assign(erp.settings, { deniedEntitySets: [], unmappedAppStatus: 401 });
    expect((await failureOf(client.canRead(first))).advice).toContain('Microsoft Entra ID applications');
  });
});
