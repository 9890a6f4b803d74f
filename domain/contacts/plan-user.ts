import { diff, splitIgnored, type FieldChange, type LastWrite } from '../sync/diff.ts';
import type { Values } from '../sync/field-value.ts';
import { fieldIgnored, type Remark } from '../sync/rejection.ts';
import { KEPT_FOR_OPEN_TICKETS, SINGLE_ORGANIZATION, USER_IS_STAFF, USER_SUSPENDED } from './contact-remarks.ts';

/**
 * A user as it is stored. `values` are digests of the values in Zendesk, by field. A missing one is unknown.
 * `emailDigests` are those of its known addresses. `organizationIds` are its known organizations, and `own…` those of
 * accounts to which we added it. For `refused…`, Zendesk refused the membership. `unsolved…` are those of its own
 * organizations in which it has tickets that are not solved.
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
  readonly unsolvedOrganizationIds?: readonly string[];
  /** The members that Zendesk last showed in an unexpected form. The values are those of an earlier answer. */
  readonly defect?: string | null;
}

/** The address and the organizations that a user should have. The address is a digest, null if it needs none. */
export interface WantedOfUser {
  readonly emailDigest: string | null;
  readonly organizationIds: readonly string[];
}

/** The input for planning one contact, whose external id is reserved. */
export interface UserPlanInput extends WantedOfUser {
  /** Digests of the values that the user should have (`userValues`); for agents and admins only the external id. */
  readonly desired: Values;
  readonly linkedId: string | null;
  readonly adoptId: string | null;
  readonly known: KnownUser | null;
  /** True when Zendesk refused the same attempt the last time. */
  readonly isRefused: boolean;
}

/**
 * An operation on a user, or an outcome that needs none. `fieldsDiffer` is false when only an address or an
 * organization is missing, so that no bulk write is needed.
 */
export type UserPlan =
  | { readonly operation: 'create' }
  | { readonly operation: 'update' | 'adopt'; readonly id: string; readonly fieldsDiffer: boolean }
  | { readonly operation: 'resolve'; readonly id: string }
  | { readonly outcome: 'unchanged'; readonly id: string; readonly ignored: readonly string[] }
  | { readonly outcome: 'rejected' };

/** Decides what to do about one contact. Pure, so that a preview can show exactly what a run writes. */
export function planUser(input: UserPlanInput): UserPlan {
  const { known, adoptId } = input;
  // A user to adopt does not belong to the contact yet, even if it is known.
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

/** Splits the differences between the desired and the known user into those to write and those that Zendesk ignores. */
export function userChanges({ desired, known }: Pick<UserPlanInput, 'desired' | 'known'>): {
  readonly toWrite: readonly FieldChange[];
  readonly ignored: readonly string[];
} {
  const changes = diff(desired, known?.values ?? {});
  return known === null ? { toWrite: changes, ignored: [] } : splitIgnored(changes, known);
}

/**
 * Returns what a user lacks besides its form. Only memberships that we created are removed, and only when the user has no
 * unsolved tickets in the organization: Zendesk would take them out of it (Zendesk help, article 204281156). These stay
 * for now (`kept`). An organization that was refused is tried again when the user leaves another one, because the account
 * may allow only one.
 */
export function lacksOf(
  wanted: WantedOfUser,
  known: KnownUser | null,
): {
  email: boolean;
  join: readonly string[];
  leave: readonly string[];
  kept: readonly string[];
  some: boolean;
} {
  const { emailDigest, organizationIds } = wanted;
  const isStaff = known?.isStaff === true;
  const email = emailDigest !== null && !isStaff && known?.emailDigests.includes(emailDigest) !== true;
  const ended = (known?.ownOrganizationIds ?? []).filter((id) => !organizationIds.includes(id));
  const kept = ended.filter((id) => known?.unsolvedOrganizationIds?.includes(id) === true);
  const leave = ended.filter((id) => !kept.includes(id));
  const refused = leave.length > 0 ? [] : (known?.refusedOrganizationIds ?? []);
  const noneToJoin = [...(known?.organizationIds ?? []), ...refused];
  const join = organizationIds.filter((id) => !noneToJoin.includes(id));
  return { email, join, leave, kept, some: email || join.length > 0 || leave.length > 0 };
}

/**
 * Returns a text that identifies an attempt. After a refusal its digest is stored, and the write is repeated only when
 * it has changed.
 */
export function userAttempt(
  input: Pick<UserPlanInput, 'desired' | 'known' | 'emailDigest' | 'organizationIds'>,
): string {
  const { desired, known, emailDigest, organizationIds } = input;
  return JSON.stringify([desired, known?.values ?? null, known?.isActive ?? null, emailDigest, organizationIds]);
}

/**
 * Returns the remark on a contact whose user needs no change. The state of the user goes before that of the contact.
 */
export function userRemark(
  wanted: WantedOfUser & { readonly remark: Remark | null; readonly ignored: readonly string[] },
  known: KnownUser | null,
): Remark | null {
  if (lacksOf(wanted, known).kept.length > 0) return KEPT_FOR_OPEN_TICKETS;
  if (known?.isStaff === true) return USER_IS_STAFF;
  if (known?.isSuspended === true) return USER_SUSPENDED;
  if (wanted.remark !== null) return wanted.remark;
  if (wanted.ignored.length > 0) return fieldIgnored(wanted.ignored);
  const isRefused = wanted.organizationIds.some((id) => known?.refusedOrganizationIds.includes(id) === true);
  return isRefused ? SINGLE_ORGANIZATION : null;
}
