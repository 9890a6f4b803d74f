import { describe, expect, it } from '@jest/globals';
import {
  reserveContact,
  type ContactPolicy,
  type PersonRow,
  type TiedAccount,
} from '../../../domain/contacts/reserve-contact.ts';
import { keyOf, type ErpRecord } from '../../../domain/sync/record.ts';
import { contactOf } from '../../fixtures/people-records.ts';

const POLICY: ContactPolicy = { templates: { contact: '{legalEntity}:{contactId}' }, sharedMailbox: 'first' };
const A1: TiedAccount = { account: 'usmf/customer/A1', organizationId: '1' };
const B1: TiedAccount = { account: 'usmf/vendor/B1', organizationId: '2' };

interface Scene {
  readonly others?: readonly PersonRow[];
  readonly own?: Partial<PersonRow>;
  readonly emailHolder?: string;
  readonly externalIds?: Readonly<Record<string, string>>;
  readonly policy?: Partial<ContactPolicy>;
}

function rowOf(contact: ErpRecord, members: Partial<PersonRow> = {}): PersonRow {
  return {
    row: keyOf(contact),
    isActive: !contact.isInactive,
    isUnseen: false,
    externalId: null,
    zendeskId: null,
    accounts: [A1],
    ...members,
  };
}

/** Reserves a contact among the rows of its person, in the order of their keys. */
function reserve(contact: ErpRecord, { others = [], own = {}, emailHolder, externalIds = {}, policy }: Scene = {}) {
  const rows = [...others, rowOf(contact, own)];
  const person = rows.sort((a, b) => (textOf(a) < textOf(b) ? -1 : 1));
  const context = { person, emailHolder, externalIdHolder: (key: string) => externalIds[key] };
  return reserveContact(contact, { context, policy: { ...POLICY, ...policy } });
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

describe('the reservation of a contact', () => {
  it('is a user without the address if Zendesk refused it, or if F&O lacks the column', () => {
    const context = { person: [rowOf(K1)], emailHolder: undefined, externalIdHolder: () => undefined };
    const refused = reserveContact(K1, { context: { ...context, emailRefusal: 'it is odd' }, policy: POLICY });
    expect(refused).toMatchObject({ email: null, remark: { code: 'email_refused' } });
    const unread = reserveContact(contactOf('K1', { email: null, unread: ['email'] }), { context, policy: POLICY });
    expect(unread).toMatchObject({ email: null, remark: null });
  });

  it('is a user of its account with the address of the ERP', () => {
    expect(reserve(K1)).toEqual(USER);
  });

  it('is skipped when the contact is inactive or belongs to no account', () => {
    expect(reserve(contactOf('K1', { isInactive: true }))).toMatchObject({ skipped: { code: 'contact_inactive' } });
    expect(reserve(K1, { own: { accounts: [] } })).toMatchObject({ skipped: { code: 'no_account' } });
  });

  it('is rejected while none of its accounts has an organization, and takes the accounts that have one', () => {
    const without = { ...B1, organizationId: null };
    const rejected = reserve(K1, { own: { accounts: [without] } });
    expect(rejected).toMatchObject({ rejection: { code: 'account_not_synced' } });
    expect(JSON.stringify(rejected)).toContain('usmf/vendor/B1');
    expect(reserve(K1, { own: { accounts: [without, A1] } })).toEqual(USER);
  });

  it('names each organization once, in the order of the accounts', () => {
    expect(reserve(K1, { own: { accounts: [B1, A1, { ...B1, account: 'usmf/customer/B1' }] } })).toMatchObject({
      organizationIds: ['2', '1'],
    });
  });

  it('is rejected when another contact holds its external id, whatever its case', () => {
    expect(reserve(K1, { externalIds: { 'usmf:k1': 'usmf/contact/k1' } })).toMatchObject({
      rejection: { code: 'external_id_contested' },
    });
    expect(reserve(K1, { externalIds: { 'usmf:k1': 'usmf/contact/K1' } })).toEqual(USER);
  });

  it('is rejected with an external id by which Zendesk could not find the user', () => {
    expect(reserve(contactOf('K,1'))).toMatchObject({ rejection: { code: 'external_id_unsupported' } });
  });
});

describe('the reservation of a contact under another template', () => {
  const policy = { templates: { contact: '{contactId}@{legalEntity}' } };

  it('has a new external id for the same user', () => {
    const own = { externalId: 'usmf:K1', zendeskId: '7' };
    expect(reserve(K1, { own, policy })).toEqual({ ...USER, externalId: 'K1@usmf' });
  });

  it('keeps the external id of another row of the person', () => {
    const own = { externalId: 'K0@usmf', zendeskId: '7' };
    const others = [rowOf(contactOf('K0'), { isActive: false })];
    expect(reserve(K1, { own, others, policy })).toEqual({ ...USER, externalId: 'K0@usmf' });
  });

  it('is not held up by a row of a kind that the connection no longer has', () => {
    const own = { externalId: 'usmf:K1', zendeskId: '7' };
    const others = [rowOf(contactOf('K0', { kind: 'agent' }), { isActive: false })];
    expect(reserve(K1, { own, others, policy })).toEqual({ ...USER, externalId: 'K1@usmf' });
  });
});

describe('the reserved address of a contact', () => {
  it('is none where the ERP has none, or one that is not an address', () => {
    expect(reserve(contactOf('K1', { email: null }))).toEqual({
      ...USER,
      email: null,
      remark: expect.objectContaining({ code: 'email_missing' }),
    });
    expect(reserve(contactOf('K1', { email: 'ask at the desk' }))).toMatchObject({
      email: null,
      remark: { code: 'email_malformed' },
    });
  });

  it('is the address as typed, without the blanks around it', () => {
    expect(reserve(contactOf('K1', { email: ' K1@Contoso.Example ' }))).toMatchObject({ email: 'K1@Contoso.Example' });
  });

  it('is none where another contact holds the same address', () => {
    const shared = reserve(K1, { emailHolder: 'usmf/contact/K0' });
    expect(shared).toMatchObject({ externalId: 'usmf:K1', email: null, remark: { code: 'email_shared' } });
    expect(reserve(K1, { emailHolder: 'usmf/contact/K1' })).toEqual(USER);
  });

  it('is a reason to reject where the connection wants shared mailboxes rejected', () => {
    const policy = { sharedMailbox: 'reject' as const };
    expect(reserve(K1, { emailHolder: 'usmf/contact/K0', policy })).toMatchObject({
      rejection: { code: 'email_shared' },
    });
  });
});

describe('the reservation of a person with several rows', () => {
  const french = contactOf('K9', { legalEntity: 'frrt', person: K1.person });
  const inFrance = (members: Partial<PersonRow> = {}) =>
    rowOf(french, { accounts: [{ account: 'frrt/customer/F1', organizationId: '9' }], ...members });

  it('is one user from the first row, a member of the organizations of all rows', () => {
    expect(reserve(french, { own: inFrance(), others: [rowOf(K1)] })).toMatchObject({
      externalId: 'frrt:K9',
      organizationIds: ['9', '1'],
    });
    expect(reserve(K1, { others: [inFrance()] })).toMatchObject({
      follows: { legalEntity: 'frrt', key: 'K9' },
      remark: { code: 'same_person' },
    });
  });

  it('stays with the row that has the user, whose own accounts come first', () => {
    const own = { externalId: 'usmf:K1', zendeskId: '7' };
    expect(reserve(K1, { own, others: [inFrance()] })).toMatchObject({
      externalId: 'usmf:K1',
      organizationIds: ['1', '9'],
      takesOver: null,
    });
    expect(reserve(french, { own: inFrance(), others: [rowOf(K1, own)] })).toHaveProperty('follows');
  });

  it('leaves out rows that are inactive', () => {
    expect(reserve(K1, { others: [inFrance({ isActive: false })] })).toEqual(USER);
  });

  it('keeps the organizations of a row that the last reading merely did not contain', () => {
    const unseen = inFrance({ isActive: false, isUnseen: true });
    expect(reserve(K1, { others: [unseen] })).toMatchObject({ organizationIds: ['1', '9'], takesOver: null });
    const lead = inFrance({ isActive: false, isUnseen: true, externalId: 'frrt:K9', zendeskId: '7' });
    expect(reserve(K1, { others: [lead] })).toMatchObject({
      organizationIds: ['1', '9'],
      externalId: 'frrt:K9',
      takesOver: { key: 'K9' },
    });
  });

  it('passes the user to the next row under the same external id when the first becomes inactive', () => {
    const former = inFrance({ isActive: false, externalId: 'frrt:K9', zendeskId: '7' });
    const externalIds = { 'frrt:k9': 'frrt/contact/K9' };
    expect(reserve(K1, { others: [former], externalIds, emailHolder: 'frrt/contact/K9' })).toEqual({
      ...USER,
      externalId: 'frrt:K9',
      takesOver: { legalEntity: 'frrt', kind: 'contact', key: 'K9' },
    });
  });
});
