import type { Contact } from './contact.ts';
import {
  accountNotSynced,
  CONTACT_INACTIVE,
  EMAIL_MALFORMED,
  EMAIL_MISSING,
  NO_ACCOUNT,
  samePerson,
  sharedEmail,
  sharedEmailRejected,
} from './contact-remarks.ts';
import { isEmail } from './email.ts';
import { externalIdKey, renderExternalId } from '../sync/external-id.ts';
import { recordKeyText, type RecordKey } from '../sync/record.ts';
import { externalIdContested, type Rejection, type Remark } from '../sync/rejection.ts';

/** An account that a contact belongs to, and the organization it is linked to; null when to none. */
export interface TiedAccount {
  readonly account: string;
  readonly organizationId: string | null;
}

/** One contact row of a person, as the store knows it. */
export interface PersonRow {
  readonly row: RecordKey;
  /** Whether the row is there and not inactive. */
  readonly isActive: boolean;
  readonly externalId: string | null;
  readonly zendeskId: string | null;
  readonly accounts: readonly TiedAccount[];
}

/** What surrounds a contact while it is settled: all rows of its person, itself included, in the order of their keys. */
export interface ContactSurroundings {
  readonly person: readonly PersonRow[];
  /** Key text of the contact that has reserved this contact's email address. */
  readonly emailHolder: string | undefined;
  externalIdHolder(externalIdKey: string): string | undefined;
}

/** How a connection settles contacts. */
export interface ContactPolicy {
  readonly template: string;
  readonly sharedMailbox: 'first' | 'reject';
}

/** A contact that is to be a user: of these organizations, the first one its default; `email` is null when it gets none. */
export interface SettledContact {
  readonly externalId: string;
  readonly organizationIds: readonly string[];
  readonly email: string | null;
  readonly remark: Remark | null;
  /** The row of the same person that had the user until now, when it was another one. */
  readonly takesOver: RecordKey | null;
}

/** What settling a contact comes to: a user, or why there is none of its own. */
export type ContactSettlement =
  | SettledContact
  | { readonly skipped: Remark }
  | { readonly follows: RecordKey; readonly remark: Remark }
  | { readonly rejection: Rejection };

/** Settles one contact. Pure; contacts come in the order of their rank, so that an address goes to the first that has it. */
export function settleContact(
  contact: Contact,
  at: { around: ContactSurroundings; policy: ContactPolicy },
): ContactSettlement {
  const { person } = at.around;
  if (contact.isInactive) return { skipped: CONTACT_INACTIVE };
  const lead = leadOf(person);
  if (lead !== undefined && !isSame(lead.row, contact))
    return { follows: lead.row, remark: samePerson(recordKeyText(lead.row)) };
  const tied = tiedAccounts(person, contact);
  if (tied.length === 0) return { skipped: NO_ACCOUNT };
  const organizationIds = [...new Set(tied.flatMap(({ organizationId }) => organizationId ?? []))];
  if (organizationIds.length === 0) return { rejection: accountNotSynced(tied.map(({ account }) => account)) };
  return settleUser(contact, organizationIds, at);
}

/** The row that a person is written from: the one that has the user, else the first; only active rows count. */
function leadOf(person: readonly PersonRow[]): PersonRow | undefined {
  const active = person.filter(({ isActive }) => isActive);
  return (
    active.find(({ zendeskId }) => zendeskId !== null) ??
    active.find(({ externalId }) => externalId !== null) ??
    active[0]
  );
}

function isSame(one: RecordKey, other: RecordKey): boolean {
  return recordKeyText(one) === recordKeyText(other);
}

/** The accounts of all active rows of a person, those of its own row first. */
function tiedAccounts(person: readonly PersonRow[], own: RecordKey): readonly TiedAccount[] {
  const active = person.filter(({ isActive }) => isActive);
  const first = active.filter(({ row }) => isSame(row, own));
  const others = active.filter(({ row }) => !isSame(row, own));
  return [...first, ...others].flatMap(({ accounts }) => accounts);
}

function settleUser(
  contact: Contact,
  organizationIds: readonly string[],
  { around, policy }: { around: ContactSurroundings; policy: ContactPolicy },
): ContactSettlement {
  const self = recordKeyText(contact);
  const held = around.person.find(({ row }) => isSame(row, contact));
  const former = around.person.find(({ row, externalId }) => externalId !== null && !isSame(row, contact));
  const reserved = held?.externalId ?? former?.externalId ?? null;
  const rendered = isOfPerson(reserved, around.person, policy)
    ? { externalId: reserved }
    : renderExternalId(policy.template, contact);
  if ('rejection' in rendered) return rendered;
  const { externalId } = rendered;
  const takesOver = held?.externalId === null && former !== undefined ? former.row : null;
  const holder = around.externalIdHolder(externalIdKey(externalId));
  const isTaken =
    holder !== undefined && holder !== self && (takesOver === null || holder !== recordKeyText(takesOver));
  if (isTaken) return { rejection: externalIdContested(externalId, holder) };
  const email = settleEmail(contact, around, policy);
  return 'rejection' in email ? email : { externalId, organizationIds, takesOver, ...email };
}

/** Whether an external id is that of a row of the person: it stays then; under another template the user gets a new one. */
function isOfPerson(
  externalId: string | null,
  person: readonly PersonRow[],
  { template }: ContactPolicy,
): externalId is string {
  return person.some(({ row }) => {
    const rendered = renderExternalId(template, row);
    return (
      'externalId' in rendered &&
      externalId !== null &&
      externalIdKey(rendered.externalId) === externalIdKey(externalId)
    );
  });
}

function settleEmail(
  contact: Contact,
  { emailHolder: holder, person }: ContactSurroundings,
  { sharedMailbox }: ContactPolicy,
): { email: string | null; remark: Remark | null } | { rejection: Rejection } {
  if (contact.email === '') return { email: null, remark: EMAIL_MISSING };
  if (!isEmail(contact.email)) return { email: null, remark: EMAIL_MALFORMED };
  if (holder === undefined || person.some(({ row }) => recordKeyText(row) === holder))
    return { email: contact.email.trim(), remark: null };
  return sharedMailbox === 'reject'
    ? { rejection: sharedEmailRejected(holder) }
    : { email: null, remark: sharedEmail(holder) };
}
