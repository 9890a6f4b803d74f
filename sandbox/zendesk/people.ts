import type { Clock } from '../core/clock.ts';
import type { Identities, Identity } from './identities.ts';
import type { Memberships } from './memberships.ts';
import type { Organizations } from './organizations.ts';
import type { Violation } from './refusal.ts';
import { refuseIfInvalid } from './refusal.ts';
import type { UserChanges, WantedIdentity } from './user-input.ts';
import type { User, Users } from './users.ts';
import { isoOf, nowS } from './wire-time.ts';

/** An email that Zendesk sent to a user. */
export interface SentMail {
  readonly to: string;
  readonly userId: number;
  readonly kind: 'verification';
  readonly at: string;
}

/** The tables that a write of a user changes. */
export interface PeopleStores {
  readonly clock: Clock;
  readonly users: Users;
  readonly identities: Identities;
  readonly memberships: Memberships;
  readonly organizations: Organizations;
  readonly mails: SentMail[];
}

/**
 * Creates a user with identities and a membership. Sends a verification email unless the request skips it. Throws a
 * 422.
 */
export function createUser(stores: PeopleStores, changes: UserChanges): User {
  const { row, violations } = stores.users.changed(stores.users.blank(), changes.row);
  const identities = wantedIdentities(changes);
  const refused = identities.flatMap((wanted) => stores.identities.violations({ ...wanted, userId: row.id }, 'email'));
  refuseIfInvalid([...violations, ...refused, ...organizationViolations(stores, changes)]);
  stores.users.put(row);
  for (const wanted of identities) addIdentity(stores, { ...wanted, userId: row.id }, changes.skipVerifyEmail);
  const organizationId = wantedOrganization(stores, changes) ?? organizationOfDomain(stores, changes.email);
  if (organizationId !== null) stores.memberships.add(row.id, organizationId);
  return row;
}

/**
 * Changes a user. An email becomes a secondary identity, never the primary one (Zendesk docs, Update User). Throws a
 * 404 or 422.
 */
export function updateUser(stores: PeopleStores, id: number, changes: UserChanges): User {
  const { users, identities, clock } = stores;
  const before = users.require(id);
  const phone = users.phoneOfIdentity(before, changes.row);
  const { row, violations } = users.changed(
    before,
    phone === null ? changes.row : { ...changes.row, phone: before.phone },
  );
  const { email = null, verified = false } = changes;
  const isNew = email !== null && identities.ownerOf(email) !== id;
  const wanted: WantedIdentity[] = isNew ? [{ type: 'email', value: email, verified, primary: false }] : [];
  const refused = wanted.flatMap((identity) => identities.violations({ ...identity, userId: id }, 'email'));
  refuseIfInvalid([...violations, ...refused, ...organizationViolations(stores, changes)]);
  for (const identity of wanted) addIdentity(stores, { ...identity, userId: id }, changes.skipVerifyEmail);
  if (phone !== null && identities.ofUser(id).every(({ value }) => value !== phone))
    identities.add({ userId: id, type: 'phone_number', value: phone, verified: true, primary: false });
  const primary = identities.primaryEmail(id);
  if (changes.verified !== undefined && email === null && primary) identities.change(primary, { verified });
  const moved = moveToOrganization(stores, id, changes);
  if (phone === null && wanted.length === 0 && !moved && JSON.stringify(row) === JSON.stringify(before)) return before;
  users.put({ ...row, updatedAtS: nowS(clock) });
  return users.require(id);
}

/** Adds an identity. Sends an email to an address that is not verified, unless the request skips it. Throws a 422. */
export function addIdentity(
  stores: PeopleStores,
  wanted: WantedIdentity & { readonly userId: number },
  skipVerifyEmail: boolean,
): Identity {
  const identity = stores.identities.add(wanted);
  if (identity.type === 'email' && !identity.verified && !skipVerifyEmail) {
    const { value: to, userId } = identity;
    stores.mails.push({ to, userId, kind: 'verification', at: isoOf(nowS(stores.clock)) });
  }
  return identity;
}

/** Deletes a user with its identities, external id and memberships. The row can still be read as inactive. */
export function deleteUser({ users, identities, memberships }: PeopleStores, id: number): User {
  const row = users.require(id);
  for (const identity of identities.ofUser(id).reverse()) identities.remove(identity);
  for (const membership of memberships.ofUser(id).reverse()) memberships.remove(membership);
  return users.remove(row);
}

/**
 * Merges two end users and deletes the loser. The winner gets its identities and memberships, and its external id if it
 * has none. Throws a 404.
 */
export function mergeUsers(stores: PeopleStores, loserId: number, winnerId: number): User {
  const { users, identities, memberships } = stores;
  const [loser, winner] = [users.require(loserId), users.require(winnerId)];
  const movedIdentities = identities.ofUser(loserId);
  const movedOrganizationIds = memberships.ofUser(loserId).map(({ organizationId }) => organizationId);
  deleteUser(stores, loserId);
  for (const { type, value, verified } of movedIdentities)
    identities.add({ userId: winnerId, type, value, verified, primary: false });
  for (const organizationId of movedOrganizationIds)
    if (memberships.ofUser(winnerId).every((present) => present.organizationId !== organizationId))
      memberships.add(winnerId, organizationId);
  users.put({ ...winner, externalId: winner.externalId ?? loser.externalId, updatedAtS: nowS(stores.clock) });
  return users.require(winnerId);
}

function wantedIdentities({ email = null, verified = false, identities }: UserChanges): readonly WantedIdentity[] {
  return email === null ? identities : [{ type: 'email', value: email, verified, primary: true }, ...identities];
}

function organizationViolations({ organizations }: PeopleStores, { organizationId = null }: UserChanges): Violation[] {
  if (organizationId === null || organizations.table.get(organizationId)) return [];
  return [{ field: 'organization', description: 'Organization is invalid', error: 'InvalidValue' }];
}

function wantedOrganization({ organizations }: PeopleStores, changes: UserChanges): number | null {
  if (changes.organizationId !== undefined) return changes.organizationId;
  return changes.organizationName === undefined
    ? null
    : (organizations.byName(changes.organizationName)[0]?.id ?? null);
}

function organizationOfDomain({ organizations }: PeopleStores, email: string | null | undefined): number | null {
  const domain = email?.split('@')[1];
  return domain === undefined ? null : (organizations.byDomain(domain)?.id ?? null);
}

/** Setting `organization_id` removes every other membership (Zendesk docs, Users). */
function moveToOrganization(stores: PeopleStores, id: number, changes: UserChanges): boolean {
  const { memberships } = stores;
  if (changes.organizationId === undefined && changes.organizationName === undefined) return false;
  const wanted = wantedOrganization(stores, changes);
  const present = memberships.ofUser(id);
  const kept = present.find(({ organizationId }) => organizationId === wanted);
  if (kept && present.length === 1) return false;
  for (const membership of present) if (membership !== kept) memberships.remove(membership);
  if (wanted !== null && !kept) memberships.add(id, wanted);
  return present.length > 0 || wanted !== null;
}
