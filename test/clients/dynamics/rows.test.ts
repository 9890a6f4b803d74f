import { afterEach, describe, expect, it } from '@jest/globals';
import type { EntitySpec } from '../../../domain/entity-spec.ts';
import type { FieldMapping } from '../../../domain/sync/mapping.ts';
import { closeLoopbacks } from '../../fixtures/loopback.ts';
import { failureOf } from '../kit.ts';
import { clientOf, closeErp, CUSTOMER, customers, page, startErp } from './kit.ts';

afterEach(closeLoopbacks);
afterEach(closeErp);

const field = (member: string): FieldMapping => ({
  key: `erp_${member.toLowerCase()}`,
  title: member,
  type: 'text',
  source: { from: member },
});

/** Returns customers whose mapping also contains these properties. */
const customersWith = (...members: readonly string[]): typeof customers => {
  const { entity } = customers;
  const fields = [...entity.mapping.fields, ...members.map(field)];
  return { ...customers, entity: { ...entity, mapping: { ...entity.mapping, fields } } };
};

describe('a column', () => {
  it.each([
    [1_500.5, 1_500.5],
    [0, 0],
    [-7, -7],
    [true, true],
    [false, false],
    [' text ', 'text'],
    ['', null],
    [null, null],
    ['2026-03-04T12:00:00Z', '2026-03-04T12:00:00Z'],
    ['1900-01-01T12:00:00Z', null],
    ['2154-12-31T23:59:59Z', null],
  ])('with the value %j is read as %j, and the whole page is read', async (served, value) => {
    const { client } = await clientOf(page([{ ...CUSTOMER, Any: served }]));
    const { records } = await client.readRecordsPage(customersWith('Any'));
    expect(records).toMatchObject([{ key: 'US-001', values: { AddressCity: 'San Diego', Any: value } }]);
  });

  it('with a number of more than 15 digits keeps all digits', async () => {
    const row = JSON.stringify({ ...CUSTOMER, RecordId: 0 }).replace('"RecordId":0', '"RecordId":5637144576123456789');
    const { client } = await clientOf({
      headers: { 'content-type': 'application/json' },
      body: `{"value":[${row}]}`,
    });
    const { records } = await client.readRecordsPage(customersWith('RecordId'));
    expect(records[0]?.values).toMatchObject({ RecordId: '5637144576123456789' });
  });

  it.each([
    ['PartyNumber', 4711, { party: '4711' }],
    ['OrganizationName', 4711, { name: '4711' }],
    ['OrganizationName', true, { name: 'true' }],
  ])('%s with the value %j is a string if the record requires one', async (member, served, expected) => {
    const { client } = await clientOf(page([{ ...CUSTOMER, [member]: served }]));
    expect((await client.readRecordsPage(customers)).records).toMatchObject([expected]);
  });

  it('that is mapped but missing in the response is an error', async () => {
    const { client } = await clientOf(page([CUSTOMER]));
    const failure = await failureOf(client.readRecordsPage(customersWith('CreditLimit')));
    expect(failure).toMatchObject({ kind: 'unexpected', operation: 'read CustomersV3' });
    expect(failure.detail).toContain('CreditLimit');
  });
});

describe('another entity', () => {
  const prospect: EntitySpec = {
    kind: 'prospect',
    target: 'organization',
    entitySet: 'Prospects',
    key: 'ProspectId',
    order: ['dataAreaId', 'ProspectId', 'Line'],
    members: {
      name: [{ join: ['First', 'Last'], when: { member: 'Type', is: 'Person' } }, { join: ['Company'] }],
      email: 'Email',
      inactive: 'Closed',
    },
    mapping: {
      fields: [
        { key: 'erp_place', title: 'ERP place', type: 'text', source: { template: '{City}, {Country} ({key})' } },
      ],
      attributes: { phone: { from: 'Phone' } },
      tags: [],
    },
    externalId: '{accountNumber}',
    dependsOn: [],
    events: { members: [] },
  };
  const ROW = {
    ...{ dataAreaId: 'usmf', ProspectId: 'P-1', Type: 'Person', First: 'Ada', Last: 'Berg', Company: 'Berg Ltd' },
    ...{ Email: 'ada@berg.example', Closed: 'Yes', City: 'Lyon', Country: 'FRA', Phone: '' },
  };

  it('is read with its own properties, each selected once', async () => {
    const { client, erp } = await clientOf(page([ROW, { ...ROW, ProspectId: 'P-2', Type: 'Firm', Closed: 'No' }]));
    const { records } = await client.readRecordsPage({ entity: prospect, legalEntity: 'usmf' });
    const ada = {
      ...{ legalEntity: 'usmf', kind: 'prospect', key: 'P-1', name: 'Ada Berg', party: null, person: null },
      ...{ email: 'ada@berg.example', isInactive: true, values: { City: 'Lyon', Country: 'FRA', Phone: null } },
    };
    expect(records).toEqual([ada, { ...ada, key: 'P-2', name: 'Berg Ltd', isInactive: false }]);
    const url = new URL(erp.requests[0]?.url ?? '', erp.origin);
    expect(url.pathname).toBe('/data/Prospects');
    expect(url.searchParams.get('$orderby')).toBe('dataAreaId,ProspectId,Line');
    expect(url.searchParams.get('$select')?.split(',').sort()).toEqual(Object.keys(ROW).sort());
  });

  it('is looked up, probed and counted with its own key', async () => {
    const { client, erp } = await clientOf(() => ({ body: { value: [ROW], '@odata.count': 7 } }));
    const wanted = { entity: prospect, legalEntity: 'usmf' };
    expect(await client.readRecords({ ...wanted, keys: ['P-1'] })).toHaveLength(1);
    expect(await client.canRead(wanted)).toBe(true);
    expect(await client.countRecords(wanted)).toBe(7);
    const queries = erp.requests.map(({ url }) => new URL(url, erp.origin).searchParams);
    expect(queries[0]?.get('$filter')).toBe("dataAreaId eq 'usmf' and (ProspectId eq 'P-1')");
    const [read, probe, count] = queries.map((query) => query.get('$select'));
    expect(probe).toBe(read);
    expect(count).toBe('ProspectId');
  });
});

describe('numbers and dates of the simulated F&O', () => {
  it('are read with their types, and empty dates as null', async () => {
    const { client, erp } = await startErp(50);
    erp.state.upsertCustomer('usmf', 'C-1', {
      OrganizationName: 'Contoso',
      CreditLimit: 1_500.5,
      OrganizationNumberOfEmployees: 12,
      CredManLastReviewDate: '2026-03-04T12:00:00Z',
      IsOneTimeCustomer: 'Yes',
    });
    erp.state.upsertCustomer('usmf', 'C-2', { OrganizationName: 'Fabrikam' });
    const mapped = [
      'CreditLimit',
      'OrganizationNumberOfEmployees',
      'CredManLastReviewDate',
      'AddressValidTo',
      'IsOneTimeCustomer',
    ];
    const { records } = await client.readRecordsPage(customersWith(...mapped));
    const values = Object.fromEntries(records.map((record) => [record.key, record.values]));
    expect(values['C-1']).toMatchObject({
      CreditLimit: 1_500.5,
      OrganizationNumberOfEmployees: 12,
      CredManLastReviewDate: '2026-03-04T12:00:00Z',
      AddressValidTo: null,
      IsOneTimeCustomer: 'Yes',
    });
    expect(values['C-2']).toMatchObject({
      CreditLimit: 0,
      OrganizationNumberOfEmployees: 0,
      CredManLastReviewDate: null,
      AddressValidTo: null,
      IsOneTimeCustomer: 'No',
    });
  });
});
