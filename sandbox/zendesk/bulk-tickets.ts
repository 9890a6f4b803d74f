import type { Account } from './account.ts';
import { quietly } from './attention.ts';
import { createUser } from './people.ts';
import { seedOrganization, seedTicket } from './seeding.ts';
import { readTicket } from './ticket-input.ts';
import { mergeTickets } from './ticket-merges.ts';
import type { Ticket } from './tickets.ts';
import { readUser } from './user-input.ts';
import type { WireObject } from './wire-input.ts';
import { textOrNull } from './wire-input.ts';
import { isoOf, nowS } from './wire-time.ts';

/** Which tickets are meant: all that fit every member, the oldest first, `limit` at most. */
export interface TicketChoice {
  readonly ids?: readonly number[];
  readonly organizationIds?: readonly number[];
  readonly statuses?: readonly string[];
  readonly limit?: number;
}

/** How many tickets to make, for whom and of what kind; lists are used in turn. */
export interface TicketBatch {
  readonly count: number;
  /** Default: all organizations. */
  readonly organizationIds?: readonly number[];
  readonly statuses?: readonly string[];
  readonly priorities?: readonly (string | null)[];
  /** They were created so many days ago; default: now. */
  readonly daysAgo?: number;
}

/** Work of many agents at once. Nothing of it is journalled or limited; webhooks hear of it unless `silent`. */
export interface BulkTickets {
  /** Makes organizations named by their number, with an external id when a prefix is given. */
  generateOrganizations(batch: {
    readonly count: number;
    readonly from?: number;
    readonly externalIdPrefix?: string;
  }): {
    readonly ids: number[];
  };
  /** Makes tickets in turn for one requester of each organization, who is made where it has none. */
  generate(batch: TicketBatch, silent: boolean): { readonly from: number; readonly count: number };
  /** Changes the chosen tickets; closed ones are left alone. `satisfaction` may be set too. */
  change(choice: TicketChoice, set: WireObject, silent: boolean): { readonly ids: number[] };
  delete(choice: TicketChoice, silent: boolean): { readonly ids: number[] };
  /** Merges the tickets into the one with this id. */
  merge(ids: readonly number[], intoId: number, silent: boolean): void;
}

/** Opens the tickets of an account to whoever runs the sandbox. */
export function createBulkTickets(account: Account): BulkTickets {
  const { attention, tickets } = account;
  const heard = <Result>(silent: boolean, work: () => Result): Result => (silent ? quietly(attention, work) : work());
  return {
    generateOrganizations: ({ count, from = 1, externalIdPrefix }) => {
      const ordinals = Array.from({ length: count }, (_, index) => String(from + index).padStart(6, '0'));
      const make = (ordinal: string): number =>
        seedOrganization(account, {
          name: `Organization ${ordinal}`,
          ...(externalIdPrefix === undefined ? {} : { external_id: `${externalIdPrefix}${ordinal}` }),
        }).id;
      return { ids: ordinals.map(make) };
    },
    generate: (batch, silent) => heard(silent, () => generate(account, batch)),
    change: (choice, set, silent) =>
      heard(silent, () => {
        const changes = { ...readTicket(set), ...('satisfaction' in set ? ratingOf(set) : {}) };
        const open = chosen(account, choice).filter(({ status }) => status !== 'closed');
        return { ids: open.map(({ id }) => tickets.update(id, changes).id) };
      }),
    delete: (choice, silent) =>
      heard(silent, () => {
        const ids = chosen(account, choice).map(({ id }) => id);
        for (const id of ids) tickets.remove(id);
        return { ids };
      }),
    merge: (ids, intoId, silent) => heard(silent, () => mergeTickets(account, ids, intoId)),
  };
}

function ratingOf(set: WireObject): { readonly satisfaction: string | null } {
  return { satisfaction: textOrNull(set['satisfaction']) };
}

function generate(account: Account, batch: TicketBatch): { from: number; count: number } {
  const { count, organizationIds, statuses = ['open'], priorities = ['normal'], daysAgo } = batch;
  const ids = organizationIds ?? account.organizations.table.sorted().map(({ id }) => id);
  const requesters = ids.map((id) => requesterOf(account, id));
  const created = daysAgo === undefined ? {} : { created_at: isoOf(nowS(account.clock) - daysAgo * 86_400) };
  const rows = Array.from({ length: requesters.length === 0 ? 0 : count }, (_, index) =>
    seedTicket(account, {
      subject: `Case ${index + 1}`,
      requester_id: requesters[index % requesters.length],
      organization_id: ids[index % ids.length],
      status: statuses[(index + Math.floor(index / ids.length)) % statuses.length],
      priority: priorities[index % priorities.length],
      ...created,
    }),
  );
  return { from: rows[0]?.id ?? 0, count: rows.length };
}

function requesterOf(account: Account, organizationId: number): number {
  const [member] = account.memberships.ofOrganization(account.organizations.require(organizationId).id);
  if (member) return member.userId;
  const email = `caller${organizationId}@callers.example`;
  const user = { name: `Caller of ${organizationId}`, email, organization_id: organizationId, verified: true };
  return createUser(account, readUser(user).changes).id;
}

function chosen({ tickets }: Account, { ids, organizationIds, statuses, limit }: TicketChoice): Ticket[] {
  const rows = ids ? ids.map((id) => tickets.require(id)) : tickets.table.sorted();
  const organizations = organizationIds && new Set<number | null>(organizationIds);
  const fitting = rows.filter(
    ({ status, organizationId }) =>
      (statuses === undefined || statuses.includes(status)) &&
      (organizations === undefined || organizations.has(organizationId)),
  );
  return fitting.slice(0, limit ?? fitting.length);
}
