import type { Account } from './account.ts';
import { silently } from './change-context.ts';
import { createUser } from './people.ts';
import { seedOrganization, seedTicket } from './seeding.ts';
import { readTicket } from './ticket-input.ts';
import { mergeTickets } from './ticket-merges.ts';
import type { Ticket } from './tickets.ts';
import { readUser } from './user-input.ts';
import type { WireObject } from './wire-input.ts';
import { textOrNull } from './wire-input.ts';
import { isoOf, nowS } from './wire-time.ts';

/** A selection of tickets: those that match every member, oldest first, at most `limit`. */
export interface TicketChoice {
  readonly ids?: readonly number[];
  readonly organizationIds?: readonly number[];
  readonly statuses?: readonly string[];
  readonly limit?: number;
}

/** Tickets to create. The values of lists are used in turn. */
export interface TicketBatch {
  readonly count: number;
  /** All organizations by default. */
  readonly organizationIds?: readonly number[];
  readonly statuses?: readonly string[];
  readonly priorities?: readonly (string | null)[];
  /** The age of the tickets in days; now by default. */
  readonly daysAgo?: number;
}

/**
 * Bulk changes of tickets. They are neither recorded in the journal nor rate-limited. Webhooks receive them unless
 * `silent`.
 */
export interface BulkTickets {
  /** Creates organizations named by number, with an external id if a prefix is given. */
  generateOrganizations(batch: {
    readonly count: number;
    readonly from?: number;
    readonly externalIdPrefix?: string;
  }): {
    readonly ids: number[];
  };
  /**
   * Creates tickets for one requester of each organization in turn. Creates a requester if an organization has none.
   */
  generate(batch: TicketBatch, silent: boolean): { readonly from: number; readonly count: number };
  /** Changes the selected tickets except closed ones. `satisfaction` may be set too. */
  change(choice: TicketChoice, set: WireObject, silent: boolean): { readonly ids: number[] };
  delete(choice: TicketChoice, silent: boolean): { readonly ids: number[] };
  /** Merges the tickets into the ticket with the id `intoId`. */
  merge(ids: readonly number[], intoId: number, silent: boolean): void;
}

/** Creates the bulk changes of an account's tickets, for the control server. */
export function createBulkTickets(account: Account): BulkTickets {
  const { changeContext, tickets } = account;
  const run = <Result>(silent: boolean, work: () => Result): Result =>
    silent ? silently(changeContext, work) : work();
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
    generate: (batch, silent) => run(silent, () => generate(account, batch)),
    change: (choice, set, silent) =>
      run(silent, () => {
        const changes = { ...readTicket(set), ...('satisfaction' in set ? ratingOf(set) : {}) };
        const open = selected(account, choice).filter(({ status }) => status !== 'closed');
        return { ids: open.map(({ id }) => tickets.update(id, changes).id) };
      }),
    delete: (choice, silent) =>
      run(silent, () => {
        const ids = selected(account, choice).map(({ id }) => id);
        for (const id of ids) tickets.remove(id);
        return { ids };
      }),
    merge: (ids, intoId, silent) => run(silent, () => mergeTickets(account, ids, intoId)),
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

function selected({ tickets }: Account, { ids, organizationIds, statuses, limit }: TicketChoice): Ticket[] {
  const rows = ids ? ids.map((id) => tickets.require(id)) : tickets.table.sorted();
  const organizations = organizationIds && new Set<number | null>(organizationIds);
  const matching = rows.filter(
    ({ status, organizationId }) =>
      (statuses === undefined || statuses.includes(status)) &&
      (organizations === undefined || organizations.has(organizationId)),
  );
  return matching.slice(0, limit ?? matching.length);
}
