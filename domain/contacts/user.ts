import type { Values } from '../sync/field-value.ts';
import { renderAttributes, renderFields, type Mapping } from '../sync/mapping.ts';
import { plainName } from '../sync/record-name.ts';
import type { ErpRecord } from '../sync/record.ts';

/**
 * The part of a user that Ledgerdesk writes. Agents own its role, notes, details and tags. An email is written on
 * create only (`plan-user.ts`). `attributes` are mapped members of Zendesk's user, such as `phone`.
 */
export interface UserForm {
  readonly externalId: string;
  readonly name: string;
  readonly attributes: Values;
  readonly fields: Values;
}

/**
 * A user as Zendesk shows it, with all custom fields. `id` is a decimal text. `email` is the primary address, or null.
 * `isActive` is false for a deleted user. `updatedAt` is ISO-8601 UTC, or null if Zendesk does not send it.
 */
export interface SeenUser {
  readonly id: string;
  readonly externalId: string | null;
  readonly name: string;
  readonly attributes: Values;
  readonly fields: Values;
  readonly email: string | null;
  readonly role: 'end-user' | 'agent' | 'admin';
  readonly isActive: boolean;
  readonly isSuspended: boolean;
  readonly organizationId: string | null;
  readonly updatedAt: string | null;
  /** The members that Zendesk shows in an unexpected form. Then only what identifies the user is known. */
  readonly defect?: string;
}

/** Renders the desired user of a contact, whose external id is reserved. */
export function renderUser(contact: ErpRecord, externalId: string, mapping: Mapping): UserForm {
  const attributes = renderAttributes(mapping, contact);
  return { externalId, name: plainName(contact), attributes, fields: renderFields(mapping, contact) };
}

/** Returns all values of a user that are compared; for an agent or admin (`isStaff`) only the external id. */
export function userValues(
  form: {
    readonly externalId: string | null;
    readonly name: string;
    readonly attributes: Values;
    readonly fields: Values;
  },
  isStaff: boolean,
): Values {
  const externalId = { external_id: form.externalId };
  return isStaff ? externalId : { ...externalId, name: form.name, ...form.attributes, ...form.fields };
}

/** Returns the part of a form that these keys of `userValues` name. */
export function userPart(form: UserForm, keys: ReadonlySet<string>): Partial<UserForm> {
  const picked = (values: Values): Values =>
    Object.fromEntries(Object.entries(values).filter(([key]) => keys.has(key)));
  const [attributes, fields] = [picked(form.attributes), picked(form.fields)];
  return {
    ...(keys.has('external_id') && { externalId: form.externalId }),
    ...(keys.has('name') && { name: form.name }),
    ...(Object.keys(attributes).length > 0 && { attributes }),
    ...(Object.keys(fields).length > 0 && { fields }),
  };
}
