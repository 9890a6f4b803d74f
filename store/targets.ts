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
import type { CreatedFields } from './connection/field-checks.ts';
import type { Db } from './database.ts';

/** Changes of the stored organizations and users that a step has learned from Zendesk. */
export interface TargetChanges {
  readonly organizations?: OrganizationChanges;
  readonly users?: UserChanges;
}

/** Operations on the stored values of custom fields, of organizations or of users. */
export interface RememberedFields {
  /** Forgets the values of these fields, also those that we wrote. They are unknown until Zendesk shows them again. */
  forget(db: Db, connectionId: string, keys: readonly string[]): Promise<void>;
  /**
   * Records that these fields have just been created: they are empty, even where we had written a value, unless the
   * record was read since.
   */
  created(db: Db, connectionId: string, created: CreatedFields): Promise<void>;
}

/**
 * Operations that differ between organizations and users. Both queries return at most one row with the JSON `value`.
 */
export interface StoreTarget {
  /** Selects the stored organization or user with this id. */
  readonly seenById: (connectionId: string, id: RawBuilder<unknown>) => RawBuilder<unknown>;
  /** Selects the stored organization or user that a record `a`, staged as `s`, is linked to or can be linked to. */
  readonly seenOf: (connectionId: string) => RawBuilder<unknown>;
  readonly fields: RememberedFields;
}

const TARGETS: Readonly<Record<TargetName, StoreTarget>> = {
  organization: { seenById: seenOrganizationById, seenOf: seenOrganizationOf, fields: ORGANIZATION_FIELDS },
  user: { seenById: seenUserById, seenOf: seenUserOf, fields: USER_FIELDS },
};

/** Returns the operations for a target. */
export function storeTargetOf(target: TargetName): StoreTarget {
  return TARGETS[target];
}

/** Records changes of organizations and users. Call it in the same transaction as the other changes of the step. */
export async function recordTargetChanges(db: Db, connectionId: string, changes: TargetChanges): Promise<void> {
  await recordOrganizations(db, connectionId, changes.organizations ?? {});
  await recordUsers(db, connectionId, changes.users ?? {});
}
