import type { Values } from '../sync/field-value.ts';
import { renderAttributes, renderFields, type Mapping } from '../sync/mapping.ts';
import { plainName } from '../sync/record-name.ts';
import type { ErpRecord } from '../sync/record.ts';

/**
 * What Ledgerdesk writes of a user. Role, notes, details and tags belong to the agents, and an email is written on create only
 * (`plan-user.ts`). `attributes` are mapped members of Zendesk's user, such as `phone`.
 */
export interface UserForm {
  readonly externalId: string;
  readonly name: string;
  readonly attributes: Values;
  readonly fields: Values;
}

/**
 * A user as Zendesk shows it, with all custom fields. `id` is a decimal text; `email` is the primary address, null when there
 * is none; `isActive` is false for a deleted user; `updatedAt` is ISO-8601 UTC, null where Zendesk does not say.
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
}

/** Renders the user that a contact should be, once its external id is reserved. */
export function renderUser(contact: ErpRecord, externalId: string, mapping: Mapping): UserForm {
  const attributes = renderAttributes(mapping, contact);
  return { externalId, name: plainName(contact), attributes, fields: renderFields(mapping, contact) };
}

/** Returns everything of a user that is compared, as one set of values. Of an agent or admin only the external id is written. */
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

/** Leaves of a form only what these keys of `userValues` name. */
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
