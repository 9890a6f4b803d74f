import { z } from 'zod';
import { USER_FIELDS, type SeenUser, type UserForm } from '../../domain/contacts/user.ts';
import { ownFieldValues, textOrNull } from './field-values.ts';
import { idToWire, wireId } from './ids.ts';

/**
 * A user of any list, deleted ones by `active`. A role that is neither of the three, which custom roles are, counts as
 * `agent`: whoever may be staff is treated as such.
 */
export const userWire = z
  .looseObject({
    id: wireId,
    external_id: z.union([z.string(), z.number()]).nullish(),
    name: z.string().nullish(),
    phone: z.unknown().optional(),
    email: z.string().nullish(),
    role: z.string().nullish(),
    active: z.boolean().nullish(),
    suspended: z.boolean().nullish(),
    organization_id: wireId.nullish(),
    user_fields: z.record(z.string(), z.unknown()).nullish(),
  })
  .refine((wire) => typeof wire.name === 'string' || wire.active === false, { path: ['name'], message: 'missing' })
  .transform((wire): SeenUser => ({
    id: wire.id,
    externalId: textOrNull(wire.external_id),
    name: wire.name ?? '',
    phone: textOrNull(wire.phone),
    fields: ownFieldValues(USER_FIELDS, wire.user_fields ?? {}),
    email: textOrNull(wire.email),
    role: wire.role === 'end-user' || wire.role === 'admin' ? wire.role : 'agent',
    isActive: wire.active !== false,
    isSuspended: wire.suspended === true,
    organizationId: wire.organization_id ?? null,
  }));

/** What is created: a form, and what only a create may set. `email` becomes the primary address. */
export interface NewUser {
  readonly form: UserForm;
  readonly email: string | null;
  readonly organizationId: string | null;
}

/** What is changed of one user; absent members stay as they are. */
export interface UserChange {
  readonly id: string;
  readonly form: Partial<UserForm>;
}

/** The user of a create. Without `skip_verify_email` Zendesk would write to the person (Zendesk docs, Create User). */
export function newUserToWire({ form, email, organizationId }: NewUser): object {
  const { phone, ...others } = form;
  return {
    ...formToWire(phone === null ? others : form),
    ...(email === null ? {} : { email }),
    ...(organizationId === null ? {} : { organization_id: idToWire(organizationId) }),
    skip_verify_email: true,
  };
}

/**
 * The item of `update_many`. It never holds an email, which would be added as a second address each time, nor an
 * organization, which would end every other membership (Zendesk docs, Update User), nor role or tags.
 */
export function userChangeToWire({ id, form }: UserChange): object {
  return { id: idToWire(id), ...formToWire(form) };
}

function formToWire({ externalId, name, phone, fields }: Partial<UserForm>): object {
  return {
    ...(name === undefined ? {} : { name }),
    ...(externalId === undefined ? {} : { external_id: externalId }),
    ...(phone === undefined ? {} : { phone }),
    ...(fields === undefined ? {} : { user_fields: fields }),
  };
}
