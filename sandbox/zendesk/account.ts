import type { Clock } from '../core/clock.ts';
import type { Random } from '../core/random.ts';
import { createSender } from '../core/sender.ts';
import type { ChangeContext } from './change-context.ts';
import { createChangeContext, silently } from './change-context.ts';
import type { Feed } from './change-feed.ts';
import { createFeed } from './change-feed.ts';
import type { CustomFields } from './custom-fields.ts';
import { createCustomFields } from './custom-fields.ts';
import { createIdentities } from './identities.ts';
import { createIdSource } from './identifiers.ts';
import type { Jobs } from './jobs.ts';
import { createJobs } from './jobs.ts';
import { createMemberships } from './memberships.ts';
import type { Grants, OauthClient } from './oauth/grants.ts';
import { createGrants } from './oauth/grants.ts';
import type { Merges } from './organization-merges.ts';
import { createMerges } from './organization-merges.ts';
import type { DeletedOrganization, Organization } from './organizations.ts';
import { createOrganizations } from './organizations.ts';
import type { PeopleStores } from './people.ts';
import { mergeUsers } from './people.ts';
import type { RateLimits } from './rate-limits.ts';
import { createRateLimits } from './rate-limits.ts';
import type { ZendeskSettings } from './settings.ts';
import type { Ticket, Tickets } from './tickets.ts';
import { createTickets } from './tickets.ts';
import type { Timers } from '../core/timers.ts';
import { createTimers } from '../core/timers.ts';
import type { Tokens } from './tokens.ts';
import { createTokens } from './tokens.ts';
import type { Triggers } from './triggers/triggers.ts';
import { createTriggers } from './triggers/triggers.ts';
import type { User } from './users.ts';
import { createUsers } from './users.ts';
import type { Deliveries } from './webhooks/deliveries.ts';
import { createDeliveries } from './webhooks/deliveries.ts';
import type { Webhooks } from './webhooks/webhooks.ts';
import { createWebhooks } from './webhooks/webhooks.ts';
import { nowS } from './wire-time.ts';

/** A simulated Zendesk account. */
export interface Account extends PeopleStores {
  /** The account's number in events and in the headers of deliveries. */
  readonly accountId: number;
  readonly changeContext: ChangeContext;
  readonly random: Random;
  readonly settings: ZendeskSettings;
  readonly timers: Timers;
  readonly nextId: () => number;
  readonly organizationFields: CustomFields;
  readonly userFields: CustomFields;
  readonly tickets: Tickets;
  readonly jobs: Jobs;
  readonly merges: Merges;
  readonly tokens: Tokens;
  readonly grants: Grants;
  readonly limits: RateLimits;
  readonly webhooks: Webhooks;
  readonly triggers: Triggers;
  readonly deliveries: Deliveries;
  /** Stops timers and deliveries. */
  stop(): void;
  /** The records of the incremental exports, including deleted ones. */
  readonly feeds: {
    readonly organizations: Feed<Organization | DeletedOrganization>;
    readonly users: Feed<User>;
    readonly tickets: Feed<Ticket>;
  };
}

/** The options of an account. */
export interface AccountOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly settings: ZendeskSettings;
  readonly oauthClient: OauthClient;
}

const ACCOUNT_ID = 22_129_848;

/** Creates an empty account. */
export function createAccount({ clock, random, settings, oauthClient }: AccountOptions): Account {
  const nextId = createIdSource(random);
  const timers = createTimers(clock);
  const base = { clock, random, settings, timers, nextId };
  const organizationFields = createCustomFields({ clock, nextId });
  const userFields = createCustomFields({ clock, nextId });
  const organizations = createOrganizations({ ...base, fields: organizationFields });
  const users = createUsers({ ...base, fields: userFields });
  const tickets = createTickets(clock);
  const webhooks = createWebhooks(random);
  const sender = createSender();
  const tokens = createTokens(nextId);
  return {
    ...base,
    accountId: ACCOUNT_ID,
    changeContext: createChangeContext(),
    organizationFields,
    userFields,
    organizations,
    users,
    identities: createIdentities(base),
    memberships: createMemberships(base),
    mails: [],
    tickets,
    jobs: createJobs(base),
    merges: createMerges(),
    tokens,
    grants: createGrants(oauthClient, tokens),
    limits: createRateLimits(clock, settings),
    webhooks,
    triggers: createTriggers(),
    deliveries: createDeliveries({ ...base, webhooks, sender, accountId: ACCOUNT_ID }),
    stop: () => {
      timers.clear();
      sender.close();
    },
    feeds: {
      organizations: createFeed([organizations.table, organizations.deleted], ({ updatedAtS }) => updatedAtS),
      users: createFeed([users.table, users.deleted], ({ updatedAtS }) => updatedAtS),
      tickets: createFeed([tickets.table, tickets.deleted], ({ generatedS }) => generatedS),
    },
  };
}

/**
 * Deletes an organization. Its users stay, its memberships are removed, and its tickets lose it without an event.
 * Throws a 404.
 */
export function deleteOrganization(account: Account, id: number): Organization {
  const { changeContext, organizations, memberships, tickets, users } = account;
  const row = organizations.remove(id);
  for (const membership of memberships.ofOrganization(id)) {
    memberships.remove(membership);
    users.touch(membership.userId);
  }
  silently(changeContext, () => tickets.ofOrganization(id).forEach((ticket) => tickets.unassign(ticket)));
  return row;
}

/**
 * Merges an end user and its tickets into another one. The webhook event is `user.merged`, not `user.deleted`. Throws a
 * 404.
 */
export function mergePeople(account: Account, loserId: number, winnerId: number): User {
  const { changeContext, clock, tickets, users } = account;
  const loser = users.require(loserId);
  const movedTickets = tickets.ofRequester(loserId);
  const winner = silently(changeContext, () => mergeUsers(account, loserId, winnerId));
  silently(changeContext, () => {
    for (const ticket of movedTickets) tickets.put({ ...ticket, requesterId: winnerId, generatedS: nowS(clock) });
  });
  for (const notify of changeContext.onMerge) notify(loser, winnerId);
  return winner;
}

/** Moves users, tickets and domains to the winner and deletes the loser (Zendesk docs, Organization Merge). */
export function mergeOrganizations(account: Account, loserId: number, winnerId: number): void {
  const { changeContext, organizations, memberships, tickets } = account;
  const { domainNames } = organizations.require(loserId);
  const winner = organizations.require(winnerId);
  const movedUserIds = memberships.ofOrganization(loserId).map(({ userId }) => userId);
  const movedTickets = tickets.ofOrganization(loserId);
  deleteOrganization(account, loserId);
  for (const userId of movedUserIds) {
    if (memberships.ofUser(userId).every(({ organizationId }) => organizationId !== winnerId))
      memberships.add(userId, winnerId);
  }
  silently(changeContext, () => {
    for (const { id } of movedTickets) tickets.put({ ...tickets.require(id), organizationId: winnerId });
  });
  organizations.update(winnerId, { domainNames: [...new Set([...winner.domainNames, ...domainNames])] });
}
