import type { Clock } from '../core/clock.ts';
import type { CustomFields } from './custom-fields.ts';
import type { FieldValues } from './custom-field-values.ts';
import { applyChanges } from './custom-field-values.ts';
import type { Violation } from './refusal.ts';
import { recordNotFound } from './refusal.ts';
import type { ZendeskSettings } from './settings.ts';
import { keptChanges } from './kept-changes.ts';
import type { Table } from './table.ts';
import { createIndex, createTable } from './table.ts';
import type { UserRole, UserRowChanges } from './user-input.ts';
import { nowS } from './wire-time.ts';

/** The row of a user. Email addresses are identities, and organizations are memberships. */
export interface User {
  readonly id: number;
  readonly name: string;
  readonly externalId: string | null;
  readonly role: UserRole;
  readonly phone: string | null;
  readonly alias: string | null;
  readonly details: string | null;
  readonly notes: string | null;
  readonly tags: readonly string[];
  readonly values: FieldValues;
  readonly locale: string;
  readonly timeZone: string;
  readonly suspended: boolean;
  readonly active: boolean;
  readonly createdAtS: number;
  readonly updatedAtS: number;
}

/** The rows of active and deleted users. */
export interface Users {
  readonly table: Table<User>;
  readonly deleted: Table<User>;
  /** Returns an active user. Throws a 404. */
  require(id: number): User;
  byExternalId(externalId: string): User | undefined;
  blank(): User;
  /** Returns the row with the changes applied, and its violations. Nothing is stored. */
  changed(before: User, changes: UserRowChanges): { row: User; violations: readonly Violation[] };
  /** Returns the phone number in an update that becomes a further identity, while `phone` stays; null if there is none. */
  phoneOfIdentity(before: User, changes: UserRowChanges): string | null;
  /** Stores a row without validation. */
  put(row: User): void;
  /** Sets the time of a row's last change to now. */
  touch(id: number): void;
  remove(row: User): User;
}

/** The dependencies of the users. */
export interface UsersOptions {
  readonly clock: Clock;
  readonly nextId: () => number;
  readonly fields: CustomFields;
  readonly settings: ZendeskSettings;
}

/** Creates an account without users. */
export function createUsers({ clock, nextId, fields, settings }: UsersOptions): Users {
  const table = createTable<User>();
  const deleted = createTable<User>();
  const externalIds = createIndex();
  const require = (id: number): User => {
    const found = table.get(id);
    if (!found) throw recordNotFound();
    return found;
  };
  const unindex = ({ id, externalId }: User): void => {
    if (externalId !== null) externalIds.remove(keyOf(externalId), id);
  };
  const put = (row: User): void => {
    const before = table.get(row.id);
    if (before) unindex(before);
    table.put(row);
    if (row.externalId !== null) externalIds.add(keyOf(row.externalId), row.id);
  };
  return {
    table,
    deleted,
    require,
    byExternalId: (externalId) => externalIds.find(keyOf(externalId)).map(require)[0],
    blank: () => blankUser(nextId(), nowS(clock)),
    changed: (before, changes) => {
      const { row, violations } = applyChanges(
        { fields, invalidDropdown: settings.invalidDropdown },
        before,
        keptChanges(changes, settings),
      );
      const isTaken = row.externalId !== null && externalIds.find(keyOf(row.externalId)).some((id) => id !== row.id);
      return { row, violations: [...violationsOf(row, isTaken), ...violations] };
    },
    phoneOfIdentity: ({ phone: before }, { phone = null }) =>
      settings.phoneUpdates === 'identity' && before !== null && phone !== before ? phone : null,
    put,
    touch: (id) => put({ ...require(id), updatedAtS: nowS(clock) }),
    remove: (row) => {
      unindex(row);
      table.remove(row.id);
      const gone = { ...row, active: false, externalId: null, updatedAtS: nowS(clock) };
      deleted.put(gone);
      return gone;
    },
  };
}

function keyOf(externalId: string): string {
  return externalId.trim().toLowerCase();
}

function blankUser(id: number, atS: number): User {
  const texts = { name: '', externalId: null, phone: null, alias: null, details: null, notes: null };
  const flags = { suspended: false, active: true, role: 'end-user' as const };
  const places = { locale: 'en-US', timeZone: 'UTC' };
  return { id, ...texts, ...flags, ...places, tags: [], values: {}, createdAtS: atS, updatedAtS: atS };
}

function violationsOf({ name, role }: User, isTaken: boolean): Violation[] {
  const found: Violation[] = [];
  if (name === '') found.push({ field: 'name', description: 'Name: cannot be blank', error: 'BlankValue' });
  if (name.length > 255)
    found.push({ field: 'name', description: 'Name: is too long (maximum is 255 characters)', error: 'ValueTooLong' });
  if (!['end-user', 'agent', 'admin'].includes(role)) {
    found.push({ field: 'role', description: `Role: ${role} is invalid`, error: 'InvalidValue' });
  }
  if (isTaken)
    found.push({ field: 'external_id', description: 'External has already been taken', error: 'DuplicateValue' });
  return found;
}
