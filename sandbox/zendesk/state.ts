import type { Account } from './account.ts';
import { deleteOrganization, mergeOrganizations, mergePeople } from './account.ts';
import { readOrganization } from './organization-input.ts';
import type { OrganizationWire } from './organization-wire.ts';
import { showOrganization } from './organization-wire.ts';
import type { SentMail } from './people.ts';
import { createUser, deleteUser, updateUser } from './people.ts';
import { seedOrganization, seedTicket } from './seeding.ts';
import { readTicket } from './ticket-input.ts';
import type { TicketWire } from './ticket-wire.ts';
import { ticketShower } from './ticket-wire.ts';
import { readUser } from './user-input.ts';
import type { MembershipWire, UserWire } from './user-wire.ts';
import { membershipShower, showIdentity, userShower } from './user-wire.ts';
import type { WireObject } from './wire-input.ts';
import { nowS } from './wire-time.ts';

/**
 * The state of the account outside its API: what people do in Zendesk's own pages, and what a test reads. Inputs have
 * the members of the API. Rate limits and the journal do not apply. Writes throw a Refusal where Zendesk would refuse
 * them.
 */
export interface ZendeskState {
  organizations(): OrganizationWire[];
  organization(id: number): OrganizationWire | undefined;
  /** Stores an organization without validation. Duplicates, and times in the past, are possible. */
  seedOrganization(input: WireObject): OrganizationWire;
  /** Changes an organization as an agent does. */
  editOrganization(id: number, input: WireObject): OrganizationWire;
  deleteOrganization(id: number): void;
  mergeOrganizations(loserId: number, winnerId: number): void;
  seedOrganizationField(input: WireObject): { readonly id: number; readonly key: string };
  seedUserField(input: WireObject): { readonly id: number; readonly key: string };
  users(): UserWire[];
  /** Creates a user without a verification email. */
  seedUser(input: WireObject): UserWire;
  editUser(id: number, input: WireObject): UserWire;
  deleteUser(id: number): void;
  mergeUsers(loserId: number, winnerId: number): UserWire;
  /** Returns the identities of all users. */
  identities(): object[];
  memberships(): MembershipWire[];
  seedMembership(userId: number, organizationId: number): MembershipWire;
  tickets(): TicketWire[];
  /** Stores a ticket without validation. `requester_id` is required. Times in the past are possible. */
  seedTicket(input: WireObject): TicketWire;
  editTicket(id: number, input: WireObject): TicketWire;
  deleteTicket(id: number): void;
  /** Returns the emails that Zendesk sent, oldest first. */
  mailsSent(): readonly SentMail[];
  grantToken(token: TokenSeed): void;
  revokeToken(token: string): void;
}

/** An OAuth access token to accept. */
interface TokenSeed {
  readonly token: string;
  readonly userId: number;
  /** Read and write by default. */
  readonly scopes?: readonly string[];
  /** In simulated time; never by default. */
  readonly expiresInSeconds?: number;
}

/** Creates the state of an account, for the control server. */
export function createState(account: Account, baseUrl: string): ZendeskState {
  return {
    ...organizationState(account, baseUrl),
    ...peopleState(account, baseUrl),
    ...ticketState(account, baseUrl),
    ...tokenState(account),
  };
}

type OrganizationKeys = `${string}rganization${string}`;
type Part<Keys extends string> = Pick<ZendeskState, Extract<keyof ZendeskState, Keys>>;

function organizationState(account: Account, baseUrl: string): Part<OrganizationKeys> {
  const { organizations, organizationFields: fields } = account;
  const show = (row: Parameters<typeof showOrganization>[0]): OrganizationWire =>
    showOrganization(row, { fields, baseUrl });
  return {
    organizations: () => organizations.table.sorted().map(show),
    organization: (id) => {
      const row = organizations.table.get(id);
      return row && show(row);
    },
    seedOrganization: (input) => show(seedOrganization(account, input)),
    editOrganization: (id, input) => show(organizations.update(id, readOrganization(input).changes)),
    deleteOrganization: (id) => void deleteOrganization(account, id),
    mergeOrganizations: (loserId, winnerId) => mergeOrganizations(account, loserId, winnerId),
    seedOrganizationField: (input) => fields.create(input),
  };
}

type PeopleKeys =
  | 'users'
  | `${string}User`
  | 'mergeUsers'
  | 'seedUserField'
  | 'identities'
  | 'memberships'
  | 'seedMembership'
  | 'mailsSent';

function peopleState(account: Account, baseUrl: string): Part<PeopleKeys> {
  const { users, identities, memberships, mails } = account;
  const show = userShower({ account, baseUrl });
  return {
    users: () => users.table.sorted().map(show),
    seedUser: (input) => show(createUser(account, { ...readUser(input).changes, skipVerifyEmail: true })),
    editUser: (id, input) => show(updateUser(account, id, readUser(input).changes)),
    deleteUser: (id) => void deleteUser(account, id),
    mergeUsers: (loserId, winnerId) => show(mergePeople(account, loserId, winnerId)),
    identities: () => identities.table.sorted().map((row) => showIdentity(row, baseUrl)),
    seedUserField: (input) => account.userFields.create(input),
    memberships: () => memberships.table.sorted().map(membershipShower({ account, baseUrl })),
    seedMembership: (userId, organizationId) =>
      membershipShower({ account, baseUrl })(memberships.add(userId, organizationId)),
    mailsSent: () => mails,
  };
}

function ticketState(account: Account, baseUrl: string): Part<'tickets' | `${string}Ticket`> {
  const { tickets } = account;
  const show = ticketShower({ baseUrl });
  return {
    tickets: () => tickets.table.sorted().map(show),
    seedTicket: (input) => show(seedTicket(account, input)),
    editTicket: (id, input) => show(tickets.update(id, readTicket(input))),
    deleteTicket: (id) => tickets.remove(id),
  };
}

function tokenState({ tokens, clock }: Account): Part<`${string}Token`> {
  return {
    grantToken: ({ token, userId, scopes = ['read', 'write'], expiresInSeconds }) => {
      const expiresAtS = expiresInSeconds === undefined ? null : nowS(clock) + expiresInSeconds;
      tokens.grant({ token, userId, scopes, expiresAtS });
    },
    revokeToken: (token) => tokens.revoke(token),
  };
}
