import type { Call, Result, Route } from './call.ts';
import { idOf, ok } from './call.ts';
import { manyKeys } from './organization-lookup-routes.ts';
import { listPage } from './pagination.ts';
import { createUser } from './people.ts';
import { parameterMissing, refuseIfInvalid } from './refusal.ts';
import { readTicket } from './ticket-input.ts';
import { metricSetOf } from './ticket-metrics.ts';
import { ticketShower } from './ticket-wire.ts';
import type { Ticket } from './tickets.ts';
import { readUser } from './user-input.ts';
import type { WireObject } from './wire-input.ts';
import { idOrNull, isWireObject, memberObject, textOrNull } from './wire-input.ts';
import { isoOf, nowS } from './wire-time.ts';

const R = 'tickets';

/** Tickets (Zendesk docs, Tickets). */
export const TICKET_ROUTES: readonly Route[] = [
  { method: 'GET', pattern: R, operation: `${R}.list`, handle: list },
  {
    method: 'GET',
    pattern: `${R}/count`,
    operation: `${R}.count`,
    handle: (call) => countOf(call, call.account.tickets.table.size),
  },
  { method: 'GET', pattern: `${R}/show_many`, operation: `${R}.show_many`, handle: showMany },
  { method: 'GET', pattern: `${R}/:id`, operation: `${R}.show`, handle: (call) => shown(call, found(call)) },
  {
    method: 'GET',
    pattern: `${R}/:id/metrics`,
    operation: `${R}.metrics`,
    handle: (call) => ok({ ticket_metric: metricSetOf(found(call), call.baseUrl) }),
  },
  { method: 'GET', pattern: 'ticket_metrics', operation: 'ticket_metrics.list', handle: listMetrics },
  { method: 'GET', pattern: `organizations/:id/${R}`, operation: `organizations.${R}`, handle: ofOrganization },
  {
    method: 'GET',
    pattern: `organizations/:id/${R}/count`,
    operation: `organizations.${R}.count`,
    handle: (call) => countOf(call, organizationTickets(call).length),
  },
  { method: 'GET', pattern: `users/:id/${R}/requested`, operation: `users.${R}.requested`, handle: requestedBy },
  { method: 'POST', pattern: R, operation: `${R}.create`, handle: create },
  { method: 'PUT', pattern: `${R}/:id`, operation: `${R}.update`, handle: update },
  { method: 'DELETE', pattern: `${R}/:id`, operation: `${R}.delete`, handle: remove },
];

function found(call: Call): Ticket {
  return call.account.tickets.require(idOf(call));
}

function shown(call: Call, row: Ticket): Result {
  return ok({ ticket: ticketShower(call)(row) });
}

/** External ids of tickets are not unique, so the filter returns a list. */
function list(call: Call): Result {
  const externalId = call.query.get('external_id');
  const all = call.account.tickets.table.sorted();
  const rows = externalId === null ? all : all.filter((row) => row.externalId === externalId);
  return listPage(call, { name: R, rows, show: ticketShower(call) });
}

function listMetrics(call: Call): Result {
  const rows = call.account.tickets.table.sorted();
  return listPage(call, { name: 'ticket_metrics', rows, show: (row) => metricSetOf(row, call.baseUrl) });
}

function countOf({ account }: Call, value: number): Result {
  return ok({ count: { value, refreshed_at: isoOf(nowS(account.clock)) } });
}

function showMany(call: Call): Result {
  const { ids = [] } = manyKeys(call.query);
  const rows = ids.flatMap((id) => call.account.tickets.table.get(id) ?? []).sort((a, b) => a.id - b.id);
  return ok({ tickets: rows.map(ticketShower(call)), next_page: null, previous_page: null, count: rows.length });
}

function organizationTickets(call: Call): Ticket[] {
  const { organizations, tickets } = call.account;
  return tickets.ofOrganization(organizations.require(idOf(call)).id).sort((a, b) => a.id - b.id);
}

function ofOrganization(call: Call): Result {
  return listPage(call, { name: R, rows: organizationTickets(call), show: ticketShower(call) });
}

function requestedBy(call: Call): Result {
  const { users, tickets } = call.account;
  const rows = tickets.ofRequester(users.require(idOf(call)).id).sort((a, b) => a.id - b.id);
  return listPage(call, { name: R, rows, show: ticketShower(call) });
}

function create(call: Call): Result {
  const { tickets, memberships } = call.account;
  const input = memberObject(call.body, 'ticket');
  const requesterId = requesterOf(call, input);
  const changes = readTicket(input);
  refuseForeignOrganization(call, requesterId, changes.organizationId);
  const organizationId = changes.organizationId ?? memberships.defaultOf(requesterId);
  const row = tickets.create({ ...changes, requesterId, organizationId });
  const wire = ticketShower(call)(row);
  const audit = { id: call.account.nextId(), ticket_id: row.id, created_at: wire['created_at'], events: [] };
  const location = `${call.baseUrl}/api/v2/tickets/${row.id}.json`;
  return { status: 201, body: { ticket: wire, audit }, headers: { location } };
}

/** Returns the requester by id or by email (created if unknown), else the caller. */
function requesterOf({ account, session }: Call, input: WireObject): number {
  const id = idOrNull(input['requester_id']);
  if (id !== null) return account.users.require(id).id;
  const requester = input['requester'];
  if (!isWireObject(requester)) return session?.user.id ?? -1;
  const email = textOrNull(requester['email']);
  if (email === null) throw parameterMissing('requester');
  return account.identities.ownerOf(email) ?? createUser(account, readUser({ name: email, ...requester }).changes).id;
}

/** A ticket must belong to one of its requester's organizations (Zendesk docs). */
function refuseForeignOrganization(
  { account }: Call,
  requesterId: number,
  organizationId: number | null | undefined,
): void {
  const isOwn =
    organizationId === undefined ||
    organizationId === null ||
    account.memberships.ofUser(requesterId).some((membership) => membership.organizationId === organizationId);
  const description = 'Organization: is not one of the requester';
  refuseIfInvalid(isOwn ? [] : [{ field: 'organization', description, error: 'InvalidValue' }]);
}

function update(call: Call): Result {
  const { tickets, limits } = call.account;
  const { id } = found(call);
  const headers = limits.ticketUpdate(id);
  const row = tickets.update(id, readTicket(memberObject(call.body, 'ticket')));
  return ok({ ticket: ticketShower(call)(row) }, headers);
}

function remove(call: Call): Result {
  call.account.tickets.remove(found(call).id);
  return { status: 204 };
}
