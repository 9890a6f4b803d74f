import { afterEach, describe, expect, it } from '@jest/globals';
import type { TokenSource } from '../../../clients/entra/tokens.ts';
import { closeLoopbacks } from '../../fixtures/loopback.ts';
import { failureOf } from '../kit.ts';
import { clientOf, currentServer, CUSTOMER, customers, page, VENDOR, vendors } from './kit.ts';

afterEach(closeLoopbacks);

describe('a page of accounts', () => {
  it('is requested across companies, filtered by company, with columns, an order by all keys, and a page size', async () => {
    const { erp, client } = await clientOf(page([]));
    await client.readRecordsPage({ ...customers, legalEntity: "us'mf" });
    const url = new URL(erp.requests[0]?.url ?? '', erp.origin);
    expect(url.pathname).toBe('/data/CustomersV3');
    expect(Object.fromEntries(url.searchParams)).toMatchObject({
      'cross-company': 'true',
      $filter: "dataAreaId eq 'us''mf'",
      $orderby: 'dataAreaId,CustomerAccount',
    });
    expect(url.searchParams.get('$select')?.split(',').sort()).toEqual(
      Object.keys(CUSTOMER)
        .filter((name) => name !== '@odata.etag')
        .sort(),
    );
    expect(erp.requests[0]?.url).not.toContain('+');
    expect(erp.requests[0]?.headers).toMatchObject({
      authorization: 'Bearer canary-token-1',
      prefer: 'odata.maxpagesize=2000',
    });
  });

  it('is read as records of customers and vendors', async () => {
    const { client } = await clientOf((request) => page([request.url.includes('VendorsV2') ? VENDOR : CUSTOMER]));
    expect(await client.readRecordsPage(customers)).toEqual({
      records: [
        {
          legalEntity: 'usmf',
          kind: 'customer',
          key: 'US-001',
          name: 'Contoso Retail San Diego',
          party: '000001',
          person: null,
          email: null,
          isInactive: false,
          values: {
            CustomerGroupId: '10',
            OnHoldStatus: 'No',
            SalesCurrencyCode: 'USD',
            AddressCity: 'San Diego',
            AddressCountryRegionId: 'USA',
          },
        },
      ],
      ...{ nextLink: null, rows: 1, counted: null },
      position: { own: expect.stringContaining('/data/CustomersV3?') as unknown, next: null },
    });
    expect((await client.readRecordsPage({ ...vendors, legalEntity: 'USMF' })).records).toEqual([
      {
        legalEntity: 'usmf',
        kind: 'vendor',
        key: '1001',
        name: 'Acme Office Supplies',
        party: '000002',
        person: null,
        email: null,
        isInactive: false,
        values: {
          VendorGroupId: '20',
          OnHoldStatus: 'All',
          CurrencyCode: 'EUR',
          AddressCity: 'Lyon',
          AddressCountryRegionId: 'FRA',
        },
      },
    ]);
  });

  it.each([
    [
      {
        PartyType: 'Person',
        PersonFirstName: ' Ada',
        PersonLastNamePrefix: 'van',
        PersonLastName: 'Berg ',
        OrganizationName: 'X',
      },
      'Ada van Berg',
    ],
    [{ PartyType: 'Person', OrganizationName: 'Ada Berg' }, 'Ada Berg'],
    [{ PartyType: 'Person', OrganizationName: '', KnownAs: 'Ada' }, 'Ada'],
    [{ OrganizationName: ' ', KnownAs: '', NameAlias: 'ALIAS' }, 'ALIAS'],
    [{ OrganizationName: null, KnownAs: null, NameAlias: null }, ''],
    [{ OrganizationName: ' Two\r\nlines\tand\u0001more ' }, 'Two lines and more'],
    [{ OrganizationName: 'Nul\u0000 and half \ud83e' }, 'Nul\uFFFD and half \uFFFD'],
    [{ PersonFirstName: 'Not', PersonLastName: 'Me', OrganizationName: 'Firm' }, 'Firm'],
  ])('reads the name of a row with %j as "%s"', async (fields, name) => {
    const { client } = await clientOf(page([{ ...CUSTOMER, ...fields }]));
    expect((await client.readRecordsPage(customers)).records[0]?.name).toBe(name);
  });

  it('does not change account numbers, and returns repeated rows once', async () => {
    const { client } = await clientOf(page([{ ...CUSTOMER, CustomerAccount: ' us-1 ' }, CUSTOMER, CUSTOMER]));
    const { records, rows } = await client.readRecordsPage(customers);
    expect(records.map(({ key }) => key)).toEqual([' us-1 ', 'US-001']);
    expect(rows).toBe(3);
  });

  it.each([
    ['an empty key', page([{ ...CUSTOMER, CustomerAccount: ' ' }])],
    ['a missing column', page([{ ...CUSTOMER, OrganizationName: undefined }])],
    ['a key that is not a string', page([{ ...CUSTOMER, CustomerAccount: 5 }])],
    ['a list in a column', page([{ ...CUSTOMER, AddressCity: ['San Diego'] }])],
    ['an object in a column', page([{ ...CUSTOMER, PartyNumber: { id: 'San Diego' } }])],
    ['no company', page([{ ...CUSTOMER, dataAreaId: '' }])],
    ['a row of another company', page([CUSTOMER, { ...CUSTOMER, dataAreaId: 'demf' }])],
    ['no list', { body: { error: 'no' } }],
    ['no content', { body: '' }],
  ])('with %s is an error', async (_what, reply) => {
    const { client } = await clientOf(reply);
    const failure = await failureOf(client.readRecordsPage(customers));
    expect(failure).toMatchObject({ system: 'dynamics', operation: 'read CustomersV3', kind: 'unexpected' });
    expect(failure.message).not.toContain('San Diego');
  });

  it.each([
    ['a list in a column', { AddressCity: ['San Diego'] }, { code: 'record_unreadable', named: 'AddressCity' }],
    [
      'an object in a column',
      { OrganizationName: { text: 'x' } },
      { code: 'record_unreadable', named: 'OrganizationName' },
    ],
    ['a party that cannot be stored', { PartyNumber: '0\ud83e' }, { code: 'record_unreadable', named: 'PartyNumber' }],
    ['an empty key', { CustomerAccount: ' ' }, { code: 'record_unreadable', named: 'CustomerAccount' }],
    [
      'half an emoji in its key',
      { CustomerAccount: 'K\ud83e' },
      { code: 'external_id_unsupported', named: String.raw`K\ud83e` },
    ],
    [
      'NUL in its company',
      { dataAreaId: 'us\u0000mf' },
      { code: 'external_id_unsupported', named: String.raw`us\u0000mf` },
    ],
    [
      'a key of 20,000 characters',
      { CustomerAccount: 'x'.repeat(20_000) },
      { code: 'external_id_unsupported', named: '255' },
    ],
  ])('with one row with %s has the other rows', async (_what, fields, { code, named }) => {
    const { client } = await clientOf(
      page([
        { ...CUSTOMER, CustomerAccount: 'A' },
        { ...CUSTOMER, ...fields },
      ]),
    );
    const { records, rows } = await client.readRecordsPage(customers);
    expect(rows).toBe(2);
    expect(records[0]).toMatchObject({ key: 'A', name: 'Contoso Retail San Diego' });
    expect(records[1]).toMatchObject({ legalEntity: 'usmf', kind: 'customer', defect: { code } });
    expect(records[1]?.defect?.message).toContain(named);
    expect(JSON.stringify(records)).not.toContain('San Diego"]');
  });

  it('names the columns whose text was repaired', async () => {
    const fields = { OrganizationName: 'Half \ud83e', AddressCity: 'Nul\u0000' };
    const { client } = await clientOf(page([CUSTOMER, { ...CUSTOMER, CustomerAccount: 'B', ...fields }]));
    const { records } = await client.readRecordsPage(customers);
    expect(records[0]).not.toHaveProperty('repaired');
    expect(records[1]?.repaired?.toSorted()).toEqual(['AddressCity', 'OrganizationName']);
    expect(records[1]?.values['AddressCity']).toBe('Nul\uFFFD');
  });

  it('has a link to the next page, which is requested unchanged', async () => {
    const { erp, client } = await clientOf((_request, { nth }) =>
      nth === 1
        ? page([CUSTOMER], `${currentServer()?.origin ?? ''}/data/CustomersV3?cross-company=true&$skip=1&$top=1`)
        : page([], '/data/CustomersV3?$skiptoken=a%2Cb'),
    );
    const first = await client.readRecordsPage(customers);
    const second = await client.readRecordsPage({ ...customers, nextLink: first.nextLink ?? '' });
    expect(erp.requests[1]?.url).toBe('/data/CustomersV3?cross-company=true&$skip=1&$top=1');
    expect(erp.requests[1]?.headers).toMatchObject({ prefer: 'odata.maxpagesize=2000' });
    expect(second).toEqual({
      ...{ records: [], nextLink: `${erp.origin}/data/CustomersV3?$skiptoken=a%2Cb`, rows: 0, counted: null },
      position: {
        own: '/data/CustomersV3?$skip=1&$top=1&cross-company=true',
        next: '/data/CustomersV3?$skiptoken=a,b',
      },
    });
  });

  it('is at the same position whatever columns its link selects, and in whatever order its options are', async () => {
    const links = ['?$skip=2&$select=A', '?$select=A%2CB&$skip=2', '?%24skip=2'];
    const { client } = await clientOf((_request, { nth }) =>
      page([CUSTOMER], `/data/CustomersV3${links[nth - 1] ?? ''}`),
    );
    const positions = [];
    for (const link of links) positions.push([link, (await client.readRecordsPage(customers)).position.next]);
    expect(positions).toEqual(links.map((link) => [link, '/data/CustomersV3?$skip=2']));
  });

  it('shows how many rows F&O counts in the whole list, which the first request asks for', async () => {
    const { erp, client } = await clientOf(() => ({ body: { value: [CUSTOMER], '@odata.count': 61 } }));
    expect(await client.readRecordsPage(customers)).toMatchObject({ rows: 1, counted: 61 });
    expect(new URL(erp.requests[0]?.url ?? '', erp.origin).searchParams.get('$count')).toBe('true');
  });

  it('is an error if its link leads to another host or another path', async () => {
    const links = [
      'https://evil.example/data/CustomersV3',
      '//evil.example/data/x',
      '/api/data/x',
      '/data/../secret',
      '/data/%2e%2e/secret',
      'http://u:p@HOST/data/x',
    ];
    for (const link of links) {
      const { erp, client } = await clientOf(() => page([CUSTOMER], link.replace('HOST', currentServer()?.host ?? '')));
      expect(await failureOf(client.readRecordsPage(customers))).toMatchObject({ kind: 'unexpected' });
      expect(
        await failureOf(client.readRecordsPage({ ...customers, nextLink: link.replace('HOST', erp.host) })),
      ).toMatchObject({ kind: 'unexpected' });
      expect(erp.requests).toHaveLength(1);
      await erp.close();
    }
  });
});

