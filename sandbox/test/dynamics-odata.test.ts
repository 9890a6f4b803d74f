import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { RunningDynamics } from './running-dynamics.ts';
import { allPages, innerError, runDynamics } from './running-dynamics.ts';

const ENUM = "Microsoft.Dynamics.DataEntities.CustVendorBlocked'";

describe('the OData service of the simulated F&O', () => {
  let run: RunningDynamics;

  beforeEach(async () => {
    run = await runDynamics();
    const { state } = run.server;
    state.addCompany('usmf', 'USA');
    state.addCompany('frrt', 'France');
    const first = { OrganizationName: 'Contoso Retail', PartyNumber: '000000001', AddressCity: 'Seattle' };
    state.upsertCustomer('usmf', 'US-001', first);
    state.upsertCustomer('usmf', "O'Brien/a?b", { OrganizationName: "O'Brien", OnHoldStatus: 'All' });
    state.upsertCustomer('usmf', 'US-003', { OrganizationName: 'Cave Wholesales', CreditLimit: 50 });
    state.upsertCustomer('frrt', 'US-001', { OrganizationName: 'Maison Dubois' });
    state.upsertVendor('usmf', 'V-1', { VendorOrganizationName: 'Acme', VendorPartyNumber: '000000001' });
    state.upsertContact('usmf', '000001', {
      AssociatedPartyNumber: '000000001',
      FirstName: 'Ada',
      EmploymentJobTitle: 'Buyer',
      LastEditDateTime: '2026-03-01T10:00:00Z',
    });
  });

  afterEach(() => run.close());

  const numbers = async (filter: string, extras: Readonly<Record<string, string>> = {}): Promise<unknown[]> => {
    const query = { $filter: filter, $select: 'CustomerAccount', $orderby: 'dataAreaId,CustomerAccount', ...extras };
    const response = await run.list('CustomersV3', query);
    expect([response.status, response.text]).toEqual([200, expect.any(String)]);
    return response.rows.map((row) => row['CustomerAccount']);
  };

  const refused = async (options: Readonly<Record<string, string>>): Promise<string> => {
    const response = await run.list('CustomersV3', options);
    expect(response.status).toBe(400);
    expect(response.body).toMatchObject({ error: { code: '' } });
    return innerError(response).message;
  };

  it('responds with 401 to a request without a token, or with an unknown, expired or foreign one', async () => {
    const { tokens, server } = run;
    const foreign = tokens.issue({ audience: `${server.url}/`, clientId: 'app', tenantId: 'tenant' }, 3_599);
    const short = tokens.issue({ audience: server.url, clientId: 'app', tenantId: 'tenant' }, 60);
    expect((await run.send('GET', '/data', { token: short })).status).toBe(200);
    run.pass(61);
    for (const token of ['', 'made-up', foreign, short]) {
      const response = await run.send('GET', '/data', { token });
      expect([response.status, response.headers.get('www-authenticate')]).toEqual([
        401,
        expect.stringContaining('Bearer'),
      ]);
    }
    tokens.revokeAll();
    expect((await run.send('GET', '/data')).status).toBe(401);
  });

  it('responds to an app that is mapped to no user with the status of the settings', async () => {
    for (const status of [401, 403] as const) {
      run.server.settings.unmappedAppStatus = status;
      expect((await run.send('GET', '/data')).status).toBe(status);
    }
  });

  it('shows the service document even when an entity set is denied with a security exception', async () => {
    run.server.settings.deniedEntitySets = ['CustomersV3'];
    const document = await run.send('GET', '/data');
    expect(document.rows.map((row) => row['name'])).toEqual(
      expect.arrayContaining(['CustomersV3', 'VendorsV2', 'ContactPersons', 'CDSContactPersonsV2', 'LegalEntities']),
    );
    const response = await run.list('CustomersV3', { $top: '1' });
    expect(response.status).toBe(403);
    expect(innerError(response)).toEqual({
      type: 'ODataSecurityException',
      message: 'User is not authorized to read view CustCustomerV3Entity.  Request denied.',
    });
    expect((await run.list('VendorsV2')).status).toBe(200);
  });

  it('stays in the default company unless cross-company=true is sent', async () => {
    const own = await run.send('GET', "/data/CustomersV3?$filter=dataAreaId eq 'frrt'");
    expect(own.rows).toEqual([]);
    expect(await numbers("dataAreaId eq 'FRRT'")).toEqual(['US-001']);
    const key = "/data/CustomersV3(CustomerAccount='us-001',dataAreaId='frrt')";
    expect((await run.send('GET', key)).status).toBe(404);
    const found = await run.send('GET', `${key}?cross-company=true&$select=OrganizationName`);
    expect(found.body).toMatchObject({ OrganizationName: 'Maison Dubois', '@odata.etag': expect.any(String) });
    expect(found.body).not.toHaveProperty('CustomerAccount');
  });

  it('omits the rows of a company that the user may not see, without an error', async () => {
    run.server.settings.hiddenCompanies = ['FRRT'];
    expect(await numbers("CustomerAccount eq 'US-001'")).toEqual(['US-001']);
    const { rows } = await run.list('LegalEntities', { $select: 'LegalEntityId' });
    expect(rows.map((row) => row['LegalEntityId']).sort()).toEqual(['FRRT', 'USMF']);
    const companies = await run.list('Companies', { $orderby: 'DataArea' });
    expect(companies.rows.map((row) => row['DataArea'])).toEqual(['frrt', 'usmf']);
  });

  it('misses the named rows in lists, and finds them by their keys', async () => {
    run.server.settings.missingRows = ['usmf/US-001'];
    expect(await numbers("dataAreaId eq 'usmf'")).not.toContain('US-001');
    expect(await numbers("dataAreaId eq 'usmf' and CustomerAccount eq 'US-001'")).toEqual(['US-001']);
    const key = "/data/CustomersV3(CustomerAccount='US-001',dataAreaId='usmf')";
    expect((await run.send('GET', key)).status).toBe(200);
  });

  it('compares texts without case and trailing blanks, unescapes quotes and treats stars as wildcards', async () => {
    expect(await numbers("OrganizationName eq 'contoso RETAIL  '")).toEqual(['US-001']);
    expect(await numbers("CustomerAccount eq 'o''brien/A?b'")).toEqual(["O'Brien/a?b"]);
    expect(await numbers("OrganizationName eq '*wholesale*'")).toEqual(['US-003']);
    expect(await numbers("dataAreaId eq 'usmf' and OrganizationName ne '*o*'")).toEqual([]);
    expect(await numbers("CustomerAccount eq 'US*'")).toEqual(['US-001', 'US-001', 'US-003']);
    const byKey = await run.send('GET', "/data/CustomersV3(dataAreaId='usmf',CustomerAccount='O''Brien%2Fa%3Fb')");
    expect(byKey.body).toMatchObject({ CustomerAccount: "O'Brien/a?b" });
  });

  it('combines comparisons with and, or, not and parentheses', async () => {
    const usmf = "dataAreaId eq 'usmf'";
    expect(await numbers(`${usmf} and (CustomerAccount eq 'US-001' or CustomerAccount eq 'US-003')`)).toEqual([
      'US-001',
      'US-003',
    ]);
    expect(await numbers(`${usmf} and not (CustomerAccount eq 'US-001')`)).toEqual(["O'Brien/a?b", 'US-003']);
    expect(await numbers("CustomerAccount gt 'us-001' and CustomerAccount le 'US-003'")).toEqual(['US-003']);
    expect(await numbers('CreditLimit ge 50')).toEqual(['US-003']);
    const edited = await run.list('ContactPersons', { $filter: 'LastEditDateTime gt 2026-03-01T09:59:59Z' });
    expect(edited.rows.map((row) => row['ContactPersonId'])).toEqual(['000001']);
    const inOtherZone = await run.list('ContactPersons', { $filter: 'LastEditDateTime lt 2026-03-01T10:30:00+01:00' });
    expect([inOtherZone.status, inOtherZone.rows]).toEqual([200, []]);
  });

  it('accepts enumeration literals only if they are qualified, and only for equality', async () => {
    expect(await numbers(`OnHoldStatus eq ${ENUM}All'`)).toEqual(["O'Brien/a?b"]);
    expect(await numbers(`dataAreaId eq 'usmf' and OnHoldStatus ne ${ENUM}No'`)).toEqual(["O'Brien/a?b"]);
    expect(await refused({ $filter: "OnHoldStatus eq 'No'" })).toContain('incompatible types');
    expect(await refused({ $filter: 'OnHoldStatus eq 0' })).toContain("'Edm.Int32'");
    expect(await refused({ $filter: `OnHoldStatus gt ${ENUM}No'` })).toContain('not supported');
    expect(await refused({ $filter: `OnHoldStatus eq ${ENUM}Perhaps'` })).toContain('Perhaps');
  });

  it('refuses unknown properties in every part of the query, by exact case', async () => {
    const text =
      "Could not find a property named 'customerAccount' on type 'Microsoft.Dynamics.DataEntities.CustomerV3'.";
    expect(await refused({ $filter: "customerAccount eq 'x'" })).toBe(text);
    expect(await refused({ $select: 'dataAreaId,customerAccount' })).toBe(text);
    expect(await refused({ $orderby: 'customerAccount desc' })).toBe(text);
    expect(await refused({ $select: 'ModifiedDateTime' })).toContain("'ModifiedDateTime'");
  });

  it('refuses operators, functions and options that F&O does not have', async () => {
    for (const filter of [
      "CustomerAccount in ('a','b')",
      `OnHoldStatus has ${ENUM}No'`,
      "contains(CustomerAccount,'a')",
      "CustomerAccount eq 'a' and",
      "CustomerAccount eq 'a",
      "SalesMemo eq 'x'",
      'CustomerAccount eq 1',
    ])
      expect(await refused({ $filter: filter })).not.toBe('');
    expect(await refused({ $search: 'x' })).toContain('$search');
    expect(await refused({ $top: '-1' })).toContain('$top');
  });

  it('pages by offset with links that keep the query options and the requested page size', async () => {
    run.server.state.generateCustomers('usmf', 7);
    const prefer = { headers: { prefer: 'odata.maxpagesize=3' } };
    const query = { $select: 'dataAreaId,CustomerAccount', $orderby: 'dataAreaId,CustomerAccount', $count: 'true' };
    const first = await run.list('CustomersV3', query, prefer);
    expect(first.rows).toHaveLength(3);
    expect(first.body['@odata.count']).toBe(11);
    expect(first.body['@odata.nextLink']).toBe(
      `${run.server.url}/data/CustomersV3?cross-company=true&$select=dataAreaId%2CCustomerAccount` +
        '&$orderby=dataAreaId%2CCustomerAccount&$count=true&$skip=3&$top=3',
    );
    const rows = await allPages(run, first, prefer);
    const keys = rows.map((row) => `${String(row['dataAreaId'])}/${String(row['CustomerAccount'])}`);
    expect(keys).toHaveLength(11);
    expect(keys).toEqual([...new Set(keys)].sort((a, b) => (a.toLowerCase() < b.toLowerCase() ? -1 : 1)));
  });

  it('limits a list to $top rows over all pages, while the count ignores it', async () => {
    run.server.state.generateCustomers('usmf', 7);
    const prefer = { headers: { prefer: 'odata.maxpagesize=2' } };
    const first = await run.list('CustomersV3', { $top: '5', $count: 'true', $orderby: 'CustomerAccount' }, prefer);
    expect([first.rows.length, first.body['@odata.count']]).toEqual([2, 11]);
    expect(await allPages(run, first, prefer)).toHaveLength(5);
    const counted = await run.send('GET', "/data/CustomersV3/$count?cross-company=true&$filter=dataAreaId eq 'frrt'");
    expect(counted.text).toBe('1');
  });

  it('sends at most 10,000 rows per page, and at most its own size when it ignores the preference', async () => {
    run.server.state.generateCustomers('usmf', 10_050);
    const select = { $select: 'CustomerAccount', $orderby: 'dataAreaId,CustomerAccount' };
    const prefer = { headers: { prefer: 'odata.maxpagesize=50000' } };
    expect((await run.list('CustomersV3', select, prefer)).rows).toHaveLength(10_000);
    Object.assign(run.server.settings, { honoursMaxPageSize: false, defaultPageSize: 1_000 });
    expect((await run.list('CustomersV3', select, prefer)).rows).toHaveLength(1_000);
  });

  it('sends rows without $orderby in a different order in every response', async () => {
    run.server.state.generateCustomers('usmf', 40);
    const read = async (): Promise<string> =>
      (await run.list('CustomersV3', { $select: 'CustomerAccount' })).rows.map((row) => row['CustomerAccount']).join();
    const orders = [await read(), await read()];
    expect(orders[0]).not.toBe(orders[1]);
    run.server.settings.shuffleWithoutOrderBy = false;
    expect(await read()).toBe(await read());
  });

  it('can send an empty page, repeated rows and a link to a foreign host', async () => {
    run.server.state.generateVendors('usmf', 5);
    const prefer = { headers: { prefer: 'odata.maxpagesize=2' } };
    const order = { $orderby: 'VendorAccountNumber', $select: 'VendorAccountNumber' };
    run.server.settings.duplicateRowsAcrossPages = 1;
    const repeated = await allPages(run, await run.list('VendorsV2', order, prefer), prefer);
    expect([repeated.length, new Set(repeated.map((row) => row['VendorAccountNumber'])).size]).toEqual([8, 6]);
    Object.assign(run.server.settings, { duplicateRowsAcrossPages: 0, emptyPageAt: 1 });
    expect(await allPages(run, await run.list('VendorsV2', order, prefer), prefer)).toHaveLength(4);
    run.server.settings.emptyPageHasNextLink = false;
    expect(await allPages(run, await run.list('VendorsV2', order, prefer), prefer)).toHaveLength(2);
    run.server.settings.foreignNextLink = 'https://elsewhere.example';
    const { body } = await run.list('VendorsV2', order, prefer);
    expect(body['@odata.nextLink']).toMatch(/^https:\/\/elsewhere\.example\/data\/VendorsV2\?/);
  });

  it('returns complete rows without nulls, with sentinel dates and an etag of versions and record ids', async () => {
    const { rows } = await run.list('CustomersV3', { $filter: "CustomerAccount eq 'US-003'" });
    const [row = {}] = rows;
    expect(Object.keys(row).length).toBeGreaterThan(120);
    expect(Object.values(row)).not.toContain(null);
    expect(row).toMatchObject({
      OnHoldStatus: 'No',
      SalesMemo: '',
      CredManLastReviewDate: '1900-01-01T12:00:00Z',
      DeliveryAddressValidTo: '2154-12-31T23:59:59Z',
      CreditLimit: 50,
    });
    const [, base64 = ''] = /^W\/"(.+)"$/.exec(String(row['@odata.etag'])) ?? [];
    expect(Buffer.from(base64, 'base64').toString()).toMatch(/^'1,68719\d+(;\d+,\d+){3}'$/);
  });

  it('derives the contacts of an account by its number, with an enumeration in their key', async () => {
    const { rows } = await run.list('CDSContactPersonsV2', { $orderby: 'AssociatedContactNumber' });
    expect(rows.map((row) => [row['AssociatedContactType'], row['AssociatedContactNumber']])).toEqual([
      ['Customer', 'US-001'],
      ['Vendor', 'V-1'],
    ]);
    expect(rows[0]).not.toHaveProperty('EmploymentJobTitle');
    const party = String(rows[0]?.['ContactPersonPartyNumber']);
    const key = (type: string): string =>
      `/data/CDSContactPersonsV2(dataAreaId='usmf',ContactPersonPartyNumber='${party}',AssociatedContactType=${type},AssociatedContactNumber='V-1')`;
    const type = "Microsoft.Dynamics.DataEntities.smmContactPersonCDSAssociatedContactType'Vendor'";
    expect((await run.send('GET', key(type))).body).toMatchObject({ FirstName: 'Ada' });
    expect((await run.send('GET', key("'Vendor'"))).status).toBe(400);
  });

  it('requires every key of a row, and refuses unknown sets', async () => {
    const half = await run.send('GET', "/data/CustomersV3(CustomerAccount='US-001')");
    expect(half.status).toBe(400);
    expect(innerError(half).message).toContain('Only 1 of 2 keys provided');
    const missing = await run.send('GET', '/data/ContactsV2');
    expect([missing.status, missing.body['Message']]).toEqual([404, expect.stringContaining('No HTTP resource')]);
  });

  it('describes entities and enumerations by name, and whether a property may be edited', async () => {
    run.server.settings.notEditable = ['VendorV2.Notes'];
    const read = async (entity: string, property: string): Promise<unknown> => {
      const { body } = await run.send('GET', `/metadata/PublicEntities('${entity}')`);
      const properties = body['Properties'] as { Name: string; AllowEdit: boolean }[];
      return properties.find(({ Name }) => Name === property)?.AllowEdit;
    };
    expect(await read('CustomerV3', 'SalesMemo')).toBe(true);
    expect(await read('CustomerV3', 'CustomerAccount')).toBe(false);
    expect(await read('VendorV2', 'Notes')).toBe(false);
    const bySet = await run.send('GET', "/metadata/PublicEntities?$filter=EntitySetName eq 'CustomersV3'");
    expect(bySet.rows.map((row) => row['Name'])).toEqual(['CustomerV3']);
    const blocked = await run.send('GET', "/metadata/PublicEnumerations('CustVendorBlocked')");
    expect(blocked.body['Members']).toHaveLength(7);
    expect((await run.send('GET', "/metadata/PublicEntities('Nothing')")).status).toBe(404);
  });

  it('keeps a hundred thousand generated rows in little memory and looks one up quickly', async () => {
    const before = process.memoryUsage().heapUsed;
    run.server.state.generateCustomers('usmf', 100_000);
    expect((process.memoryUsage().heapUsed - before) / 1e6).toBeLessThan(120);
    const startedAt = performance.now();
    expect(
      await numbers("dataAreaId eq 'usmf' and (CustomerAccount eq 'C-099999' or CustomerAccount eq 'C-000001')"),
    ).toEqual(['C-000001', 'C-099999']);
    expect(performance.now() - startedAt).toBeLessThan(500);
    const query = {
      $skip: '90000',
      $top: '1',
      $orderby: 'dataAreaId,CustomerAccount',
      $filter: "dataAreaId eq 'usmf'",
    };
    expect((await run.list('CustomersV3', query)).rows[0]).toMatchObject({ OrganizationName: expect.any(String) });
  });

  it('records every request by route in the journal and applies faults', async () => {
    run.faults.add({ system: 'dynamics', action: { kind: 'status', status: 429, retryAfter: 7 } });
    const limited = await run.list('CustomersV3');
    expect([limited.status, limited.headers.get('retry-after')]).toEqual([429, '7']);
    await run.list('CustomersV3');
    await run.send('GET', '/data');
    expect(run.journal.counts().dynamics).toEqual({
      total: 3,
      byOperation: { 'CustomersV3.list': 2, service_document: 1 },
    });
  });
});
