import type { Account } from './account.ts';
import type { Organization } from './organizations.ts';
import { TICKET_STATUSES } from './ticket-input.ts';
import type { Ticket } from './tickets.ts';
import type { User } from './users.ts';
import { nowS } from './wire-time.ts';

/** One condition of a search: `status<solved`, `organization:"Contoso"`, or a word. */
export interface Condition {
  /** Empty for a word without a field. */
  readonly field: string;
  readonly operator: ':' | '<' | '>' | '<=' | '>=';
  readonly value: string;
  readonly isNegated: boolean;
}

/** Returns the conditions of a search (Zendesk docs, search reference). */
export function parseQuery(query: string): Condition[] {
  const pattern = /(-)?(?:([a-z_]+)(<=|>=|:|<|>))?(?:"([^"]*)"|(\S+))/gi;
  return [...query.matchAll(pattern)].map(([, minus, field = '', operator = ':', quoted, word = '']) => ({
    field: field.toLowerCase(),
    operator: operator as Condition['operator'],
    value: quoted ?? word,
    isNegated: minus === '-',
  }));
}

/** Returns the indexed tickets that match every condition. */
export function searchTickets(account: Account, conditions: readonly Condition[]): Ticket[] {
  const wanted = conditions.filter(({ field }) => field !== 'type');
  return indexed(account, account.tickets.table.sorted()).filter((ticket) =>
    wanted.every((condition) => meetsTicket(account, ticket, condition) !== condition.isNegated),
  );
}

/** Returns the indexed organizations whose name or external id matches the conditions. */
export function searchOrganizations(account: Account, conditions: readonly Condition[]): Organization[] {
  const wanted = conditions.filter(({ field }) => field !== 'type');
  return indexed(account, account.organizations.table.sorted()).filter((row) =>
    wanted.every(({ field, value, isNegated }) => {
      const text = field === 'external_id' ? (row.externalId ?? '') : row.name;
      const isMet = field === 'tags' ? row.tags.includes(value) : contains(text, value);
      return isMet !== isNegated;
    }),
  );
}

/** Returns the indexed users that match a search by email, name, external id or role. */
export function searchUsers(account: Account, query: string): User[] {
  const wanted = parseQuery(query).filter(({ field }) => field !== 'type');
  return indexed(account, account.users.table.sorted()).filter((row) =>
    wanted.every((condition) => meetsUser(account, row, condition)),
  );
}

/** The search index lags behind, so it does not contain the newest records. */
function indexed<Row extends { readonly createdAtS: number }>(
  { clock, settings }: Account,
  rows: readonly Row[],
): Row[] {
  const newestS = nowS(clock) - settings.searchLagSeconds;
  return rows.filter(({ createdAtS }) => createdAtS <= newestS);
}

function meetsUser({ identities, memberships }: Account, row: User, { field, value, isNegated }: Condition): boolean {
  const emails = identities.ofUser(row.id).map((identity) => identity.value);
  const isMet = ((): boolean => {
    switch (field) {
      case 'email':
        return emails.some((email) => equal(email, value));
      case 'external_id':
        return equal(row.externalId ?? '', value);
      case 'role':
        return row.role === value;
      case 'organization':
        return memberships.ofUser(row.id).some(({ organizationId }) => String(organizationId) === value);
      case 'tags':
        return row.tags.includes(value);
      default:
        return [row.name, ...emails].some((text) => contains(text, value));
    }
  })();
  return isMet !== isNegated;
}

function meetsTicket(account: Account, ticket: Ticket, { field, operator, value }: Condition): boolean {
  switch (field) {
    case 'status':
      return compare(
        TICKET_STATUSES.findIndex((status) => status === ticket.status),
        operator,
        rankOf(value),
      );
    case 'organization':
    case 'organization_id':
      return isOrganization(account, ticket.organizationId, value);
    case 'requester':
    case 'requester_id':
      return String(ticket.requesterId) === value || account.identities.ownerOf(value) === ticket.requesterId;
    case 'priority':
      return ticket.priority === value;
    case 'ticket_type':
      return ticket.type === value;
    case 'external_id':
      return equal(ticket.externalId ?? '', value);
    case 'tags':
      return ticket.tags.includes(value);
    case 'satisfaction':
      return ticket.satisfaction === value;
    case 'created':
      return compare(ticket.createdAtS, operator, Date.parse(value) / 1000);
    case 'updated':
      return compare(ticket.updatedAtS, operator, Date.parse(value) / 1000);
    default:
      return contains(`${ticket.subject} ${ticket.description}`, value);
  }
}

function rankOf(status: string): number {
  return TICKET_STATUSES.findIndex((known) => known === status.toLowerCase());
}

/** The value is an id, a name, or `none` for tickets without an organization. */
function isOrganization({ organizations }: Account, id: number | null, value: string): boolean {
  if (id === null) return value === 'none';
  return String(id) === value || equal(organizations.table.get(id)?.name ?? '', value);
}

function compare(left: number, operator: Condition['operator'], right: number): boolean {
  switch (operator) {
    case ':':
      return left === right;
    case '<':
      return left < right;
    case '>':
      return left > right;
    case '<=':
      return left <= right;
    case '>=':
      return left >= right;
    default:
      return operator satisfies never;
  }
}

function equal(text: string, value: string): boolean {
  return text.trim().toLowerCase() === value.trim().toLowerCase();
}

function contains(text: string, value: string): boolean {
  return text.toLowerCase().includes(value.toLowerCase());
}
