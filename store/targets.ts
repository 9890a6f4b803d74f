import type { RawBuilder } from 'kysely';
import type { TargetName } from '../domain/entity-spec.ts';
import {
  recordOrganizations,
  seenOrganizationById,
  seenOrganizationOf,
  type OrganizationChanges,
} from './accounts/organizations.ts';
import { ORGANIZATION_FIELDS } from './accounts/organization-fields.ts';
import { USER_FIELDS } from './contacts/user-fields.ts';
import { recordUsers, seenUserById, seenUserOf, type UserChanges } from './contacts/users.ts';
import type { Db } from './database.ts';

/** What a step found out about organizations and users in Zendesk. */
export interface TargetChanges {
  readonly organizations?: OrganizationChanges;
  readonly users?: UserChanges;
}

/** How the values of custom fields are kept, of organizations or of users. */
export interface RememberedFields {
  /** Forgets the values of these fields and that we wrote them: they are unknown until Zendesk shows them again. */
  forget(db: Db, connectionId: string, keys: readonly string[]): Promise<void>;
  /** Records that these fields have just been created: they are empty everywhere, whatever we wrote before. */
  created(db: Db, connectionId: string, keys: readonly string[]): Promise<void>;
}

/** What the store does differently for organizations and users. Both queries give at most one row, with the JSON `value`. */
export interface StoreTarget {
  /** Selects what is remembered of the organization or user of this id. */
  readonly seenById: (connectionId: string, id: RawBuilder<unknown>) => RawBuilder<unknown>;
  /** Selects what is remembered of the organization or user that a record `a`, staged as `s`, is linked to, or could be. */
  readonly seenOf: (connectionId: string) => RawBuilder<unknown>;
  readonly fields: RememberedFields;
}

const TARGETS: Readonly<Record<TargetName, StoreTarget>> = {
  organization: { seenById: seenOrganizationById, seenOf: seenOrganizationOf, fields: ORGANIZATION_FIELDS },
  user: { seenById: seenUserById, seenOf: seenUserOf, fields: USER_FIELDS },
};

/** Returns what the store does for a target. */
export function storeTargetOf(target: TargetName): StoreTarget {
  return TARGETS[target];
}

/** Records what a step found out about organizations and users. Run it in the transaction of what led to it. */
export async function recordTargetChanges(db: Db, connectionId: string, changes: TargetChanges): Promise<void> {
  await recordOrganizations(db, connectionId, changes.organizations ?? {});
  await recordUsers(db, connectionId, changes.users ?? {});
}
