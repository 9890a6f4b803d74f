import { diff, splitIgnored, type FieldChange } from '../sync/diff.ts';
import type { Values } from '../sync/field-value.ts';
import type { KnownOrganization } from './organization.ts';

/** The input for planning one account, whose external id and name are reserved. */
export interface AccountPlanInput {
  /** The values that the organization should have (`organizationValues`). */
  readonly desired: Values;
  /** The tags that it should have, besides those that people set. */
  readonly tags: readonly string[];
  /** The organization that the account is linked to; null when there is none. */
  readonly linkedId: string | null;
  /** The organization that reserving chose for adoption. */
  readonly adoptId: string | null;
  /** The stored organization that is linked, or that has the external id of the account, or that will be adopted. */
  readonly known: KnownOrganization | null;
  /** True when Zendesk refused the same attempt the last time. It is not repeated unless a person asks for it. */
  readonly isRefused: boolean;
}

/**
 * An operation on an organization, or an outcome that needs none. `fieldsDiffer` is false when only a tag is missing.
 */
export type AccountPlan =
  | { readonly operation: 'create' }
  | { readonly operation: 'update' | 'adopt'; readonly id: string; readonly fieldsDiffer: boolean }
  | { readonly outcome: 'unchanged'; readonly id: string; readonly ignored: readonly string[] }
  | { readonly outcome: 'rejected' };

/** Decides what to do about one account. Pure, so that a preview can show exactly what a run writes. */
export function planAccount(input: AccountPlanInput): AccountPlan {
  const { known, adoptId, isRefused } = input;
  // An organization to adopt does not belong to the account yet, even if it is known.
  const knownId = known !== null && known.id !== adoptId ? known.id : null;
  const id = input.linkedId ?? knownId;
  const { toWrite, ignored } = accountChanges(input);
  const lacksTag = lacksTags(input.tags, known);
  if (id !== null && known !== null && toWrite.length === 0 && !lacksTag) return { outcome: 'unchanged', id, ignored };
  if (isRefused) return { outcome: 'rejected' };
  if (id !== null) return { operation: 'update', id, fieldsDiffer: toWrite.length > 0 };
  return adoptId === null ? { operation: 'create' } : { operation: 'adopt', id: adoptId, fieldsDiffer: true };
}

/**
 * Splits the differences between the desired and the known organization into those to write and those that Zendesk
 * ignores.
 */
export function accountChanges({ desired, known }: Pick<AccountPlanInput, 'desired' | 'known'>): {
  readonly toWrite: readonly FieldChange[];
  readonly ignored: readonly string[];
} {
  const changes = diff(desired, known?.values ?? {});
  return known === null ? { toWrite: changes, ignored: [] } : splitIgnored(changes, known);
}

/** Returns whether an organization lacks one of these tags. */
function lacksTags(tags: readonly string[], known: Pick<KnownOrganization, 'ownTags'> | null): boolean {
  return tags.some((tag) => known?.ownTags.includes(tag) !== true);
}

/**
 * Returns a text that identifies an attempt by the desired and the known values. After a refusal its digest is stored,
 * and the write is repeated only when it has changed.
 */
export function accountAttempt({ desired, known }: Pick<AccountPlanInput, 'desired' | 'known'>): string {
  return JSON.stringify([desired, known?.values ?? null]);
}