describe('a token that F&O rejects', () => {
  it('is replaced once, and the read is repeated once', async () => {
    const requested: unknown[] = [];
    const tokens: TokenSource = {
      token: (options) => {
        requested.push(options);
        return Promise.resolve(options?.fresh === true ? 'new' : 'old');
      },
    };
    const { erp, client } = await clientOf(
      (request) => (request.headers.authorization === 'Bearer new' ? page([CUSTOMER]) : { status: 401 }),
      tokens,
    );
    expect((await client.readRecordsPage(customers)).rows).toBe(1);
    expect(requested).toEqual([undefined, { fresh: true, rejected: 'old' }]);
    expect(erp.requests).toHaveLength(2);
  });

  it('twice is an error with the kind unauthorized, whose advice says where to map the app', async () => {
    const { erp, client } = await clientOf({
      status: 401,
      headers: { 'content-type': 'text/html' },
      body: '<html></html>',
    });
    const failure = await failureOf(client.readRecordsPage(customers));
    expect(failure).toMatchObject({ system: 'dynamics', kind: 'unauthorized', status: 401 });
    expect(failure.advice).toContain('System administration > Setup > Microsoft Entra ID applications');
    expect(erp.requests).toHaveLength(2);
  });
});

describe('legal entities', () => {
  it('are listed in lower case, from all pages', async () => {
    const { client } = await clientOf((_request, { nth }) =>
      nth === 1
        ? page([{ LegalEntityId: 'USMF' }, { LegalEntityId: 'DEMF' }], '/data/LegalEntities?$skip=2')
        : page([{ LegalEntityId: 'demf' }, { LegalEntityId: 'frrt ' }]),
    );
    expect(await client.listLegalEntities()).toEqual(['usmf', 'demf', 'frrt']);
  });

  it('are readable, not readable, or result in an error', async () => {
    const denied = {
      error: {
        code: '',
        message: 'An error has occurred.',
        innererror: {
          message: 'User is not authorized to read view CustCustomerV3Entity.  Request denied.',
          type: 'Microsoft.Dynamics.Platform.Integration.Services.OData.ODataSecurityException',
          stacktrace: 'at canary.Stack()',
        },
      },
    };
    const { client } = await clientOf((request) => {
      const filter = new URL(request.url, 'http://erp.test').searchParams.get('$filter') ?? '';
      if (filter.includes('usmf')) return page([]);
      return filter.includes('demf') ? { status: 403, body: denied } : { status: 500 };
    });
    expect(await client.canRead(customers)).toBe(true);
    expect(await client.canRead({ ...customers, legalEntity: 'demf' })).toBe(false);
    expect((await failureOf(client.canRead({ ...customers, legalEntity: 'frrt' }))).kind).toBe('unavailable');
    const failure = await failureOf(client.readRecordsPage({ ...customers, legalEntity: 'demf' }));
    expect(failure).toMatchObject({ kind: 'forbidden', code: 'ODataSecurityException' });
    expect(failure.advice).toContain('CustCustomerV3Entity');
    expect(JSON.stringify(failure)).not.toContain('canary');
  });
});
