import { afterEach, describe, expect, it } from '@jest/globals';
import { closeLoopbacks } from '../../fixtures/loopback.ts';
import { failureOf } from '../kit.ts';
import { clientOf, CONTACT, contacts, page } from './kit.ts';

afterEach(closeLoopbacks);

describe('a page of contacts', () => {
  it('is requested across companies, filtered by company, with columns and an order by the whole key', async () => {
    const { erp, client } = await clientOf(page([]));
    expect(await client.readRecordsPage(contacts)).toMatchObject({ records: [], nextLink: null, rows: 0 });
    const url = new URL(erp.requests[0]?.url ?? '', erp.origin);
    expect(url.pathname).toBe('/data/ContactPersons');
    expect(Object.fromEntries(url.searchParams)).toMatchObject({
      'cross-company': 'true',
      $filter: "dataAreaId eq 'usmf'",
      $orderby: 'dataAreaId,ContactPersonId',
    });
    expect(url.searchParams.get('$select')?.split(',').sort()).toEqual(Object.keys(CONTACT).sort());
  });

  it('is read as contacts, each once, with the number of rows that F&O sent', async () => {
    const { client } = await clientOf(page([CONTACT, CONTACT, { ...CONTACT, ContactPersonId: ' 2' }]));
    const { records, rows } = await client.readRecordsPage(contacts);
    expect(rows).toBe(3);
    expect(records.map(({ key }) => key)).toEqual(['000001', ' 2']);
    expect(records[0]).toEqual({
      legalEntity: 'usmf',
      kind: 'contact',
      key: '000001',
      name: 'Alicia Thornber',
      party: '000001',
      person: '000001001',
      email: 'Alicia@Contoso.example',
      isInactive: false,
      values: { PrimaryPhoneNumber: '+1 425 555 0100', EmploymentJobTitle: 'Owner' },
    });
  });

  it.each([
    [{ ContactPersonName: ' ', MiddleName: ' M.' }, { name: 'Alicia M. Thornber' }],
    [{ ContactPersonName: null, FirstName: '', LastName: '' }, { name: 'Ali' }],
    [{ ContactPersonName: '', FirstName: '', LastName: '', KnownAsName: '' }, { name: 'THORNBER' }],
    [{ ContactPersonName: '', FirstName: '', LastName: '', KnownAsName: '', SearchName: '' }, { name: '' }],
    [{ ContactPersonName: 'Two\r\nlines' }, { name: 'Two lines' }],
    [{ IsInactive: 'Yes' }, { isInactive: true }],
    [{ IsInactive: 'yes' }, { isInactive: true }],
    [{ IsInactive: true }, { isInactive: true }],
    [{ IsInactive: '' }, { isInactive: false }],
    [{ IsInactive: null }, { isInactive: false }],
    [
      { AssociatedPartyNumber: '', ContactPersonPartyNumber: ' ' },
      { party: null, person: null },
    ],
    [{ PrimaryPhoneNumber: 4_255_550_100 }, { values: { PrimaryPhoneNumber: 4_255_550_100 } }],
    [
      { PrimaryEmailAddress: null, PrimaryPhoneNumber: '', EmploymentJobTitle: null },
      { email: null, values: { PrimaryPhoneNumber: null, EmploymentJobTitle: null } },
    ],
  ])('with %j is read as %j', async (fields, contact) => {
    const { client } = await clientOf(page([{ ...CONTACT, ...fields }]));
    expect((await client.readRecordsPage(contacts)).records).toMatchObject([contact]);
  });

  it.each([
    ['an empty key', page([{ ...CONTACT, ContactPersonId: ' ' }])],
    ['a missing column', page([{ ...CONTACT, IsInactive: undefined }])],
    ['a list in a column', page([{ ...CONTACT, PrimaryPhoneNumber: [5] }])],
    ['a row of another company', page([CONTACT, { ...CONTACT, dataAreaId: 'demf' }])],
    ['a link to another host', page([CONTACT], 'https://evil.example/data/ContactPersons')],
  ])('with %s is an error', async (_what, reply) => {
    const { client } = await clientOf(reply);
    const failure = await failureOf(client.readRecordsPage(contacts));
    expect(failure).toMatchObject({ system: 'dynamics', operation: 'read ContactPersons', kind: 'unexpected' });
    expect(failure.message).not.toContain('Alicia');
  });
});
