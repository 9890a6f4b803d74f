import type { CustomFields } from '../custom-fields.ts';
import type { Identity } from '../identities.ts';
import type { Membership } from '../memberships.ts';
import type { User } from '../users.ts';
import { isoOf } from '../wire-time.ts';
import { typeOf } from './event-types.ts';
import { fieldChanges } from './field-changes.ts';
import type { WebhookEvent } from './webhook-event.ts';
import { changeOf } from './webhook-event.ts';

/** A user, with the email and organization that its events contain. */
export interface EventUser {
  readonly row: User;
  readonly email: string;
  readonly organizationId: number | null;
}

/** Creates an event of a user. */
export function userEvent(user: EventUser, action: string, event: object = {}): WebhookEvent {
  return { type: typeOf('user', action), subject: `zen:user:${user.row.id}`, detail: detailOf(user), event };
}

/** Returns the events of a change of a user. There is no event for the email or the phone. */
export function userChanges(fields: CustomFields, before: User, user: EventUser): WebhookEvent[] {
  const changes = CHANGES.flatMap(([action, valueOf]) => {
    const change = changeOf(valueOf(before), valueOf(user.row));
    return change ? [userEvent(user, action, change)] : [];
  });
  const changed = fieldChanges(fields, before.values, user.row.values);
  return [...changes, ...changed.map((event) => userEvent(user, 'custom_field_changed', event))];
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

/** Returns the event of an identity that was created, changed or deleted; undefined when nothing changed. */
export function identityEvent(
  user: EventUser,
  before: Identity | undefined,
  after: Identity | undefined,
): WebhookEvent | undefined {
  const wire = ({ id, type, value, verified, primary }: Identity): object => ({
    id: String(id),
    ...{ type, value, verified, primary },
  });
  if (before && after) {
    const change = changeOf(wire(before), wire(after));
    return change ? userEvent(user, 'identity_changed', change) : undefined;
  }
  const row = before ?? after;
  return row && userEvent(user, after ? 'identity_created' : 'identity_deleted', { identity: wire(row) });
}

/** Returns the event of a membership that was created or deleted; undefined when only the default changed. */
export function membershipEvent(
  user: EventUser,
  before: Membership | undefined,
  after: Membership | undefined,
): WebhookEvent | undefined {
  const row = before && after ? undefined : (before ?? after);
  if (!row) return undefined;
  const organization = { id: String(row.organizationId) };
  const action = after ? 'organization_membership_created' : 'organization_membership_deleted';
  return userEvent(user, action, { organization });
}

/** Ids are strings, and no organization is "0" (Zendesk docs, User events). */
function detailOf({ row, email, organizationId }: EventUser): object {
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
