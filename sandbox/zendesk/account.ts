import type { Clock } from '../core/clock.ts';
import type { Random } from '../core/random.ts';
import { createSender } from '../core/sender.ts';
import type { Attention } from './attention.ts';
import { createAttention, quietly } from './attention.ts';
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

/** Everything that one simulated Zendesk account holds. */
export interface Account extends PeopleStores {
  /** The number in every event and in the headers of deliveries. */
  readonly accountId: number;
  readonly attention: Attention;
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
  /** Ends what the account has under way by itself. */
  stop(): void;
  /** What the incremental exports read, deleted records included. */
  readonly feeds: {
    readonly organizations: Feed<Organization | DeletedOrganization>;
    readonly users: Feed<User>;
    readonly tickets: Feed<Ticket>;
  };
}

/** What an account is made from. */
export interface AccountOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly settings: ZendeskSettings;
  readonly oauthClient: OauthClient;
}

const ACCOUNT_ID = 22_129_848;

/** Makes an empty account. */
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
    attention: createAttention(),
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

/** Deletes an organization: its users stay, their memberships go, its tickets lose it without an event. Throws the 404. */
export function deleteOrganization(account: Account, id: number): Organization {
  const { attention, organizations, memberships, tickets, users } = account;
  const row = organizations.remove(id);
  for (const membership of memberships.ofOrganization(id)) {
    memberships.remove(membership);
    users.touch(membership.userId);
  }
  quietly(attention, () => tickets.ofOrganization(id).forEach((ticket) => tickets.unassign(ticket)));
  return row;
}

/** Merges an end user into another, tickets included; its webhook event is `user.merged`, not `user.deleted`. Throws the 404. */
export function mergePeople(account: Account, loserId: number, winnerId: number): User {
  const { attention, clock, tickets, users } = account;
  const loser = users.require(loserId);
  const carried = tickets.ofRequester(loserId);
  const winner = quietly(attention, () => mergeUsers(account, loserId, winnerId));
  quietly(attention, () => {
    for (const ticket of carried) tickets.put({ ...ticket, requesterId: winnerId, generatedS: nowS(clock) });
  });
  for (const tell of attention.onMerge) tell(loser, winnerId);
  return winner;
}

/** Moves users, tickets and domains to the winner and deletes the loser (Zendesk docs, Organization Merge). */
export function mergeOrganizations(account: Account, loserId: number, winnerId: number): void {
  const { attention, organizations, memberships, tickets } = account;
  const { domainNames } = organizations.require(loserId);
  const winner = organizations.require(winnerId);
  const moved = memberships.ofOrganization(loserId).map(({ userId }) => userId);
  const carried = tickets.ofOrganization(loserId);
  deleteOrganization(account, loserId);
  for (const userId of moved) {
    if (memberships.ofUser(userId).every(({ organizationId }) => organizationId !== winnerId))
      memberships.add(userId, winnerId);
  }
  quietly(attention, () => {
    for (const { id } of carried) tickets.put({ ...tickets.require(id), organizationId: winnerId });
  });
  organizations.update(winnerId, { domainNames: [...new Set([...winner.domainNames, ...domainNames])] });
}
