import type { Clock } from '../core/clock.ts';
import { duplicateValue, recordNotFound, refuseIfInvalid } from './refusal.ts';
import type { ZendeskSettings } from './settings.ts';
import type { Table } from './table.ts';
import { createIndex, createTable } from './table.ts';
import { nowS } from './wire-time.ts';

/** A membership of a user in an organization. One membership of a user is the default. */
export interface Membership {
  readonly id: number;
  readonly userId: number;
  readonly organizationId: number;
  readonly isDefault: boolean;
  readonly createdAtS: number;
  readonly updatedAtS: number;
}

/** The memberships of all users. */
export interface Memberships {
  readonly table: Table<Membership>;
  /** Throws a 404. */
  require(id: number): Membership;
  ofUser(userId: number): Membership[];
  ofOrganization(organizationId: number): Membership[];
  /** Returns the organization of the user's `organization_id`. */
  defaultOf(userId: number): number | null;
  /**
   * Adds a membership; the first one becomes the default. Throws a 422 for a second one of the same pair, and for any
   * second one if only one is allowed.
   */
  add(userId: number, organizationId: number, wantsDefault?: boolean): Membership;
  makeDefault(membership: Membership): void;
  /** Removes a membership. If it was the default, another one becomes the default. */
  remove(membership: Membership): void;
}

/** The dependencies of the memberships. */
export interface MembershipsOptions {
  readonly clock: Clock;
  readonly nextId: () => number;
  readonly settings: ZendeskSettings;
}

/** Creates an account without memberships. */
export function createMemberships({ clock, nextId, settings }: MembershipsOptions): Memberships {
  const table = createTable<Membership>();
  const users = createIndex();
  const organizations = createIndex();
  const require = (id: number): Membership => {
    const found = table.get(id);
    if (!found) throw recordNotFound();
    return found;
  };
  const ofUser = (userId: number): Membership[] => users.find(String(userId)).map(require);
  const setDefault = (row: Membership, isDefault: boolean): void =>
    table.put({ ...row, isDefault, updatedAtS: nowS(clock) });
  const makeDefault = (membership: Membership): void => {
    for (const other of ofUser(membership.userId)) if (other.isDefault) setDefault(other, false);
    setDefault(membership, true);
  };
  return {
    table,
    require,
    ofUser,
    ofOrganization: (organizationId) => organizations.find(String(organizationId)).map(require),
    defaultOf: (userId) => ofUser(userId).find(({ isDefault }) => isDefault)?.organizationId ?? null,
    add: (userId, organizationId, wantsDefault = false) => {
      const others = ofUser(userId);
      refuseSecond(others, organizationId, settings.multipleOrganizations);
      const times = { createdAtS: nowS(clock), updatedAtS: nowS(clock) };
      const row = { id: nextId(), userId, organizationId, isDefault: others.length === 0, ...times };
      users.add(String(userId), row.id);
      organizations.add(String(organizationId), row.id);
      table.put(row);
      if (wantsDefault) makeDefault(row);
      return require(row.id);
    },
    makeDefault,
    remove: ({ id, userId, organizationId, isDefault }) => {
      users.remove(String(userId), id);
      organizations.remove(String(organizationId), id);
      table.remove(id);
      const [heir] = ofUser(userId);
      if (isDefault && heir) setDefault(heir, true);
    },
  };
}

function refuseSecond(others: readonly Membership[], organizationId: number, allowsSeveral: boolean): void {
  const isTwice = others.some((other) => other.organizationId === organizationId);
  refuseIfInvalid(isTwice ? [duplicateValue('user_id', 'User', 'has already been taken')] : []);
  const only = {
    field: 'base',
    description: 'A user can belong to one organization only on this account',
    error: 'InvalidValue',
  };
  refuseIfInvalid(others.length > 0 && !allowsSeveral ? [only] : []);
}
