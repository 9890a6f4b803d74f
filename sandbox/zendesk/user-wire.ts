import type { Call } from './call.ts';
import { showValues } from './custom-field-values.ts';
import type { Identity } from './identities.ts';
import type { Membership } from './memberships.ts';
import type { User } from './users.ts';
import { isoOf } from './wire-time.ts';

/** The parts of a call that are needed to show users. The control server has no call. */
export type Viewer = Pick<Call, 'account' | 'baseUrl'>;

/** Returns the function that converts users to JSON, with the keys of Zendesk's UserForAdmin. */
export function userShower({ account, baseUrl }: Viewer): (row: User) => UserWire {
  const { identities, memberships, userFields } = account;
  return (row) => {
    const primary = identities.primaryEmail(row.id);
    return {
      id: row.id,
      url: `${baseUrl}/api/v2/users/${row.id}.json`,
      name: row.name,
      email: primary?.value ?? null,
      created_at: isoOf(row.createdAtS),
      updated_at: isoOf(row.updatedAtS),
      time_zone: row.timeZone,
      iana_time_zone: row.timeZone,
      phone: row.phone,
      shared_phone_number: null,
      photo: null,
      locale_id: 1,
      locale: row.locale,
      organization_id: memberships.defaultOf(row.id),
      role: row.role,
      verified: primary?.verified ?? false,
      external_id: row.externalId,
      tags: row.tags,
      alias: row.alias,
      active: row.active,
      shared: false,
      shared_agent: false,
      last_login_at: null,
      two_factor_auth_enabled: null,
      signature: null,
      details: row.details,
      notes: row.notes,
      role_type: row.role === 'end-user' ? null : 4,
      custom_role_id: null,
      moderator: row.role !== 'end-user',
      ticket_restriction: row.role === 'end-user' ? 'requested' : null,
      only_private_comments: false,
      restricted_agent: row.role !== 'admin',
      suspended: row.suspended,
      default_group_id: null,
      report_csv: false,
      user_fields: showValues(userFields, row.values),
      ...account.settings.malformedRecords[row.id],
    };
  };
}

/** The members of a user in JSON that callers use. There are more. */
export interface UserWire {
  readonly id: number;
  readonly url: string;
  readonly name: string;
  readonly email: string | null;
  readonly external_id: string | null;
  readonly organization_id: number | null;
  readonly role: string;
  readonly active: boolean;
  readonly verified: boolean;
  readonly suspended: boolean;
  readonly tags: readonly string[];
  readonly updated_at: string;
  readonly [other: string]: unknown;
}

/** The user in the response to an anonymous caller (recorded by node-zendesk). */
export const ANONYMOUS_USER = {
  id: null,
  url: null,
  name: 'Anonymous user',
  email: 'invalid@example.com',
  role: 'end-user',
  active: true,
  verified: false,
  organization_id: null,
};

/** Returns an identity in JSON. */
export function showIdentity(row: Identity, baseUrl: string): object {
  return {
    id: row.id,
    url: `${baseUrl}/api/v2/users/${row.userId}/identities/${row.id}.json`,
    user_id: row.userId,
    type: row.type,
    value: row.value,
    verified: row.verified,
    primary: row.primary,
    deliverable_state: 'deliverable',
    undeliverable_count: 0,
    created_at: isoOf(row.createdAtS),
    updated_at: isoOf(row.updatedAtS),
  };
}

/** Returns the function that converts memberships to JSON. `default` is true or null, never false (recorded). */
export function membershipShower({ account, baseUrl }: Viewer): (row: Membership) => MembershipWire {
  return (row) => ({
    url: `${baseUrl}/api/v2/organization_memberships/${row.id}.json`,
    id: row.id,
    user_id: row.userId,
    organization_id: row.organizationId,
    default: row.isDefault || null,
    created_at: isoOf(row.createdAtS),
    updated_at: isoOf(row.updatedAtS),
    organization_name: account.organizations.table.get(row.organizationId)?.name ?? null,
    view_tickets: false,
  });
}

/** A membership in JSON. */
export interface MembershipWire {
  readonly id: number;
  readonly user_id: number;
  readonly organization_id: number;
  readonly default: true | null;
  readonly [other: string]: unknown;
}
