import type { CustomFields } from '../custom-fields.ts';
import type { Identity } from '../identities.ts';
import type { Membership } from '../memberships.ts';
import type { User } from '../users.ts';
import { isoOf } from '../wire-time.ts';
import { typeOf } from './event-types.ts';
import { fieldChanges } from './field-changes.ts';
import type { Happening } from './happening.ts';
import { changeOf } from './happening.ts';

/** A user, and what events tell of it besides its own row. */
export interface ToldUser {
  readonly row: User;
  readonly email: string;
  readonly organizationId: number | null;
}

/** Makes an event of a user. */
export function userHappening(user: ToldUser, action: string, event: object = {}): Happening {
  return { type: typeOf('user', action), subject: `zen:user:${user.row.id}`, detail: detailOf(user), event };
}

/** What changed between two states of a user; there is no event for the email or the phone. */
export function userChanges(fields: CustomFields, before: User, user: ToldUser): Happening[] {
  const changes = CHANGES.flatMap(([action, valueOf]) => {
    const change = changeOf(valueOf(before), valueOf(user.row));
    return change ? [userHappening(user, action, change)] : [];
  });
  const changed = fieldChanges(fields, before.values, user.row.values);
  return [...changes, ...changed.map((event) => userHappening(user, 'custom_field_changed', event))];
}

const CHANGES: readonly (readonly [string, (row: User) => unknown])[] = [
  ['name_changed', ({ name }) => name],
  ['external_id_changed', ({ externalId }) => externalId ?? ''],
  ['alias_changed', ({ alias }) => alias ?? ''],
  ['details_changed', ({ details }) => details ?? ''],
  ['notes_changed', ({ notes }) => notes ?? ''],
  ['role_changed', ({ role }) => role],
  ['suspended_changed', ({ suspended }) => suspended],
  ['tags_changed', ({ tags }) => tags],
  ['time_zone_changed', ({ timeZone }) => timeZone],
];

/** What became of an identity: created, changed or deleted. Undefined when nothing did. */
export function identityHappening(
  user: ToldUser,
  before: Identity | undefined,
  after: Identity | undefined,
): Happening | undefined {
  const wire = ({ id, type, value, verified, primary }: Identity): object => ({
    id: String(id),
    ...{ type, value, verified, primary },
  });
  if (before && after) {
    const change = changeOf(wire(before), wire(after));
    return change ? userHappening(user, 'identity_changed', change) : undefined;
  }
  const row = before ?? after;
  return row && userHappening(user, after ? 'identity_created' : 'identity_deleted', { identity: wire(row) });
}

/** That a membership came or went; undefined when only its default mark moved. */
export function membershipHappening(
  user: ToldUser,
  before: Membership | undefined,
  after: Membership | undefined,
): Happening | undefined {
  const row = before && after ? undefined : (before ?? after);
  if (!row) return undefined;
  const organization = { id: String(row.organizationId) };
  const action = after ? 'organization_membership_created' : 'organization_membership_deleted';
  return userHappening(user, action, { organization });
}

/** Ids are texts, no organization is "0" (Zendesk docs, User events). */
function detailOf({ row, email, organizationId }: ToldUser): object {
  return {
    created_at: isoOf(row.createdAtS),
    default_group_id: '0',
    email,
    external_id: row.externalId ?? '',
    id: String(row.id),
    organization_id: String(organizationId ?? 0),
    role: row.role,
    updated_at: isoOf(row.updatedAtS),
  };
}
