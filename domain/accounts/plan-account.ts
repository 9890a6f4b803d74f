/** What is known of an account's organization in Zendesk, as hashes of the canonical form (hexadecimal). */
export interface KnownOrganization {
  readonly id: string;
  readonly formHash: string;
  readonly ownTags: readonly string[];
}

/** All that decides what happens to one settled account. */
export interface PlanInput {
  /** Hash of the form that the organization should have. */
  readonly desiredHash: string;
  /** The tag of the account's kind. */
  readonly tag: string;
  /** The organization that the account is linked to; null when to none. */
  readonly linkedId: string | null;
  /** The organization that settling gave it to adopt. */
  readonly adoptId: string | null;
  /** What the store has seen of the linked organization, or of the one that carries our external id. */
  readonly known: KnownOrganization | null;
  /** Hash of what we last wrote, for a linked organization that was never seen since. */
  readonly writtenHash: string | null;
  /** Hash of what Zendesk refused the last time: the same is not tried again unless somebody asks. */
  readonly refusedHash: string | null;
}

/** An operation on an organization, or an outcome that needs none. */
export type Plan =
  | { readonly operation: 'create' }
  | { readonly operation: 'update' | 'adopt'; readonly id: string }
  | { readonly outcome: 'unchanged'; readonly id: string }
  | { readonly outcome: 'rejected'; readonly again: 'zendesk_refused' };

/** Decides what to do about one account: pure, so that a preview shows exactly what a run writes. */
export function planAccount(input: PlanInput): Plan {
  const id = input.linkedId ?? input.known?.id ?? null;
  if (id !== null && isAsDesired(input)) return { outcome: 'unchanged', id };
  if (input.refusedHash !== null && input.refusedHash === attemptText(input))
    return { outcome: 'rejected', again: 'zendesk_refused' };
  if (id !== null) return { operation: 'update', id };
  return input.adoptId === null ? { operation: 'create' } : { operation: 'adopt', id: input.adoptId };
}

function isAsDesired({ known, desiredHash, writtenHash, tag }: PlanInput): boolean {
  if (known === null) return writtenHash === desiredHash;
  return known.formHash === desiredHash && known.ownTags.includes(tag);
}

/**
 * What an attempt consisted of: the form wanted and the form found. After a refusal the store keeps it, and only when
 * either has changed is Zendesk asked again.
 */
export function attemptText({ desiredHash, known }: Pick<PlanInput, 'desiredHash' | 'known'>): string {
  return `${desiredHash}/${known?.formHash ?? 'none'}`;
}
