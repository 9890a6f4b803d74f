import type { WireObject } from './wire-input.ts';
import { idOrNull, isWireObject, tagsOf, textOrNull } from './wire-input.ts';

/** The role of a user. */
export type UserRole = 'end-user' | 'agent' | 'admin';

/** An identity that a request adds to a user. */
export interface WantedIdentity {
  readonly type: string;
  readonly value: string;
  readonly verified: boolean;
  readonly primary: boolean;
}

/** The changes of a user's own row in a request. Absent members do not change. */
export interface UserRowChanges {
  readonly name?: string;
  readonly externalId?: string | null;
  readonly role?: UserRole;
  readonly phone?: string | null;
  readonly alias?: string | null;
  readonly details?: string | null;
  readonly notes?: string | null;
  readonly tags?: readonly string[];
  readonly locale?: string;
  readonly timeZone?: string;
  readonly suspended?: boolean;
  readonly fieldChanges?: WireObject;
}

/** All changes of a user in a request. */
export interface UserChanges {
  readonly row: UserRowChanges;
  readonly email?: string | null;
  readonly verified?: boolean;
  readonly skipVerifyEmail: boolean;
  readonly organizationId?: number | null;
  /** The name of an existing organization. */
  readonly organizationName?: string;
  readonly identities: readonly WantedIdentity[];
}

const ROW_READERS = new Map<string, (value: unknown) => UserRowChanges>([
  ['name', (value) => ({ name: (textOrNull(value) ?? '').trim() })],
  ['external_id', (value) => ({ externalId: textOrNull(value) })],
  ['role', (value) => ({ role: (textOrNull(value) ?? 'end-user') as UserRole })],
  ['phone', (value) => ({ phone: textOrNull(value) })],
  ['alias', (value) => ({ alias: textOrNull(value) })],
  ['details', (value) => ({ details: textOrNull(value) })],
  ['notes', (value) => ({ notes: textOrNull(value) })],
  ['tags', (value) => ({ tags: tagsOf(value) })],
  ['locale', (value) => ({ locale: textOrNull(value) ?? 'en-US' })],
  ['time_zone', (value) => ({ timeZone: textOrNull(value) ?? 'UTC' })],
  ['suspended', (value) => ({ suspended: value === true })],
  ['user_fields', (value) => (isWireObject(value) ? { fieldChanges: value } : {})],
]);

const OTHERS = [
  'custom_role_id',
  'email',
  'verified',
  'skip_verify_email',
  'organization_id',
  'organization',
  'identities',
];

/** Returns the changes in a request's `user` object, and the names of dropped properties. */
export function readUser(input: WireObject): { changes: UserChanges; dropped: string[] } {
  let row: UserRowChanges = {};
  for (const [name, value] of Object.entries(input)) row = { ...row, ...ROW_READERS.get(name)?.(value) };
  // A custom role changes an end user to an agent (Zendesk docs, Users).
  if (idOrNull(input['custom_role_id']) !== null && row.role !== 'admin') row = { ...row, role: 'agent' };
  const { organization, identities } = input;
  const organizationName = isWireObject(organization) ? textOrNull(organization['name']) : null;
  const changes = {
    row,
    skipVerifyEmail: input['skip_verify_email'] === true || input['skip_verify_email'] === 'true',
    ...('email' in input ? { email: textOrNull(input['email'])?.trim() ?? null } : {}),
    ...('verified' in input ? { verified: input['verified'] === true } : {}),
    ...('organization_id' in input ? { organizationId: idOrNull(input['organization_id']) } : {}),
    ...(organizationName === null ? {} : { organizationName }),
    identities: Array.isArray(identities) ? identities.filter(isWireObject).map(readIdentity) : [],
  };
  return { changes, dropped: Object.keys(input).filter((name) => !ROW_READERS.has(name) && !OTHERS.includes(name)) };
}

/** Returns the identity in a request's `identity` object. */
export function readIdentity(input: WireObject): WantedIdentity {
  return {
    type: textOrNull(input['type']) ?? 'email',
    value: (textOrNull(input['value']) ?? '').trim(),
    verified: input['verified'] === true,
    primary: input['primary'] === true,
  };
}
