import { describe, expect, it } from '@jest/globals';
import type { Contact } from '../../../domain/contacts/contact.ts';
import {
  settleContact,
  type ContactPolicy,
  type PersonRow,
  type TiedAccount,
} from '../../../domain/contacts/reserve-contact.ts';
import { contactOf } from '../../fixtures/people-records.ts';

const POLICY: ContactPolicy = { template: '{legalEntity}:{contactId}', sharedMailbox: 'first' };
const A1: TiedAccount = { account: 'usmf/customer/A1', organizationId: '1' };
const B1: TiedAccount = { account: 'usmf/vendor/B1', organizationId: '2' };

interface Scene {
  readonly others?: readonly PersonRow[];
  readonly own?: Partial<PersonRow>;
  readonly emailHolder?: string;
  readonly externalIds?: Readonly<Record<string, string>>;
  readonly policy?: Partial<ContactPolicy>;
}

function rowOf(contact: Contact, members: Partial<PersonRow> = {}): PersonRow {
  const { legalEntity, kind, key, isInactive } = contact;
  const row = { legalEntity, kind, key };
  return { row, isActive: !isInactive, externalId: null, zendeskId: null, accounts: [A1], ...members };
}

/** Settles a contact among the rows of its person, in the order of their keys. */
function settle(contact: Contact, { others = [], own = {}, emailHolder, externalIds = {}, policy }: Scene = {}) {
  const rows = [...others, rowOf(contact, own)];
  const person = rows.sort((a, b) => (textOf(a) < textOf(b) ? -1 : 1));
  const around = { person, emailHolder, externalIdHolder: (key: string) => externalIds[key] };
  return settleContact(contact, { around, policy: { ...POLICY, ...policy } });
}

const textOf = ({ row }: PersonRow): string => `${row.legalEntity}/${row.key}`;
const K1 = contactOf('K1');
const USER = {
  externalId: 'usmf:K1',
  organizationIds: ['1'],
  email: 'k1@contoso.example',
  remark: null,
  takesOver: null,
};

describe('settling a contact', () => {
  it('makes it a user of its account with the address of the ERP', () => {
    expect(settle(K1)).toEqual(USER);
  });

  it('skips it when it is inactive or belongs to no account', () => {
    expect(settle(contactOf('K1', { isInactive: true }))).toMatchObject({ skipped: { code: 'contact_inactive' } });
    expect(settle(K1, { own: { accounts: [] } })).toMatchObject({ skipped: { code: 'no_account' } });
  });

  it('rejects it while none of its accounts has an organization, and takes those that have one', () => {
    const without = { ...B1, organizationId: null };
    const rejected = settle(K1, { own: { accounts: [without] } });
    expect(rejected).toMatchObject({ rejection: { code: 'account_not_synced' } });
    expect(JSON.stringify(rejected)).toContain('usmf/vendor/B1');
    expect(settle(K1, { own: { accounts: [without, A1] } })).toEqual(USER);
  });

  it('belongs to each organization once, in the order of its accounts', () => {
    expect(settle(K1, { own: { accounts: [B1, A1, { ...B1, account: 'usmf/customer/B1' }] } })).toMatchObject({
      organizationIds: ['2', '1'],
    });
  });

  it('rejects it when another contact holds its external id, whatever its case', () => {
    expect(settle(K1, { externalIds: { 'usmf:k1': 'usmf/contact/k1' } })).toMatchObject({
      rejection: { code: 'external_id_contested' },
    });
    expect(settle(K1, { externalIds: { 'usmf:k1': 'usmf/contact/K1' } })).toEqual(USER);
  });

  it('rejects an id that could not be looked up', () => {
    expect(settle(contactOf('K,1'))).toMatchObject({ rejection: { code: 'external_id_unsupported' } });
  });
});

describe('settling a contact under another template', () => {
  const policy = { template: '{contactId}@{legalEntity}' };

  it('renders its external id anew, for the user that it has', () => {
    const own = { externalId: 'usmf:K1', zendeskId: '7' };
    expect(settle(K1, { own, policy })).toEqual({ ...USER, externalId: 'K1@usmf' });
  });

  it('keeps the external id of another row of its person', () => {
    const own = { externalId: 'K0@usmf', zendeskId: '7' };
    const others = [rowOf(contactOf('K0'), { isActive: false })];
    expect(settle(K1, { own, others, policy })).toEqual({ ...USER, externalId: 'K0@usmf' });
  });
});

describe('settling the address of a contact', () => {
  it('sends none where the ERP has none, or one that is no address', () => {
    expect(settle(contactOf('K1', { email: '' }))).toEqual({
      ...USER,
      email: null,
      remark: expect.objectContaining({ code: 'email_missing' }),
    });
    expect(settle(contactOf('K1', { email: 'ask at the desk' }))).toMatchObject({
      email: null,
      remark: { code: 'email_malformed' },
    });
  });

  it('sends it as typed, without the blanks around it', () => {
    expect(settle(contactOf('K1', { email: ' K1@Contoso.Example ' }))).toMatchObject({ email: 'K1@Contoso.Example' });
  });

  it('leaves a shared mailbox to the contact that holds it', () => {
    const shared = settle(K1, { emailHolder: 'usmf/contact/K0' });
    expect(shared).toMatchObject({ externalId: 'usmf:K1', email: null, remark: { code: 'email_shared' } });
    expect(settle(K1, { emailHolder: 'usmf/contact/K1' })).toEqual(USER);
  });

  it('rejects the others where the connection wants it so', () => {
    const policy = { sharedMailbox: 'reject' as const };
    expect(settle(K1, { emailHolder: 'usmf/contact/K0', policy })).toMatchObject({
      rejection: { code: 'email_shared' },
    });
  });
});

describe('settling a person with several rows', () => {
  const french = contactOf('K9', { legalEntity: 'frrt', personParty: K1.personParty });
  const inFrance = (members: Partial<PersonRow> = {}) =>
    rowOf(french, { accounts: [{ account: 'frrt/customer/F1', organizationId: '9' }], ...members });

  it('writes one user from the first row, a member of the organizations of all', () => {
    expect(settle(french, { own: inFrance(), others: [rowOf(K1)] })).toMatchObject({
      externalId: 'frrt:K9',
      organizationIds: ['9', '1'],
    });
    expect(settle(K1, { others: [inFrance()] })).toMatchObject({
      follows: { legalEntity: 'frrt', key: 'K9' },
      remark: { code: 'same_person' },
    });
  });

  it('goes on writing from the row that has the user, its own accounts first', () => {
    const own = { externalId: 'usmf:K1', zendeskId: '7' };
    expect(settle(K1, { own, others: [inFrance()] })).toMatchObject({
      externalId: 'usmf:K1',
      organizationIds: ['1', '9'],
      takesOver: null,
    });
    expect(settle(french, { own: inFrance(), others: [rowOf(K1, own)] })).toHaveProperty('follows');
  });

  it('leaves out rows that are inactive', () => {
    expect(settle(K1, { others: [inFrance({ isActive: false })] })).toEqual(USER);
  });

  it('gives the user to the next row when its own becomes inactive, under the same external id', () => {
    const former = inFrance({ isActive: false, externalId: 'frrt:K9', zendeskId: '7' });
    const externalIds = { 'frrt:k9': 'frrt/contact/K9' };
    expect(settle(K1, { others: [former], externalIds, emailHolder: 'frrt/contact/K9' })).toEqual({
      ...USER,
      externalId: 'frrt:K9',
      takesOver: { legalEntity: 'frrt', kind: 'contact', key: 'K9' },
    });
  });
});
