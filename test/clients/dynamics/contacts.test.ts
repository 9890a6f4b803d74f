import { afterEach, describe, expect, it } from '@jest/globals';
import { closeLoopbacks } from '../../fixtures/loopback.ts';
import { failureOf } from '../kit.ts';
import { clientOf, CONTACT, page } from './kit.ts';

afterEach(closeLoopbacks);

const usmf = { legalEntity: 'usmf' } as const;

describe('a page of contacts', () => {
  it('is asked for across companies, with a company, named columns and the whole key as order', async () => {
    const { erp, client } = await clientOf(page([]));
    expect(await client.readContactsPage(usmf)).toEqual({ contacts: [], nextLink: null, rows: 0 });
    const url = new URL(erp.requests[0]?.url ?? '', erp.origin);
    expect(url.pathname).toBe('/data/ContactPersons');
    expect(Object.fromEntries(url.searchParams)).toMatchObject({
      'cross-company': 'true',
      $filter: "dataAreaId eq 'usmf'",
      $orderby: 'dataAreaId,ContactPersonId',
    });
    expect(url.searchParams.get('$select')?.split(',').sort()).toEqual(Object.keys(CONTACT).sort());
  });

  it('gives contacts, each once, and counts what was sent', async () => {
    const { client } = await clientOf(page([CONTACT, CONTACT, { ...CONTACT, ContactPersonId: ' 2' }]));
    const { contacts, rows } = await client.readContactsPage(usmf);
    expect(rows).toBe(3);
    expect(contacts.map(({ key }) => key)).toEqual(['000001', ' 2']);
    expect(contacts[0]).toEqual({
      legalEntity: 'usmf',
      kind: 'contact',
      key: '000001',
      name: 'Alicia Thornber',
      personParty: '000001001',
      accountParty: '000001',
      email: 'Alicia@Contoso.example',
      phone: '+1 425 555 0100',
      jobTitle: 'Owner',
      isInactive: false,
    });
  });

  it.each([
    [{ ContactPersonName: ' ', MiddleName: ' M.' }, { name: 'Alicia M. Thornber' }],
    [{ ContactPersonName: null, FirstName: '', LastName: '' }, { name: 'Ali' }],
    [{ ContactPersonName: '', FirstName: '', LastName: '', KnownAsName: '' }, { name: 'THORNBER' }],
    [{ ContactPersonName: '', FirstName: '', LastName: '', KnownAsName: '', SearchName: '' }, { name: '' }],
    [{ ContactPersonName: 'Two\r\nlines' }, { name: 'Two lines' }],
    [{ IsInactive: 'Yes' }, { isInactive: true }],
    [{ IsInactive: '' }, { isInactive: false }],
    [
      { PrimaryEmailAddress: null, PrimaryPhoneNumber: '', EmploymentJobTitle: null },
      { email: '', phone: '', jobTitle: '' },
    ],
  ])('with %j is read as %j', async (fields, contact) => {
    const { client } = await clientOf(page([{ ...CONTACT, ...fields }]));
    expect((await client.readContactsPage(usmf)).contacts).toMatchObject([contact]);
  });

  it.each([
    ['an empty key', page([{ ...CONTACT, ContactPersonId: ' ' }])],
    ['a missing column', page([{ ...CONTACT, IsInactive: undefined }])],
    ['a column of another type', page([{ ...CONTACT, PrimaryPhoneNumber: 5 }])],
    ['a row of another company', page([CONTACT, { ...CONTACT, dataAreaId: 'demf' }])],
    ['a link to elsewhere', page([CONTACT], 'https://evil.example/data/ContactPersons')],
  ])('with %s is not taken', async (_what, reply) => {
    const { client } = await clientOf(reply);
    const failure = await failureOf(client.readContactsPage(usmf));
    expect(failure).toMatchObject({ system: 'dynamics', operation: 'read ContactPersons', kind: 'unexpected' });
    expect(failure.message).not.toContain('Alicia');
  });
});
