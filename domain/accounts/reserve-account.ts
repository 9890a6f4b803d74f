import { externalIdKey, renderExternalId } from '../sync/external-id.ts';
import { nameKey } from '../sync/record-name.ts';
import { recordKeyText, type ErpRecord } from '../sync/record.ts';
import {
  externalIdContested,
  externalIdMoved,
  nameAmbiguous,
  waitingForEntity,
  type Rejection,
} from '../sync/rejection.ts';
import { numberHeld, renumberingUnclear } from './renumbering-remarks.ts';
import { nameCandidates } from './organization-name.ts';

/** The reservations and the link that an account already has, each null if it has none. */
export interface HeldReservation {
  readonly externalId: string | null;
  readonly name: string | null;
  readonly zendeskId: string | null;
  /** The former numbers of which this may be the new one; missing or empty if there are none. */
  readonly formerKeys?: readonly string[];
  /** The organization that it is linked to, as it was last seen. */
  readonly organization?: NamedOrganization | null;
  /** True when Zendesk refused the plain name of the account although no organization is known that has it. */
  readonly isPlainRefused?: boolean;
}

/** An organization as it was last seen. `linkedTo` is the key text of the linked account, or null. */
export interface NamedOrganization {
  readonly id: string;
  readonly name: string;
  readonly externalId: string | null;
  readonly linkedTo: string | null;
}

/**
 * The context of an account while its external id and name are reserved. Holders are key texts of accounts of the same
 * connection. `accountsNamed` returns the number of accounts that have this ERP name and no organization of this name.
 * An organization that a person typed can belong to any of them, also to one that got a name with a suffix.
 * `incompleteEntities` are legal entities that may contain further such accounts. `refused` returns whether Zendesk has
 * just refused a name.
 */
export interface ReservationContext {
  externalIdHolder(externalIdKey: string): string | undefined;
  nameHolder(nameKey: string): string | undefined;
  organizationsNamed(nameKey: string): readonly NamedOrganization[];
  organizationWithExternalId(externalIdKey: string): NamedOrganization | undefined;
  accountsNamed(nameKey: string): number;
  readonly incompleteEntities: readonly string[];
  refused(nameKey: string): boolean;
}

/** The policy of a connection: the external id templates by kind, and whether organizations may be adopted by name. */
export interface ReservationPolicy {
  readonly templates: Readonly<Record<string, string>>;
  readonly adopt: 'by-name' | 'never';
}

/** The external id and name that are reserved for an account, and the organization to adopt, if any. */
export interface Reservation {
  readonly externalId: string;
  readonly name: string;
  readonly adoptId: string | null;
}

/**
 * The result of reserving. A rejected account may keep its external id, so that no other account gets it. One that
 * could not be read keeps its name, too.
 */
export type ReservationResult =
  | { readonly reservation: Reservation }
  | { readonly externalId: string | null; readonly name?: string | null; readonly rejection: Rejection };

interface ReservationInput {
  readonly context: ReservationContext;
  readonly policy: ReservationPolicy;
}

/**
 * Reserves the external id and the name of one account. An account keeps those that it holds, but gives a suffix back as
 * soon as nobody has its plain name. Call it for accounts in the order of their rank, because the first one gets a free
 * name. Pure: the caller updates the context between accounts.
 */
export function reserveAccount(account: ErpRecord, held: HeldReservation, at: ReservationInput): ReservationResult {
  const { context, policy } = at;
  if (account.defect !== undefined) return { externalId: held.externalId, name: held.name, rejection: account.defect };
  const rendered = renderExternalId(policy.templates, account);
  if ('rejection' in rendered) return { externalId: null, rejection: rendered.rejection };
  const { externalId } = rendered;
  const { formerKeys = [] } = held;
  if (formerKeys.length > 0) {
    const isNew = held.zendeskId === null;
    const rejection = isNew ? renumberingUnclear(account, formerKeys, externalId) : numberHeld(account, formerKeys);
    return { externalId: held.externalId, name: held.name, rejection };
  }
  const self = recordKeyText(account);
  const holder = context.externalIdHolder(externalIdKey(externalId));
  const found = context.organizationWithExternalId(externalIdKey(externalId));
  if (holder !== undefined && holder !== self)
    return { externalId: null, rejection: externalIdContested(externalId, holder) };
  if (found !== undefined && found.linkedTo !== null && found.linkedTo !== self) {
    const own = held.organization ?? null;
    return { externalId: null, rejection: externalIdMoved(externalId, { account: self, own, other: found }) };
  }
  const ownId = held.zendeskId ?? found?.id ?? null;
  const name = reserveName(account, { ...held, zendeskId: ownId }, at);
  return 'rejection' in name ? { externalId, rejection: name.rejection } : { reservation: { externalId, ...name } };
}

