import { diff, splitIgnored, type FieldChange, type LastWrite } from '../sync/diff.ts';
import type { Values } from '../sync/field-value.ts';
import { fieldIgnored, type Remark } from '../sync/rejection.ts';
import { SINGLE_ORGANIZATION, USER_IS_STAFF, USER_SUSPENDED } from './contact-remarks.ts';

/**
 * What the store remembers of a contact's user. `values` are digests of what Zendesk showed, by field; a missing one is
 * unknown. Emails are digests of the addresses known to be its identities. Of the organizations that it is known to belong to,
 * `own…` are those that we put it in, and `refused…` those that Zendesk did not let us put it in.
 */
export interface KnownUser extends LastWrite {
  readonly id: string;
  readonly values: Values;
  readonly isStaff: boolean;
  readonly isActive: boolean;
  readonly isSuspended: boolean;
  readonly emailDigests: readonly string[];
  readonly organizationIds: readonly string[];
  readonly ownOrganizationIds: readonly string[];
  readonly refusedOrganizationIds: readonly string[];
}

/** What a user should have besides its form: an address, as digest (null: none is wanted), and organizations. */
export interface WantedOfUser {
  readonly emailDigest: string | null;
  readonly organizationIds: readonly string[];
}

/** Everything that decides what happens to one contact whose external id is reserved. */
export interface UserPlanInput extends WantedOfUser {
  /** Digests of the values that the user should have (`userValues`); of a staff member only the external id. */
  readonly desired: Values;
  readonly linkedId: string | null;
  readonly adoptId: string | null;
  readonly known: KnownUser | null;
  /** Whether Zendesk refused this very attempt the last time. */
  readonly isRefused: boolean;
}

/**
 * An operation on a user, or an outcome that needs none. `fieldsDiffer` is false where only an address or an organization is
 * missing: then no bulk write is needed.
 */
export type UserPlan =
  | { readonly operation: 'create' }
  | { readonly operation: 'update' | 'adopt'; readonly id: string; readonly fieldsDiffer: boolean }
  | { readonly operation: 'resolve'; readonly id: string }
  | { readonly outcome: 'unchanged'; readonly id: string; readonly ignored: readonly string[] }
  | { readonly outcome: 'rejected' };

/** Decides what to do about one contact. Pure, so that a preview shows exactly what a run writes. */
export function planUser(input: UserPlanInput): UserPlan {
  const { known, adoptId } = input;
  // A user to adopt is not the contact's yet, whatever is known of it.
  const id = input.linkedId ?? (adoptId === null ? (known?.id ?? null) : null);
  const { toWrite, ignored } = userChanges(input);
  const fieldsDiffer = toWrite.length > 0;
  const isComplete = !fieldsDiffer && !lacksOf(input, known).some;
  if (id !== null && known?.isActive === true && isComplete) return { outcome: 'unchanged', id, ignored };
  if (input.isRefused) return { outcome: 'rejected' };
  if (id === null)
    return adoptId === null ? { operation: 'create' } : { operation: 'adopt', id: adoptId, fieldsDiffer: true };
  if (known?.isActive === false) return { operation: 'resolve', id };
  return { operation: 'update', id, fieldsDiffer };
}

/** Splits what differs between a contact's desired user and the known one into what to write and what Zendesk ignores. */
export function userChanges({ desired, known }: Pick<UserPlanInput, 'desired' | 'known'>): {
  readonly toWrite: readonly FieldChange[];
  readonly ignored: readonly string[];
} {
  const changes = diff(desired, known?.values ?? {});
  return known === null ? { toWrite: changes, ignored: [] } : splitIgnored(changes, known);
}

/**
 * Returns what a user lacks besides its form. Only memberships that we made are removed. An organization that was refused once
 * is tried again when the user leaves another one: where only one is allowed, there is room for it then.
 */
export function lacksOf(
  wanted: WantedOfUser,
  known: KnownUser | null,
): { email: boolean; join: readonly string[]; leave: readonly string[]; some: boolean } {
  const { emailDigest, organizationIds } = wanted;
  const isStaff = known?.isStaff === true;
  const email = emailDigest !== null && !isStaff && known?.emailDigests.includes(emailDigest) !== true;
  const leave = (known?.ownOrganizationIds ?? []).filter((id) => !organizationIds.includes(id));
  const refused = leave.length > 0 ? [] : (known?.refusedOrganizationIds ?? []);
  const noneToJoin = [...(known?.organizationIds ?? []), ...refused];
  const join = organizationIds.filter((id) => !noneToJoin.includes(id));
  return { email, join, leave, some: email || join.length > 0 || leave.length > 0 };
}

/** Writes down what an attempt consists of. After a refusal its digest is stored, and Zendesk is asked again only when any of it has changed. */
export function userAttempt(
  input: Pick<UserPlanInput, 'desired' | 'known' | 'emailDigest' | 'organizationIds'>,
): string {
  const { desired, known, emailDigest, organizationIds } = input;
  return JSON.stringify([desired, known?.values ?? null, known?.isActive ?? null, emailDigest, organizationIds]);
}

/** Returns what an operator should know of a contact whose user is as it should be: first the user's own state, then the contact's. */
export function userRemark(
  wanted: WantedOfUser & { readonly remark: Remark | null; readonly ignored: readonly string[] },
  known: KnownUser | null,
): Remark | null {
  if (known?.isStaff === true) return USER_IS_STAFF;
  if (known?.isSuspended === true) return USER_SUSPENDED;
  if (wanted.remark !== null) return wanted.remark;
  if (wanted.ignored.length > 0) return fieldIgnored(wanted.ignored);
  const isRefused = wanted.organizationIds.some((id) => known?.refusedOrganizationIds.includes(id) === true);
  return isRefused ? SINGLE_ORGANIZATION : null;
}
