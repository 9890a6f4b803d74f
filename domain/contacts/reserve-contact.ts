import { externalIdKey, renderExternalId } from '../sync/external-id.ts';
import { recordKeyText, type ErpRecord, type RecordKey } from '../sync/record.ts';
import { externalIdContested, type Rejection, type Remark } from '../sync/rejection.ts';
import {
  accountNotSynced,
  CONTACT_INACTIVE,
  EMAIL_MALFORMED,
  EMAIL_MISSING,
  emailRefused,
  memberWithoutAccount,
  NO_ACCOUNT,
  personMerged,
  samePerson,
  sharedEmail,
  sharedEmailRejected,
} from './contact-remarks.ts';
import { cleanEmail, isEmail } from './email.ts';

/** An account that a contact belongs to, with its linked organization, or null. */
export interface TiedAccount {
  readonly account: string;
  readonly organizationId: string | null;
}

/** A stored contact of a person. One person can have several. */
export interface PersonRow {
  readonly row: RecordKey;
  /** True when the contact is present and not inactive. */
  readonly isActive: boolean;
  /** True when the contact was active the last time that F&O returned it, but the last reading did not contain it. */
  readonly isUnseen: boolean;
  readonly externalId: string | null;
  readonly zendeskId: string | null;
  /** True when the user of the contact was deleted, or merged into another one. */
  readonly isUserGone?: boolean;
  /** The accounts of which its user is a member. Only known for a contact without accounts. */
  readonly memberOf?: readonly string[];
  readonly accounts: readonly TiedAccount[];
}

/**
 * The context of a contact while it reserves: all contacts of its person, including itself, in the order of their keys.
 */
export interface ContactContext {
  readonly person: readonly PersonRow[];
  /** The key text of the contact that has reserved the email address of this contact. */
  readonly emailHolder: string | undefined;
  /** The reason why Zendesk refused this email address for this contact; null or undefined if it did not. */
  readonly emailRefusal?: string | null;
  /** Returns the key text of the contact that has reserved an external id. */
  externalIdHolder(externalIdKey: string): string | undefined;
}

/** The policy of a connection for contacts. `templates` are those of external ids, by kind. */
export interface ContactPolicy {
  readonly templates: Readonly<Record<string, string>>;
  readonly sharedMailbox: 'first' | 'reject';
}

/**
 * The reservations of a contact that becomes a user. The first organization is its default. `email` is null if it gets
 * none.
 */
export interface ContactReservation {
  readonly externalId: string;
  readonly organizationIds: readonly string[];
  readonly email: string | null;
  readonly remark: Remark | null;
  /** The contact of the same person that had the user until now, if it was another one. */
  readonly takesOver: RecordKey | null;
}

/** The result of reserving for a contact: its reservations, or why it has no user of its own. */
export type ContactReservationResult =
  | ContactReservation
  | { readonly skipped: Remark }
  | { readonly follows: RecordKey; readonly remark: Remark }
  | { readonly rejection: Rejection };

/**
 * Reserves for one contact. Call it for contacts in the order of their rank, because the first one with an address gets
 * it. Pure: the caller updates the context between contacts.
 */
export function reserveContact(
  contact: ErpRecord,
  at: { context: ContactContext; policy: ContactPolicy },
): ContactReservationResult {
  const { person } = at.context;
  if (contact.defect !== undefined) return { rejection: contact.defect };
  if (contact.isInactive) return { skipped: CONTACT_INACTIVE };
  const lead = leadOf(person);
  if (lead !== undefined && !isSame(lead.row, contact)) return follow(contact, lead, person);
  const tied = tiedAccounts(person, contact);
  if (tied.length === 0) return { skipped: withoutAccount(person) };
  const organizationIds = [...new Set(tied.flatMap(({ organizationId }) => organizationId ?? []))];
  if (organizationIds.length === 0) return { rejection: accountNotSynced(tied.map(({ account }) => account)) };
  return reserveUser(contact, organizationIds, at);
}

/** Returns that a contact follows the lead of its person. Both can have a user if F&O has merged two persons. */
function follow(contact: ErpRecord, lead: PersonRow, person: readonly PersonRow[]): ContactReservationResult {
  const key = recordKeyText(lead.row);
  const own = person.find(({ row }) => isSame(row, contact));
  const isMerged = own !== undefined && hasUser(own) && hasUser(lead);
  const users = { own: own?.zendeskId ?? '', lead: lead.zendeskId ?? '' };
  return { follows: lead.row, remark: isMerged ? personMerged(key, users) : samePerson(key) };
}

