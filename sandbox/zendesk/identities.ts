import type { Clock } from '../core/clock.ts';
import type { Violation } from './refusal.ts';
import { duplicateValue, recordNotFound, refuseIfInvalid } from './refusal.ts';
import type { Table } from './table.ts';
import { createIndex, createTable } from './table.ts';
import { nowS } from './wire-time.ts';

/** An identity of a user, usually an email address. */
export interface Identity {
  readonly id: number;
  readonly userId: number;
  readonly type: string;
  readonly value: string;
  readonly verified: boolean;
  readonly primary: boolean;
  readonly createdAtS: number;
  readonly updatedAtS: number;
}

/** The identities of all users. A value of a type belongs to one user only, also if it is secondary. */
export interface Identities {
  readonly table: Table<Identity>;
  /** Returns an identity of this user. Throws a 404. */
  require(userId: number, id: number): Identity;
  ofUser(userId: number): Identity[];
  /** Returns the user with this primary or secondary email address. */
  ownerOf(email: string): number | undefined;
  primaryEmail(userId: number): Identity | undefined;
  /** Returns the violations of an identity. `attribute` is its name in the response. */
  violations(wanted: Pick<Identity, 'type' | 'value' | 'userId'>, attribute: 'email' | 'value'): Violation[];
  /**
   * Adds an identity. The first one of its type becomes primary. Throws a 422 for an invalid value or one that is in
   * use.
   */
  add(wanted: Pick<Identity, 'userId' | 'type' | 'value' | 'verified' | 'primary'>): Identity;
  change(identity: Identity, changes: { readonly verified?: boolean; readonly value?: string }): Identity;
  makePrimary(identity: Identity): void;
  remove(identity: Identity): void;
}

/** Creates an account without identities. */
export function createIdentities({
  clock,
  nextId,
}: {
  readonly clock: Clock;
  readonly nextId: () => number;
}): Identities {
  const table = createTable<Identity>();
  const users = createIndex();
  const values = createIndex();
  const ofUser = (userId: number): Identity[] => users.find(String(userId)).flatMap((id) => table.get(id) ?? []);
  const primaryOf = (userId: number, type: string): Identity | undefined =>
    ofUser(userId).find((identity) => identity.type === type && identity.primary);
  const put = (row: Identity): Identity => {
    table.put({ ...row, updatedAtS: nowS(clock) });
    return row;
  };
  const ownerOf = (type: string, value: string): number | undefined => {
    const [id] = values.find(keyOf(type, value));
    return id === undefined ? undefined : table.get(id)?.userId;
  };
  const violations: Identities['violations'] = ({ type, value, userId }, attribute) =>
    violationsOf({ type, value, attribute }, [undefined, userId].includes(ownerOf(type, value)));
  const makePrimary = (identity: Identity): void => {
    const before = primaryOf(identity.userId, identity.type);
    if (before) put({ ...before, primary: false });
    put({ ...identity, primary: true });
  };
  return {
    table,
    require: (userId, id) => {
      const found = table.get(id);
      if (found?.userId !== userId) throw recordNotFound();
      return found;
    },
    ofUser,
    ownerOf: (email) => ownerOf('email', email),
    primaryEmail: (userId) => primaryOf(userId, 'email'),
    violations,
    add: (wanted) => {
      refuseIfInvalid(violations(wanted, 'value'));
      const [same] = values.find(keyOf(wanted.type, wanted.value));
      if (same !== undefined) refuseIfInvalid([inUse(wanted.value, 'value')]);
      const before = primaryOf(wanted.userId, wanted.type);
      const row = { ...wanted, id: nextId(), primary: !before, createdAtS: nowS(clock), updatedAtS: nowS(clock) };
      users.add(String(row.userId), row.id);
      values.add(keyOf(row.type, row.value), row.id);
      table.put(row);
      if (wanted.primary) makePrimary(row);
      return table.get(row.id) ?? row;
    },
    change: (identity, changes) => {
      const after = { ...identity, ...changes };
      refuseIfInvalid(violations(after, 'value'));
      values.remove(keyOf(identity.type, identity.value), identity.id);
      values.add(keyOf(after.type, after.value), after.id);
      return put(after);
    },
    makePrimary,
    remove: (identity) => {
      table.remove(identity.id);
      users.remove(String(identity.userId), identity.id);
      values.remove(keyOf(identity.type, identity.value), identity.id);
      const heir = ofUser(identity.userId).find(({ type }) => type === identity.type);
      if (identity.primary && heir) makePrimary(heir);
    },
  };
}

function keyOf(type: string, value: string): string {
  return `${type}:${value.trim().toLowerCase()}`;
}

/** Addresses are ASCII, and their domains have no underscore (seen in refusals of real accounts). */
const EMAIL = /^[!#-'*+\-./0-9=?A-Z^-~]+@(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z][a-z0-9-]*$/i;

function violationsOf(
  { type, value, attribute }: { type: string; value: string; attribute: 'email' | 'value' },
  isFree: boolean,
): Violation[] {
  const label = attribute === 'email' ? 'Email' : 'Value';
  if (value === '') return [{ field: attribute, description: `${label} cannot be blank`, error: 'BlankValue' }];
  if (type === 'email' && !EMAIL.test(value)) {
    return [{ field: attribute, description: `${label}: ${value} is not properly formatted`, error: 'InvalidFormat' }];
  }
  return isFree ? [] : [inUse(value, attribute)];
}

function inUse(value: string, attribute: 'email' | 'value'): Violation {
  const label = attribute === 'email' ? 'Email' : 'Value';
  return duplicateValue(attribute, label, `${value} is already being used by another user`);
}