type ReservedName = { name: string; adoptId: string | null } | { rejection: Rejection };

function reserveName(account: ErpRecord, held: HeldReservation, { context, policy }: ReservationInput): ReservedName {
  const self = recordKeyText(account);
  const isFree = (name: string) => isNameFree(name, { self, ownId: held.zendeskId, context });
  const candidates = nameCandidates(account);
  const [plain = account.key] = candidates;
  const mayAdopt = held.zendeskId === null && policy.adopt === 'by-name' && !isHeldByOther(plain, self, context);
  const adoption = mayAdopt ? considerAdoption(plain, context) : undefined;
  if (adoption !== undefined) return adoption;
  const isVacant = (name: string) => isFree(name) && hasNoOther(held.zendeskId, name, context);
  const isHeld = held.name !== null && isOneOf(candidates, held.name) && isFree(held.name);
  if (isVacant(plain) && !(isHeld && held.isPlainRefused === true)) return { name: plain, adoptId: null };
  if (held.name !== null && isHeld) return { name: held.name, adoptId: null };
  // A linked account whose plain name another organization is about to lose takes a name with a suffix meanwhile. So the
  // renaming of a ring or chain of organizations never depends on the order of the rows in a job.
  const interim = held.zendeskId === null ? undefined : candidates.find(isVacant);
  const free = interim ?? candidates.find(isFree);
  if (free !== undefined) return { name: free, adoptId: null };
  const organizations = context.organizationsNamed(nameKey(plain)).length;
  return { rejection: nameAmbiguous(plain, { organizations, accounts: 1 }) };
}

/**
 * Returns the adoption of the only organization of this name, or why it is not adopted; undefined when there is none.
 */
function considerAdoption(name: string, context: ReservationContext): ReservedName | undefined {
  const named = context.organizationsNamed(nameKey(name)).filter(({ linkedTo }) => linkedTo === null);
  const withoutExternalId = named.filter(({ externalId }) => externalId === null);
  const [only] = withoutExternalId;
  if (only === undefined) return undefined;
  const accounts = context.accountsNamed(nameKey(name));
  if (named.length > 1 || accounts > 1)
    return { rejection: nameAmbiguous(name, { organizations: withoutExternalId.length, accounts }) };
  if (context.incompleteEntities.length > 0) return { rejection: waitingForEntity(name, context.incompleteEntities) };
  return { name, adoptId: only.id };
}

function isHeldByOther(name: string, self: string, context: ReservationContext): boolean {
  const holder = context.nameHolder(nameKey(name));
  return holder !== undefined && holder !== self;
}

/** Returns whether an account may still have a name that it holds. A suffix may contain its former number. */
function isOneOf(candidates: readonly string[], name: string): boolean {
  return candidates.some((candidate) => nameKey(candidate) === nameKey(name));
}

/** Returns whether no organization has a name, except this one. Also one that is about to lose the name has it. */
function hasNoOther(ownId: string | null, name: string, context: ReservationContext): boolean {
  return context.organizationsNamed(nameKey(name)).every(({ id }) => id === ownId);
}

/**
 * Returns whether a name is free: no other account has reserved it, Zendesk has not just refused it, and no other
 * organization has it. The name of an organization that is linked to another account does not count, only that
 * account's reservation does.
 */
function isNameFree(name: string, at: { self: string; ownId: string | null; context: ReservationContext }): boolean {
  const { self, ownId, context } = at;
  if (isHeldByOther(name, self, context) || context.refused(nameKey(name))) return false;
  return context.organizationsNamed(nameKey(name)).every(({ id, linkedTo }) => id === ownId || linkedTo !== null);
}
