import { afterEach, describe, expect, it } from '@jest/globals';
import { entityOf } from '../../../domain/entities.ts';
import { TEST_SETTINGS } from '../../fixtures/accounts.ts';
import { failureOf } from '../kit.ts';
import { closeErp, contacts, customers, readAll, startErp } from './kit.ts';

afterEach(closeErp);

/** Returns the contacts of a company with another entity set. */
function contactsOf(entitySet: string): typeof contacts {
  const { dynamics } = TEST_SETTINGS;
  const entitySets = { ...dynamics.entitySets, contacts: entitySet };
  const settings = { ...TEST_SETTINGS, dynamics: { ...dynamics, entitySets } };
  return { legalEntity: 'usmf', entity: entityOf({ settings, externalIdTemplate: '{accountNumber}' }, 'contact') };
}

const PERSON = {
  ContactPersonPartyNumber: '000000990',
  AssociatedPartyNumber: '000000900',
  FirstName: 'Maya',
  LastName: 'Laurent',
  PrimaryEmailAddress: 'Maya.Laurent@LamnaHealthcare.example',
};

describe('contacts of the simulated F&O', () => {
  it('are read page by page for one company, including inactive ones', async () => {
    const { client, erp } = await startErp(50);
    erp.state.generateContacts('usmf', 230);
    erp.state.generateContacts('frrt', 7);
    erp.state.upsertContact('usmf', 'GONE', { ...PERSON, IsInactive: 'Yes', EmploymentJobTitle: 'Owner' });
    const { records, rows } = await readAll(client, { ...contacts, legalEntity: 'USMF' });
    expect(rows).toBe(231);
    expect(new Set(records.map(({ key }) => key)).size).toBe(231);
    expect(records.every(({ legalEntity, name }) => legalEntity === 'usmf' && name !== '')).toBe(true);
    expect(records.find(({ key }) => key === 'GONE')).toEqual({
      legalEntity: 'usmf',
      kind: 'contact',
      key: 'GONE',
      name: 'Maya Laurent',
      party: '000000900',
      person: '000000990',
      email: 'Maya.Laurent@LamnaHealthcare.example',
      isInactive: true,
      values: { PrimaryPhoneNumber: null, EmploymentJobTitle: 'Owner' },
    });
    expect((await readAll(client, { ...contacts, legalEntity: 'frrt' })).records).toHaveLength(7);
    expect((await readAll(client, { ...contacts, legalEntity: 'gbsi' })).records).toEqual([]);
  });

  it('are looked up by key, without `*` as a wildcard', async () => {
    const { client, erp } = await startErp(50);
    for (const id of ['A*1', 'AB1', "O'B & C"]) erp.state.upsertContact('usmf', id, { ...PERSON, FirstName: id });
    erp.state.upsertContact('frrt', 'AB1', PERSON);
    const keys = ['a*1', "O'B & C", 'nobody', ''];
    const found = await client.readRecords({ ...contacts, keys });
    expect(found.map(({ key, name }) => [key, name]).sort()).toEqual([
      ['A*1', 'A*1 Laurent'],
      ["O'B & C", "O'B & C Laurent"],
    ]);
    expect(await client.readRecords({ ...contacts, keys: [] })).toEqual([]);
  });

  it('are readable only with the privilege', async () => {
    const { client, erp } = await startErp(50);
    expect(await client.canRead(contacts)).toBe(true);
    Object.assign(erp.settings, { deniedEntitySets: ['ContactPersons'] });
    expect(await client.canRead(contacts)).toBe(false);
    expect(await client.canRead(customers)).toBe(true);
    expect((await failureOf(client.readRecordsPage(contacts))).advice).toContain('smmContactPersonV2Entity');
  });

  it('are also read from the CDS entity set, once per person although it has a row per account', async () => {
    const { client, erp } = await startErp(50);
    const cds = contactsOf('CDSContactPersonsV2');
    erp.state.upsertCustomer('usmf', 'C-1', { PartyNumber: '000000900', OrganizationName: 'Lamna' });
    erp.state.upsertVendor('usmf', 'V-1', { VendorPartyNumber: '000000900', VendorOrganizationName: 'Lamna' });
    erp.state.upsertContact('usmf', '000903', { ...PERSON, ContactPersonName: 'Other', EmploymentJobTitle: 'Owner' });
    erp.state.upsertContact('usmf', '000904', { ...PERSON, AssociatedPartyNumber: '' });
    const { records, rows } = await readAll(client, cds);
    expect(rows).toBe(2);
    const maya = {
      legalEntity: 'usmf',
      kind: 'contact',
      key: '000903',
      name: 'Maya Laurent',
      party: '000000900',
      person: '000000990',
      isInactive: false,
    };
    expect(records).toEqual([{ ...maya, email: PERSON.PrimaryEmailAddress, values: { PrimaryPhoneNumber: null } }]);
    expect(await client.readRecords({ ...cds, keys: ['000903'] })).toEqual(records);
    expect(await client.canRead(cds)).toBe(true);
  });

  it('are missing in an environment without the entity set, with an advice about the setting', async () => {
    const { client } = await startErp(50);
    const failure = await failureOf(client.readRecordsPage(contactsOf('ContactsV2')));
    expect(failure).toMatchObject({ kind: 'missing', operation: 'read ContactsV2' });
    expect(failure.advice).toContain('names of the entity sets');
  });
});
