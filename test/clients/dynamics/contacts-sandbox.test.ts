import { afterEach, describe, expect, it } from '@jest/globals';
import type { DynamicsClient } from '../../../clients/dynamics/client.ts';
import type { Contact } from '../../../domain/contacts/contact.ts';
import { failureOf } from '../kit.ts';
import { closeErp, startErp } from './kit.ts';

afterEach(closeErp);

async function readAll(client: DynamicsClient, legalEntity: string): Promise<{ contacts: Contact[]; rows: number }> {
  const contacts: Contact[] = [];
  let rows = 0;
  let nextLink: string | undefined;
  do {
    const page = await client.readContactsPage({ legalEntity, nextLink });
    contacts.push(...page.contacts);
    rows += page.rows;
    nextLink = page.nextLink ?? undefined;
  } while (nextLink !== undefined);
  return { contacts, rows };
}

const PERSON = {
  ContactPersonPartyNumber: '000000990',
  AssociatedPartyNumber: '000000900',
  FirstName: 'Maya',
  LastName: 'Laurent',
  PrimaryEmailAddress: 'Maya.Laurent@LamnaHealthcare.example',
};

describe('contacts of the simulated F&O', () => {
  it('are read page by page for one company, inactive ones too', async () => {
    const { client, erp } = await startErp(50);
    erp.state.generateContacts('usmf', 230);
    erp.state.generateContacts('frrt', 7);
    erp.state.upsertContact('usmf', 'GONE', { ...PERSON, IsInactive: 'Yes', EmploymentJobTitle: 'Owner' });
    const { contacts, rows } = await readAll(client, 'USMF');
    expect(rows).toBe(231);
    expect(new Set(contacts.map(({ key }) => key)).size).toBe(231);
    expect(contacts.every(({ legalEntity, name }) => legalEntity === 'usmf' && name !== '')).toBe(true);
    expect(contacts.find(({ key }) => key === 'GONE')).toEqual({
      legalEntity: 'usmf',
      kind: 'contact',
      key: 'GONE',
      name: 'Maya Laurent',
      personParty: '000000990',
      accountParty: '000000900',
      email: 'Maya.Laurent@LamnaHealthcare.example',
      phone: '',
      jobTitle: 'Owner',
      isInactive: true,
    });
    expect((await readAll(client, 'frrt')).contacts).toHaveLength(7);
    expect((await readAll(client, 'gbsi')).contacts).toEqual([]);
  });

  it('are looked up one by one, a star taken literally', async () => {
    const { client, erp } = await startErp(50);
    for (const id of ['A*1', 'AB1', "O'B & C"]) erp.state.upsertContact('usmf', id, { ...PERSON, FirstName: id });
    erp.state.upsertContact('frrt', 'AB1', PERSON);
    const contactIds = ['a*1', "O'B & C", 'nobody', ''];
    const found = await client.readContacts({ legalEntity: 'usmf', contactIds });
    expect(found.map(({ key, name }) => [key, name]).sort()).toEqual([
      ['A*1', 'A*1 Laurent'],
      ["O'B & C", "O'B & C Laurent"],
    ]);
    expect(await client.readContacts({ legalEntity: 'usmf', contactIds: [] })).toEqual([]);
  });

  it('can be read, or cannot for want of a privilege', async () => {
    const { client, erp } = await startErp(50);
    const wanted = { legalEntity: 'usmf', kind: 'contact' } as const;
    expect(await client.canRead(wanted)).toBe(true);
    Object.assign(erp.settings, { deniedEntitySets: ['ContactPersons'] });
    expect(await client.canRead(wanted)).toBe(false);
    expect(await client.canRead({ ...wanted, kind: 'customer' })).toBe(true);
    expect((await failureOf(client.readContactsPage(wanted))).advice).toContain('smmContactPersonV2Entity');
  });

  it('come from the CDS set as well, once per person though it has a row per account', async () => {
    const { client, erp } = await startErp(50, 'CDSContactPersonsV2');
    erp.state.upsertCustomer('usmf', 'C-1', { PartyNumber: '000000900', OrganizationName: 'Lamna' });
    erp.state.upsertVendor('usmf', 'V-1', { VendorPartyNumber: '000000900', VendorOrganizationName: 'Lamna' });
    erp.state.upsertContact('usmf', '000903', { ...PERSON, ContactPersonName: 'Other', EmploymentJobTitle: 'Owner' });
    erp.state.upsertContact('usmf', '000904', { ...PERSON, AssociatedPartyNumber: '' });
    const { contacts, rows } = await readAll(client, 'usmf');
    expect(rows).toBe(2);
    const maya = {
      legalEntity: 'usmf',
      kind: 'contact',
      key: '000903',
      name: 'Maya Laurent',
      accountParty: '000000900',
    };
    expect(contacts).toMatchObject([{ ...maya, jobTitle: '', isInactive: false }]);
    expect(await client.readContacts({ legalEntity: 'usmf', contactIds: ['000903'] })).toEqual(contacts);
    expect(await client.canRead({ legalEntity: 'usmf', kind: 'contact' })).toBe(true);
  });

  it('of a set that the environment does not have are missing, with the setting named', async () => {
    const { client } = await startErp(50, 'ContactsV2');
    const failure = await failureOf(client.readContactsPage({ legalEntity: 'usmf' }));
    expect(failure).toMatchObject({ kind: 'missing', operation: 'read ContactsV2' });
    expect(failure.advice).toContain('names of the entity sets');
  });
});
