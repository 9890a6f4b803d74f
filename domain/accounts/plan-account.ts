import { diff, splitIgnored, type FieldChange } from '../sync/diff.ts';
import type { Values } from '../sync/field-value.ts';
import type { KnownOrganization } from './organization.ts';

/** Everything that decides what happens to one account whose external id and name are reserved. */
export interface AccountPlanInput {
  /** The values that the organization should have (`organizationValues`). */
  readonly desired: Values;
  /** The tags that it should carry besides those of other people. */
  readonly tags: readonly string[];
  /** The organization that the account is linked to; null when to none. */
  readonly linkedId: string | null;
  /** The organization that reserving chose for adoption. */
  readonly adoptId: string | null;
  /** What the store remembers of the linked organization, or of the one that carries our external id. */
  readonly known: KnownOrganization | null;
  /** Whether Zendesk refused this very attempt the last time: then it is not tried again unless somebody asks. */
  readonly isRefused: boolean;
}

/** An operation on an organization, or an outcome that needs none. `fieldsDiffer` is false where only a tag is missing. */
export type AccountPlan =
  | { readonly operation: 'create' }
  | { readonly operation: 'update' | 'adopt'; readonly id: string; readonly fieldsDiffer: boolean }
  | { readonly outcome: 'unchanged'; readonly id: string; readonly ignored: readonly string[] }
  | { readonly outcome: 'rejected' };

/** Decides what to do about one account. Pure, so that a preview shows exactly what a run writes. */
export function planAccount(input: AccountPlanInput): AccountPlan {
  const { known, adoptId, isRefused } = input;
  const id = input.linkedId ?? known?.id ?? null;
  const { toWrite, ignored } = accountChanges(input);
  const lacksTag = lacksTags(input.tags, known);
  if (id !== null && known !== null && toWrite.length === 0 && !lacksTag) return { outcome: 'unchanged', id, ignored };
  if (isRefused) return { outcome: 'rejected' };
  if (id !== null) return { operation: 'update', id, fieldsDiffer: toWrite.length > 0 };
  return adoptId === null ? { operation: 'create' } : { operation: 'adopt', id: adoptId, fieldsDiffer: true };
}

/** Splits what differs between an account's desired organization and the known one into what to write and what Zendesk ignores. */
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
 * Writes down what an attempt consists of: the values wanted and the values found. After a refusal its digest is stored, and
 * Zendesk is asked again only when either has changed.
 */
export function accountAttempt({ desired, known }: Pick<AccountPlanInput, 'desired' | 'known'>): string {
  return JSON.stringify([desired, known?.values ?? null]);
}