function hasUser({ zendeskId, isUserGone = false }: PersonRow): boolean {
  return zendeskId !== null && !isUserGone;
}

function withoutAccount(person: readonly PersonRow[]): Remark {
  const memberOf = [...new Set(person.flatMap(({ memberOf: accounts = [] }) => accounts))];
  return memberOf.length === 0 ? NO_ACCOUNT : memberWithoutAccount(memberOf);
}

/**
 * Returns the active contact from which a person is written: the one that has a user, preferably one that still exists,
 * or else the first.
 */
function leadOf(person: readonly PersonRow[]): PersonRow | undefined {
  const active = person.filter(({ isActive }) => isActive);
  return (
    active.find(hasUser) ??
    active.find(({ zendeskId }) => zendeskId !== null) ??
    active.find(({ externalId }) => externalId !== null) ??
    active[0]
  );
}

function isSame(one: RecordKey, other: RecordKey): boolean {
  return recordKeyText(one) === recordKeyText(other);
}

/**
 * Returns the accounts of all contacts of a person, those of this contact first. A contact that a reading merely did not
 * contain still counts, because a page can miss rows: only what F&O says ends a membership.
 */
function tiedAccounts(person: readonly PersonRow[], own: RecordKey): readonly TiedAccount[] {
  const active = person.filter(({ isActive }) => isActive);
  const first = active.filter(({ row }) => isSame(row, own));
  const others = active.filter(({ row }) => !isSame(row, own));
  const unseen = person.filter(({ isUnseen }) => isUnseen);
  return [...first, ...others, ...unseen].flatMap(({ accounts }) => accounts);
}

function reserveUser(
  contact: ErpRecord,
  organizationIds: readonly string[],
  { context, policy }: { context: ContactContext; policy: ContactPolicy },
): ContactReservationResult {
  const self = recordKeyText(contact);
  const held = context.person.find(({ row }) => isSame(row, contact));
  const former = context.person.find(({ row, externalId }) => externalId !== null && !isSame(row, contact));
  const reserved = held?.externalId ?? former?.externalId ?? null;
  const rendered = isOfPerson(reserved, context.person, policy)
    ? { externalId: reserved }
    : renderExternalId(policy.templates, contact);
  if ('rejection' in rendered) return rendered;
  const { externalId } = rendered;
  const takesOver = held?.externalId === null && former !== undefined ? former.row : null;
  const holder = context.externalIdHolder(externalIdKey(externalId));
  const isTaken =
    holder !== undefined && holder !== self && (takesOver === null || holder !== recordKeyText(takesOver));
  if (isTaken) return { rejection: externalIdContested(externalId, holder) };
  const email = reserveEmail(contact, context, policy);
  return 'rejection' in email ? email : { externalId, organizationIds, takesOver, ...email };
}

/**
 * Returns whether an external id belongs to a contact of the person. If not, the template has changed and the id is
 * replaced.
 */
function isOfPerson(
  externalId: string | null,
  person: readonly PersonRow[],
  { templates }: ContactPolicy,
): externalId is string {
  // Contacts of a kind that the connection no longer has stay linked, but have no template.
  const known = person.filter(({ row }) => Object.hasOwn(templates, row.kind));
  return known.some(({ row }) => {
    const rendered = renderExternalId(templates, row);
    return (
      'externalId' in rendered &&
      externalId !== null &&
      externalIdKey(rendered.externalId) === externalIdKey(externalId)
    );
  });
}

function reserveEmail(
  contact: ErpRecord,
  { emailHolder: holder, emailRefusal, person }: ContactContext,
  { sharedMailbox }: ContactPolicy,
): { email: string | null; remark: Remark | null } | { rejection: Rejection } {
  if (contact.unread?.includes('email') === true) return { email: null, remark: null };
  if (contact.email === null) return { email: null, remark: EMAIL_MISSING };
  if (!isEmail(contact.email)) return { email: null, remark: EMAIL_MALFORMED };
  if (typeof emailRefusal === 'string') return { email: null, remark: emailRefused(emailRefusal) };
  if (holder === undefined || person.some(({ row }) => recordKeyText(row) === holder))
    return { email: cleanEmail(contact.email), remark: null };
  return sharedMailbox === 'reject'
    ? { rejection: sharedEmailRejected(holder) }
    : { email: null, remark: sharedEmail(holder) };
}
