import type { Call, Result, Route } from './call.ts';
import { idOf, ok } from './call.ts';
import type { Identity } from './identities.ts';
import { listPage } from './pagination.ts';
import { addIdentity } from './people.ts';
import { readIdentity } from './user-input.ts';
import { showIdentity } from './user-wire.ts';
import { memberObject, textOrNull } from './wire-input.ts';

const LIST = 'users/:id/identities';
const ONE = `${LIST}/:identity`;
const R = 'users.identities';

/** The identities of a user (Zendesk docs, User Identities). */
export const IDENTITY_ROUTES: readonly Route[] = [
  { method: 'GET', pattern: LIST, operation: `${R}.list`, handle: list },
  { method: 'POST', pattern: LIST, operation: `${R}.create`, handle: create },
  { method: 'GET', pattern: ONE, operation: `${R}.show`, handle: (call) => shown(call, found(call)) },
  { method: 'PUT', pattern: ONE, operation: `${R}.update`, handle: update },
  { method: 'DELETE', pattern: ONE, operation: `${R}.delete`, handle: remove },
  { method: 'PUT', pattern: `${ONE}/make_primary`, operation: `${R}.make_primary`, handle: makePrimary },
  { method: 'PUT', pattern: `${ONE}/verify`, operation: `${R}.verify`, handle: verify },
];

function found(call: Call): Identity {
  const { id } = call.account.users.require(idOf(call));
  return call.account.identities.require(id, idOf(call, 'identity'));
}

function shown({ baseUrl }: Call, identity: Identity): Result {
  return ok({ identity: showIdentity(identity, baseUrl) });
}

function list(call: Call): Result {
  const { identities, users } = call.account;
  const rows = identities.ofUser(users.require(idOf(call)).id).sort((a, b) => a.id - b.id);
  return listPage(call, { name: 'identities', rows, show: (row) => showIdentity(row, call.baseUrl) });
}

function create(call: Call): Result {
  const { id: userId } = call.account.users.require(idOf(call));
  const input = memberObject(call.body, 'identity');
  const identity = addIdentity(call.account, { ...readIdentity(input), userId }, input['skip_verify_email'] === true);
  call.account.users.touch(userId);
  const wire = showIdentity(identity, call.baseUrl);
  const location = `${call.baseUrl}/api/v2/users/${userId}/identities/${identity.id}.json`;
  return { status: 201, body: { identity: wire }, headers: { location } };
}

/** `primary` cannot be written here (Zendesk docs). `verification_method` verifies an identity too. */
function update(call: Call): Result {
  const input = memberObject(call.body, 'identity');
  const value = textOrNull(input['value'])?.trim();
  const method = textOrNull(input['verification_method']);
  const verified =
    typeof input['verified'] === 'boolean' ? input['verified'] : method === null ? undefined : method !== 'none';
  const identity = call.account.identities.change(found(call), {
    ...(value === undefined ? {} : { value }),
    ...(verified === undefined ? {} : { verified }),
  });
  call.account.users.touch(identity.userId);
  return shown(call, identity);
}

function remove(call: Call): Result {
  const identity = found(call);
  call.account.identities.remove(identity);
  call.account.users.touch(identity.userId);
  return { status: 204 };
}

/** The response is the whole list, not only the identity (Zendesk docs). */
function makePrimary(call: Call): Result {
  const identity = found(call);
  call.account.identities.makePrimary(identity);
  call.account.users.touch(identity.userId);
  return list(call);
}

function verify(call: Call): Result {
  return shown(call, call.account.identities.change(found(call), { verified: true }));
}
