import type { Account } from './account.ts';
import { recordKeyText } from '../sync/record.ts';
import { externalIdKey, renderExternalId } from '../sync/external-id.ts';
import { nameCandidates, nameKey } from './organization-name.ts';
import { externalIdContested, nameAmbiguous, waitingForEntity, type Rejection } from '../sync/rejection.ts';

/** What the store holds of an account when its external id and its name are settled; null where it holds nothing. */
export interface HeldReservation {
  readonly externalId: string | null;
  readonly name: string | null;
  readonly zendeskId: string | null;
}

/** An organization that has a name: `ours` is the key text of the account it is linked to, null when to none. */
export interface NamedOrganization {
  readonly id: string;
  readonly externalId: string | null;
  readonly ours: string | null;
}

/**
 * What surrounds an account while its reservation is settled. Holders are key texts of accounts of the same connection.
 * `wanting` counts the accounts without organization whose ERP name is this; `unread` names the legal entities that may
 * hold further such accounts; `refused` are names that Zendesk has just refused, whoever holds them.
 */
export interface Surroundings {
  externalIdHolder(externalIdKey: string): string | undefined;
  nameHolder(nameKey: string): string | undefined;
  organizationsNamed(nameKey: string): readonly NamedOrganization[];
  organizationWithExternalId(externalIdKey: string): NamedOrganization | undefined;
  wanting(nameKey: string): number;
  readonly unread: readonly string[];
  refused(nameKey: string): boolean;
}

/** How a connection settles: its external id template, and whether organizations may be adopted by name. */
export interface SettlePolicy {
  readonly template: string;
  readonly adopt: 'by-name' | 'never';
}

/** A settled account: the external id and name that are reserved for it, and the organization to adopt, if any. */
export interface Reservation {
  readonly externalId: string;
  readonly name: string;
  readonly adoptId: string | null;
}

/** What settling an account comes to. A rejected account may still keep its external id, so that nobody else gets it. */
export type Settlement =
  { readonly reservation: Reservation } | { readonly externalId: string | null; readonly rejection: Rejection };

/**
 * Settles one account: whoever holds an external id or a name keeps it; accounts come in the order of their rank, so what
 * is free goes to the first. Pure; the caller keeps the surroundings up to date between accounts.
 */
export function settleAccount(
  account: Account,
  held: HeldReservation,
  at: { around: Surroundings; policy: SettlePolicy },
): Settlement {
  const { around, policy } = at;
  const rendered = renderExternalId(policy.template, account);
  if ('rejection' in rendered) return { externalId: null, rejection: rendered.rejection };
  const { externalId } = rendered;
  const self = recordKeyText(account);
  const holder = around.externalIdHolder(externalIdKey(externalId));
  const found = around.organizationWithExternalId(externalIdKey(externalId));
  const owner = holder !== undefined && holder !== self ? holder : foreignOwner(found, self);
  if (owner !== undefined) return { externalId: null, rejection: externalIdContested(externalId, owner) };
  const ownId = held.zendeskId ?? found?.id ?? null;
  const name = settleName(account, { ...held, zendeskId: ownId }, at);
  return 'rejection' in name ? { externalId, rejection: name.rejection } : { reservation: { externalId, ...name } };
}

function foreignOwner(found: NamedOrganization | undefined, self: string): string | undefined {
  if (found === undefined || found.ours === null || found.ours === self) return undefined;
  return found.ours;
}

type SettledName = { name: string; adoptId: string | null } | { rejection: Rejection };

function settleName(
  account: Account,
  held: HeldReservation,
  at: { around: Surroundings; policy: SettlePolicy },
): SettledName {
  const { around, policy } = at;
  const self = recordKeyText(account);
  const isFree = (name: string) => isNameFree(name, { self, ownId: held.zendeskId, around });
  if (held.name !== null && isFree(held.name)) return { name: held.name, adoptId: null };

  const candidates = nameCandidates(account);
  const [plain = account.key] = candidates;
  const adoptable = held.zendeskId === null && policy.adopt === 'by-name' && !isHeldByOther(plain, self, around);
  if (adoptable) {
    const adoption = considerAdoption(plain, around);
    if (adoption !== undefined) return adoption;
  }
  const free = candidates.find(isFree);
  if (free !== undefined) return { name: free, adoptId: null };
  return {
    rejection: nameAmbiguous(plain, { organizations: around.organizationsNamed(nameKey(plain)).length, accounts: 1 }),
  };
}

/** The adoption of the one organization of this name, or why it is not adopted; undefined when there is nothing to adopt. */
function considerAdoption(name: string, around: Surroundings): SettledName | undefined {
  const named = around.organizationsNamed(nameKey(name)).filter(({ ours }) => ours === null);
  const typedByHand = named.filter(({ externalId }) => externalId === null);
  const [only] = typedByHand;
  if (only === undefined) return undefined;
  const accounts = around.wanting(nameKey(name));
  if (named.length > 1 || accounts > 1)
    return { rejection: nameAmbiguous(name, { organizations: typedByHand.length, accounts }) };
  if (around.unread.length > 0) return { rejection: waitingForEntity(name, around.unread) };
  return { name, adoptId: only.id };
}

function isHeldByOther(name: string, self: string, around: Surroundings): boolean {
  const holder = around.nameHolder(nameKey(name));
  return holder !== undefined && holder !== self;
}

/**
 * Whether a name can be taken: no other account has it reserved, Zendesk has not just refused it, and no organization
 * but our own has it. An organization linked to another account does not count: what that account reserved does.
 */
function isNameFree(name: string, who: { self: string; ownId: string | null; around: Surroundings }): boolean {
  const { self, ownId, around } = who;
  if (isHeldByOther(name, self, around) || around.refused(nameKey(name))) return false;
  return around.organizationsNamed(nameKey(name)).every(({ id, ours }) => id === ownId || ours !== null);
}
