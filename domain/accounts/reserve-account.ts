import { externalIdKey, renderExternalId } from '../sync/external-id.ts';
import { nameKey } from '../sync/record-name.ts';
import { recordKeyText, type ErpRecord } from '../sync/record.ts';
import { externalIdContested, nameAmbiguous, waitingForEntity, type Rejection } from '../sync/rejection.ts';
import { nameCandidates } from './organization-name.ts';

/** What the store holds of an account when its external id and name are reserved; null where it holds nothing. */
export interface HeldReservation {
  readonly externalId: string | null;
  readonly name: string | null;
  readonly zendeskId: string | null;
}

/** An organization that has a name. `linkedTo` is the key text of the account that it is linked to, null when to none. */
export interface NamedOrganization {
  readonly id: string;
  readonly externalId: string | null;
  readonly linkedTo: string | null;
}

/**
 * What is known around an account while its external id and name are reserved. Holders are key texts of accounts of the same
 * connection. `unlinked` counts the accounts without organization whose ERP name is this; `incompleteEntities` are the legal
 * entities that may hold further such accounts; `refused` are names that Zendesk has just refused, whoever holds them.
 */
export interface ReservationContext {
  externalIdHolder(externalIdKey: string): string | undefined;
  nameHolder(nameKey: string): string | undefined;
  organizationsNamed(nameKey: string): readonly NamedOrganization[];
  organizationWithExternalId(externalIdKey: string): NamedOrganization | undefined;
  unlinked(nameKey: string): number;
  readonly incompleteEntities: readonly string[];
  refused(nameKey: string): boolean;
}

/** How a connection reserves: the external id templates by kind, and whether organizations may be adopted by name. */
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

/** The result of reserving. A rejected account may still keep its external id, so that no other account gets it. */
export type ReservationResult =
  { readonly reservation: Reservation } | { readonly externalId: string | null; readonly rejection: Rejection };

interface Circumstances {
  readonly context: ReservationContext;
  readonly policy: ReservationPolicy;
}

/**
 * Reserves the external id and name of one account. An account that holds one keeps it. Accounts come in the order of their
 * rank, so a free one goes to the first. Pure; the caller updates the context between accounts.
 */
export function reserveAccount(account: ErpRecord, held: HeldReservation, at: Circumstances): ReservationResult {
  const { context, policy } = at;
  const rendered = renderExternalId(policy.templates, account);
  if ('rejection' in rendered) return { externalId: null, rejection: rendered.rejection };
  const { externalId } = rendered;
  const self = recordKeyText(account);
  const holder = context.externalIdHolder(externalIdKey(externalId));
  const found = context.organizationWithExternalId(externalIdKey(externalId));
  const owner = holder !== undefined && holder !== self ? holder : otherOwner(found, self);
  if (owner !== undefined) return { externalId: null, rejection: externalIdContested(externalId, owner) };
  const ownId = held.zendeskId ?? found?.id ?? null;
  const name = reserveName(account, { ...held, zendeskId: ownId }, at);
  return 'rejection' in name ? { externalId, rejection: name.rejection } : { reservation: { externalId, ...name } };
}

function otherOwner(found: NamedOrganization | undefined, self: string): string | undefined {
  const owner = found?.linkedTo ?? undefined;
  return owner === self ? undefined : owner;
}

type ReservedName = { name: string; adoptId: string | null } | { rejection: Rejection };

function reserveName(account: ErpRecord, held: HeldReservation, { context, policy }: Circumstances): ReservedName {
  const self = recordKeyText(account);
  const isFree = (name: string) => isNameFree(name, { self, ownId: held.zendeskId, context });
  if (held.name !== null && isFree(held.name)) return { name: held.name, adoptId: null };

  const candidates = nameCandidates(account);
  const [plain = account.key] = candidates;
  const mayAdopt = held.zendeskId === null && policy.adopt === 'by-name' && !isHeldByOther(plain, self, context);
  const adoption = mayAdopt ? considerAdoption(plain, context) : undefined;
  if (adoption !== undefined) return adoption;
  const free = candidates.find(isFree);
  if (free !== undefined) return { name: free, adoptId: null };
  const organizations = context.organizationsNamed(nameKey(plain)).length;
  return { rejection: nameAmbiguous(plain, { organizations, accounts: 1 }) };
}

/** Returns the adoption of the one organization of this name, or why it is not adopted; undefined when there is none to adopt. */
function considerAdoption(name: string, context: ReservationContext): ReservedName | undefined {
  const named = context.organizationsNamed(nameKey(name)).filter(({ linkedTo }) => linkedTo === null);
  const typedByHand = named.filter(({ externalId }) => externalId === null);
  const [only] = typedByHand;
  if (only === undefined) return undefined;
  const accounts = context.unlinked(nameKey(name));
  if (named.length > 1 || accounts > 1)
    return { rejection: nameAmbiguous(name, { organizations: typedByHand.length, accounts }) };
  if (context.incompleteEntities.length > 0) return { rejection: waitingForEntity(name, context.incompleteEntities) };
  return { name, adoptId: only.id };
}

function isHeldByOther(name: string, self: string, context: ReservationContext): boolean {
  const holder = context.nameHolder(nameKey(name));
  return holder !== undefined && holder !== self;
}

/**
 * Returns whether a name can be taken: no other account has it reserved, Zendesk has not just refused it, and no organization
 * but our own has it. Of an organization that is linked to another account, that account's reservation counts, not its name.
 */
function isNameFree(name: string, who: { self: string; ownId: string | null; context: ReservationContext }): boolean {
  const { self, ownId, context } = who;
  if (isHeldByOther(name, self, context) || context.refused(nameKey(name))) return false;
  return context.organizationsNamed(nameKey(name)).every(({ id, linkedTo }) => id === ownId || linkedTo !== null);
}
