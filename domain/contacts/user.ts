import type { Contact } from './contact.ts';
import { plainName } from '../accounts/organization-name.ts';

/** The user fields that Ledgerdesk owns: key in Zendesk, and the title that agents read. All are text fields. */
export const USER_FIELDS = [
  { key: 'erp_contact_id', title: 'ERP contact' },
  { key: 'erp_contact_legal_entity', title: 'ERP legal entity of the contact' },
  { key: 'erp_job_title', title: 'ERP job title' },
] as const;

/** Key of one user field that we own. */
export type UserFieldKey = (typeof USER_FIELDS)[number]['key'];

/** Values of the fields that we own; null where the ERP has none. */
export type UserFieldValues = Readonly<Record<UserFieldKey, string | null>>;

/** What we write of a user, and nothing else: the role, notes, details and tags are Zendesk's. Never the email: see `plan-user.ts`. */
export interface UserForm {
  readonly externalId: string;
  readonly name: string;
  readonly phone: string | null;
  readonly fields: UserFieldValues;
}

/**
 * A user as Zendesk shows it, cut down to what we own and what decides how it may be treated.
 * `id` is a decimal text; `email` is the primary address, null when there is none; `isActive` is false for a deleted user.
 */
export interface SeenUser {
  readonly id: string;
  readonly externalId: string | null;
  readonly name: string;
  readonly phone: string | null;
  readonly fields: UserFieldValues;
  readonly email: string | null;
  readonly role: 'end-user' | 'agent' | 'admin';
  readonly isActive: boolean;
  readonly isSuspended: boolean;
  readonly organizationId: string | null;
}

const orNull = (text: string): string | null => (text === '' ? null : text);

/** Renders the user that a contact should be, once its external id is reserved. */
export function renderUser(contact: Contact, externalId: string): UserForm {
  return {
    externalId,
    name: plainName(contact),
    phone: orNull(contact.phone),
    fields: {
      erp_contact_id: orNull(contact.key),
      erp_contact_legal_entity: orNull(contact.legalEntity),
      erp_job_title: orNull(contact.jobTitle),
    },
  };
}

/**
 * Writes a form as one canonical text, the same for what we want and what Zendesk shows, so that the two can be compared by
 * a hash. Of an agent or admin only the external id is ours. An empty text and null are one; surrounding blanks do not count.
 */
export function canonicalUser(
  form: Omit<UserForm, 'externalId'> & { externalId: string | null },
  isStaff: boolean,
): string {
  const externalId = (form.externalId ?? '').trim();
  if (isStaff) return JSON.stringify([externalId]);
  const fields = USER_FIELDS.map(({ key }) => (form.fields[key] ?? '').trim());
  return JSON.stringify([externalId, form.name.trim(), (form.phone ?? '').trim(), ...fields]);
}
