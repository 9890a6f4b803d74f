import type { Call, Result, Route } from './call.ts';
import { idOf, ok } from './call.ts';
import { recordNotFound } from './refusal.ts';
import type { AccessToken } from './tokens.ts';
import { isoOf } from './wire-time.ts';

/** The account's settings and the current token. */
export const ACCOUNT_ROUTES: readonly Route[] = [
  { method: 'GET', pattern: 'account/settings', operation: 'account.settings', handle: settings },
  { method: 'GET', pattern: 'oauth/tokens/current', operation: 'oauth.tokens.current', handle: currentToken },
  { method: 'GET', pattern: 'oauth/tokens', operation: 'oauth.tokens.list', access: 'admin', handle: listTokens },
  {
    method: 'DELETE',
    pattern: 'oauth/tokens/:id',
    operation: 'oauth.tokens.delete',
    access: 'admin',
    handle: revokeById,
  },
  { method: 'DELETE', pattern: 'oauth/tokens/current', operation: 'oauth.tokens.revoke', handle: revokeCurrent },
];

function settings({ account }: Call): Result {
  const { multipleOrganizations, tagging, taggingShown } = account.settings;
  const shown = taggingShown ? { tagging: tagging === 'on' } : {};
  return ok({
    settings: {
      user: { multiple_organizations: multipleOrganizations, language_selection: true, ...shown },
      tickets: { collaboration: true, agent_ticket_deletion: true, tagging: true },
      api: { accepted_api_agreement: true, api_token_access: true, api_password_access: false },
      localization: { locale_ids: [1] },
      limits: { attachment_size: 52_428_800 },
    },
  });
}

function tokenInUse({ account, session }: Call): AccessToken {
  const found = session?.token === undefined ? undefined : account.tokens.find(session.token);
  if (!found) throw recordNotFound();
  return found;
}

function currentToken(call: Call): Result {
  return ok({ token: tokenWire(call, tokenInUse(call)) });
}

function listTokens(call: Call): Result {
  return ok({ tokens: call.account.tokens.all().map((token) => tokenWire(call, token)) });
}

function tokenWire(call: Call, { id, userId, scopes, token, expiresAtS }: AccessToken): object {
  const url = `${call.baseUrl}/api/v2/oauth/tokens/${id}.json`;
  const expires = expiresAtS === null ? null : isoOf(expiresAtS);
  return { id, url, user_id: userId, scopes, token: token.slice(0, 10), refresh_token: null, expires_at: expires };
}

function revokeById(call: Call): Result {
  const found = call.account.tokens.all().find(({ id }) => id === idOf(call));
  if (!found) throw recordNotFound();
  call.account.grants.revoke(found.token);
  return { status: 204 };
}

function revokeCurrent(call: Call): Result {
  call.account.grants.revoke(tokenInUse(call).token);
  return { status: 204 };
}
