import { mergePeople } from './account.ts';
import type { Call, Result, Route } from './call.ts';
import { droppedHeader, idOf, ok } from './call.ts';
import { organizationShower } from './organization-routes.ts';
import { listPage } from './pagination.ts';
import { createUser, deleteUser, updateUser } from './people.ts';
import { forbidden, recordNotFound, refuseIfInvalid } from './refusal.ts';
import { ticketShower } from './ticket-wire.ts';
import { readUser } from './user-input.ts';
import { ANONYMOUS_USER, userShower } from './user-wire.ts';
import type { User } from './users.ts';
import { idOrNull, memberObject, textOrNull } from './wire-input.ts';
import { isoOf, nowS } from './wire-time.ts';

const R = 'users';

/** Single users and the lists around them (Zendesk docs, Users). */
export const USER_ROUTES: readonly Route[] = [
  { method: 'GET', pattern: R, operation: `${R}.list`, handle: list },
  { method: 'GET', pattern: `${R}/me`, operation: `${R}.me`, access: 'anyone', handle: me },
  { method: 'GET', pattern: `${R}/count`, operation: `${R}.count`, handle: count },
  { method: 'GET', pattern: `${R}/:id`, operation: `${R}.show`, handle: show },
  { method: 'GET', pattern: 'organizations/:id/users', operation: 'organizations.users', handle: ofOrganization },
  { method: 'GET', pattern: `${R}/:id/organizations`, operation: `${R}.organizations`, handle: organizations },
  { method: 'GET', pattern: `${R}/:id/tickets/requested`, operation: `${R}.tickets.requested`, handle: requested },
  { method: 'POST', pattern: R, operation: `${R}.create`, handle: create },
  { method: 'POST', pattern: `${R}/create_or_update`, operation: `${R}.create_or_update`, handle: createOrUpdate },
  { method: 'PUT', pattern: `${R}/:id`, operation: `${R}.update`, handle: update },
  { method: 'PUT', pattern: `${R}/:id/merge`, operation: `${R}.merge`, access: 'admin', handle: merge },
  { method: 'DELETE', pattern: `${R}/:id`, operation: `${R}.delete`, access: 'admin', handle: remove },
];

/** Without valid credentials the response is 200 with an anonymous user (recorded by node-zendesk). */
function me(call: Call): Result {
  return ok({ user: call.session ? userShower(call)(call.session.user) : ANONYMOUS_USER });
}

function list(call: Call): Result {
  const externalId = call.query.get('external_id');
  const { users } = call.account;
  const found = externalId === null ? undefined : users.byExternalId(externalId);
  const rows = externalId === null ? users.table.sorted() : found ? [found] : [];
  return listPage(call, { name: R, rows, show: userShower(call) });
}

function count({ account }: Call): Result {
  return ok({ count: { value: account.users.table.size, refreshed_at: isoOf(nowS(account.clock)) } });
}

/** A deleted user can still be read by id. */
function show(call: Call): Result {
  const { users } = call.account;
  const found = users.table.get(idOf(call)) ?? users.deleted.get(idOf(call));
  if (!found) throw recordNotFound();
  return ok({ user: userShower(call)(found) });
}

function ofOrganization(call: Call): Result {
  const { organizations: all, memberships, users } = call.account;
  const members = memberships.ofOrganization(all.require(idOf(call)).id).map(({ userId }) => users.require(userId));
  return listPage(call, { name: R, rows: members.sort((a, b) => a.id - b.id), show: userShower(call) });
}

function organizations(call: Call): Result {
  const { memberships, users, organizations: all } = call.account;
  const ids = memberships.ofUser(users.require(idOf(call)).id).map(({ organizationId }) => organizationId);
  const rows = ids.sort((a, b) => a - b).map((id) => all.require(id));
  return listPage(call, { name: 'organizations', rows, show: organizationShower(call) });
}

function requested(call: Call): Result {
  const rows = call.account.tickets.ofRequester(idOf(call)).sort((a, b) => a.id - b.id);
  return listPage(call, { name: 'tickets', rows, show: ticketShower(call) });
}

function create(call: Call): Result {
  const { changes, dropped } = readUser(memberObject(call.body, 'user'));
  return written(call, createUser(call.account, changes), { status: 201, dropped });
}

function update(call: Call): Result {
  const { account } = call;
  const { id } = account.users.require(idOf(call));
  const limitHeaders = account.limits.userUpdate(id);
  const { changes, dropped } = readUser(memberObject(call.body, 'user'));
  const row = updateUser(account, id, changes);
  return ok({ user: userShower(call)(row) }, { ...limitHeaders, ...droppedHeader('user', dropped) });
}

/** Matches by email or external id. If these belong to two users, the email counts as taken (Zendesk docs). */
function createOrUpdate(call: Call): Result {
  const { account } = call;
  const input = memberObject(call.body, 'user');
  const { changes, dropped } = readUser(input);
  const externalId = textOrNull(input['external_id']);
  const owner = account.identities.ownerOf(changes.email ?? '');
  const byId = idOrNull(input['id']) ?? undefined;
  const foundId = byId ?? (externalId === null ? undefined : account.users.byExternalId(externalId)?.id) ?? owner;
  account.limits.userUpdate(foundId ?? `${changes.email ?? ''} ${externalId ?? ''}`);
  if (foundId === undefined) return written(call, createUser(account, changes), { status: 201, dropped });
  return written(call, updateUser(account, foundId, changes), { status: 200, dropped });
}

function written(
  call: Call,
  row: User,
  { status, dropped }: { status: 200 | 201; dropped: readonly string[] },
): Result {
  const headers = { location: `${call.baseUrl}/api/v2/users/${row.id}.json`, ...droppedHeader('user', dropped) };
  return { status, body: { user: userShower(call)(row) }, headers };
}

/** The user in the path is deleted. Only end users can be merged. */
function merge(call: Call): Result {
  const { account } = call;
  const loser = account.users.require(idOf(call));
  const winner = account.users.require(idOrNull(memberObject(call.body, 'user')['id']) ?? -1);
  if (loser.id === winner.id || loser.role !== 'end-user' || winner.role !== 'end-user') throw forbidden();
  return ok({ user: userShower(call)(mergePeople(account, loser.id, winner.id)) });
}

/** The response is 200 with the inactive user, not 204 (recorded by node-zendesk). */
function remove(call: Call): Result {
  const { tickets, users } = call.account;
  const { id } = users.require(idOf(call));
  const open = tickets.ofRequester(id).filter(({ status }) => status !== 'closed').length;
  const description = `User is requester on ${open} ticket(s) that are not closed.`;
  refuseIfInvalid(open > 0 ? [{ field: 'base', description }] : []);
  return ok({ user: userShower(call)(deleteUser(call.account, id)) });
}
