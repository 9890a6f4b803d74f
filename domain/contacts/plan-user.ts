import { SINGLE_ORGANIZATION, USER_IS_STAFF, USER_SUSPENDED } from './contact-remarks.ts';
import type { Remark } from '../sync/rejection.ts';

/**
 * What is known of a contact's user in Zendesk. Hashes are hexadecimal; emails are digests of the addresses known to be its
 * identities. Of the organizations that it is known to belong to, `own…` are those that we put it in, and `refused…` those
 * that Zendesk did not let us put it in.
 */
export interface KnownUser {
  readonly id: string;
  readonly formHash: string;
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

/** All that decides what happens to one settled contact. `desiredHash` is that of the whole form, `staffHash` of a staff member's. */
export interface UserPlanInput extends WantedOfUser {
  readonly desiredHash: string;
  readonly staffHash: string;
  readonly linkedId: string | null;
  readonly adoptId: string | null;
  readonly known: KnownUser | null;
  readonly refusedAttempt: string | null;
}

/**
 * An operation on a user, or an outcome that needs none. `form` tells whether the form differs too: where only an address or
 * an organization is missing, no bulk write is needed.
 */
export type UserPlan =
  | { readonly operation: 'create' }
  | { readonly operation: 'update' | 'adopt'; readonly id: string; readonly form: boolean }
  | { readonly operation: 'resolve'; readonly id: string }
  | { readonly outcome: 'unchanged'; readonly id: string }
  | { readonly outcome: 'rejected' };

/** Decides what to do about one contact: pure, so that a preview shows exactly what a run writes. */
export function planUser(input: UserPlanInput): UserPlan {
  const { known } = input;
  // A user to adopt is not the contact's yet, whatever is known of it.
  const id = input.linkedId ?? (input.adoptId === null ? (known?.id ?? null) : null);
  const form = known?.formHash !== wantedHash(input, known);
  const lacks = form || lacksOf(input, known).some;
  if (id !== null && known?.isActive === true && !lacks) return { outcome: 'unchanged', id };
  if (input.refusedAttempt !== null && input.refusedAttempt === userAttemptText(input)) return { outcome: 'rejected' };
  if (id === null)
    return input.adoptId === null ? { operation: 'create' } : { operation: 'adopt', id: input.adoptId, form: true };
  if (known?.isActive === false) return { operation: 'resolve', id };
  return { operation: 'update', id, form };
}

/** The hash that the form of a user should have: of a staff member only the external id is ours. */
export function wantedHash(
  hashes: { desiredHash: string; staffHash: string },
  known: { isStaff: boolean } | null,
): string {
  return known?.isStaff === true ? hashes.staffHash : hashes.desiredHash;
}

/**
 * What a user lacks besides its form. Only memberships that we made are removed. An organization that was refused once is
 * tried again when the user leaves another: where only one is allowed, there is room for it then.
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
  const settled = [...(known?.organizationIds ?? []), ...refused];
  const join = organizationIds.filter((id) => !settled.includes(id));
  return { email, join, leave, some: email || join.length > 0 || leave.length > 0 };
}

/** What an attempt consisted of: after a refusal only a change of any of it makes us ask Zendesk again. */
export function userAttemptText(
  input: Pick<UserPlanInput, 'desiredHash' | 'known' | 'emailDigest' | 'organizationIds'>,
): string {
  const { desiredHash, known, emailDigest, organizationIds } = input;
  const found = known === null ? 'none' : `${known.formHash}${known.isActive ? '' : ' deleted'}`;
  return [desiredHash, found, emailDigest ?? 'none', organizationIds.join(',')].join('/');
}

/** What an operator should know of a contact whose user is as it should be: the user's own state before the contact's. */
export function remarkOf(wanted: WantedOfUser & { remark: Remark | null }, known: KnownUser | null): Remark | null {
  if (known?.isStaff === true) return USER_IS_STAFF;
  if (known?.isSuspended === true) return USER_SUSPENDED;
  const isRefused = wanted.organizationIds.some((id) => known?.refusedOrganizationIds.includes(id) === true);
  return wanted.remark ?? (isRefused ? SINGLE_ORGANIZATION : null);
}
