import { z } from 'zod';
import type { SeenUser, UserForm } from '../../domain/contacts/user.ts';
import { readFieldValues, textOrNull } from './field-values.ts';
import { idToWire, wireId } from './ids.ts';
import { isolatedList } from './isolated-list.ts';
import { moment } from './moment.ts';

/**
 * The schema of a user. A deleted user is not `active`. An unknown role, such as a custom role,
 * counts as `agent`, so that a user who may be staff is treated as staff.
 */
export const userWire: z.ZodType<SeenUser> = z
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
    updated_at: moment.nullish(),
  })
  .refine((wire) => typeof wire.name === 'string' || wire.active === false, { path: ['name'], message: 'missing' })
  .transform((wire): SeenUser => ({
    id: wire.id,
    externalId: textOrNull(wire.external_id),
    name: wire.name ?? '',
    attributes: { phone: textOrNull(wire.phone) },
    fields: readFieldValues(wire.user_fields),
    email: textOrNull(wire.email),
    role: roleOf(wire.role),
    isActive: wire.active !== false,
    isSuspended: wire.suspended === true,
    organizationId: wire.organization_id ?? null,
    updatedAt: wire.updated_at ?? null,
  }));

function roleOf(role: string | null | undefined): SeenUser['role'] {
  return role === 'end-user' || role === 'admin' ? role : 'agent';
}

const partOfUser = z.looseObject({
  id: wireId,
  external_id: z.union([z.string(), z.number()]).nullish().catch(null),
  email: z.string().nullish().catch(null),
  role: z.string().nullish().catch(null),
  active: z.boolean().nullish().catch(null),
});

/**
 * The schema of users in lists and exports. Of one with an unexpected form, only what identifies it is read, and it
 * counts as staff unless its role says otherwise.
 */
export const usersWire = isolatedList(userWire, (wire, defect) => {
  const { data } = partOfUser.safeParse(wire);
  if (data === undefined) return undefined;
  const unknown = { name: '', attributes: {}, fields: {}, isSuspended: false, organizationId: null, updatedAt: null };
  return {
    ...unknown,
    ...{ id: data.id, externalId: textOrNull(data.external_id), email: textOrNull(data.email), defect },
    role: roleOf(data.role),
    isActive: data.active !== false,
  };
});

/**
 * A user to create. Only a create may set the organization and the email address, which becomes the primary address.
 */
export interface NewUser {
  readonly form: UserForm;
  readonly email: string | null;
  readonly organizationId: string | null;
}

/** A change of one user. Absent members stay unchanged. */
export interface UserChange {
  readonly id: string;
  readonly form: Partial<UserForm>;
}

/**
 * Returns the body of a create. Without `skip_verify_email`, Zendesk would send an email to the user (Zendesk docs,
 * Create User).
 */
export function newUserToWire({ form, email, organizationId }: NewUser): object {
  const given = Object.entries(form.attributes).filter(([, value]) => value !== null);
  return {
    ...formToWire({ ...form, attributes: Object.fromEntries(given) }),
    ...(email === null ? {} : { email }),
    ...(organizationId === null ? {} : { organization_id: idToWire(organizationId) }),
    skip_verify_email: true,
  };
}

/**
 * Returns an item of `update_many`. It never contains an email, which Zendesk would add as another address each time,
 * nor an organization, which would end every other membership (Zendesk docs, Update User), nor a role or tags.
 */
export function userChangeToWire({ id, form }: UserChange): object {
  return { id: idToWire(id), ...formToWire(form) };
}

function formToWire({ externalId, name, attributes, fields }: Partial<UserForm>): object {
  return {
    ...(name === undefined ? {} : { name }),
    ...(externalId === undefined ? {} : { external_id: externalId }),
    ...attributes,
    ...(fields === undefined ? {} : { user_fields: fields }),
  };
}
