import type { SandboxRequest } from '../../core/exchange.ts';
import type { Account } from '../account.ts';
import type { Result } from '../call.ts';
import { isWireObject, textOrNull } from '../wire-input.ts';
import { nowS } from '../wire-time.ts';
import { matchesChallenge } from './grants.ts';
import { issueTokens } from './issue-tokens.ts';
import { invalidClient, invalidGrant, invalidRequest, oauthRefusal } from './oauth-refusal.ts';

type Form = Readonly<Record<string, unknown>>;

/** Handles a request for tokens, as JSON or as a form. Throws the errors of OAuth. */
export function handleTokenRequest(account: Account, { body }: SandboxRequest): Result {
  const form = isWireObject(body) ? body : {};
  const issue = GRANTS.get(textOrNull(form['grant_type']) ?? '');
  if (!issue) {
    const text = 'The authorization grant type is not supported by the authorization server.';
    throw oauthRefusal(400, 'unsupported_grant_type', text);
  }
  const tokens = issue(account, form);
  return { status: account.settings.oauthTokenStatus, body: tokens, headers: { 'cache-control': 'no-store' } };
}

/** Returns the name of a token request in the journal. */
export function tokenOperation({ body }: Pick<SandboxRequest, 'body'>): string {
  const type = isWireObject(body) ? textOrNull(body['grant_type']) : null;
  return `oauth.token.${type !== null && GRANTS.has(type) ? type : 'unknown'}`;
}

const GRANTS = new Map<string, (account: Account, form: Form) => object>([
  ['authorization_code', byCode],
  ['refresh_token', byRefreshToken],
  ['client_credentials', byClient],
]);

/** A public client has no secret. With PKCE, and for a refresh, its id is sufficient. */
function requireClient({ grants, settings }: Account, form: Form, allowsPublic: boolean): void {
  const { id, secret } = grants.client;
  const shown = textOrNull(form['client_secret']);
  const isProven = shown === secret || (shown === null && allowsPublic && settings.oauthClientKind === 'public');
  if (form['client_id'] !== id || !isProven) throw invalidClient();
}

function byCode(account: Account, form: Form): object {
  const { grants, settings, clock } = account;
  const verifier = textOrNull(form['code_verifier']);
  requireClient(account, form, verifier !== null);
  const code = textOrNull(form['code']);
  if (code === null) throw invalidRequest('The request is missing a required parameter: code');
  const grant = grants.takeCode(code);
  const isProven =
    grant?.challenge === null ? verifier === null : matchesChallenge(verifier ?? '', grant?.challenge ?? '');
  if (!grant || !isProven || grant.expiresAtS <= nowS(clock) || grant.redirectUri !== form['redirect_uri'])
    throw invalidGrant(settings.oauthInvalidGrantStatus);
  return issueTokens(account, { userId: grant.userId, scopes: grant.scopes, refreshable: true, form });
}

/** The old pair is removed before the response is sent, so a lost response cannot be repeated. */
function byRefreshToken(account: Account, form: Form): object {
  const { grants, settings, clock } = account;
  requireClient(account, form, true);
  const found = grants.findRefresh(textOrNull(form['refresh_token']) ?? '');
  if (!found || found.expiresAtS <= nowS(clock)) throw invalidGrant(settings.oauthInvalidGrantStatus);
  const tokens = issueTokens(account, { userId: found.userId, scopes: found.scopes, refreshable: true, form });
  grants.takeRefresh(found.token);
  return tokens;
}

/** Only for confidential clients. The token is for the administrator who created the client, without a refresh token. */
function byClient(account: Account, form: Form): object {
  requireClient(account, form, false);
  if (account.settings.oauthClientKind === 'public') {
    const text = 'The authenticated client is not authorized to use this authorization grant type.';
    throw oauthRefusal(400, 'unauthorized_client', text);
  }
  if (account.settings.oauthClientLifetimes === 'refused' && form['expires_in'] !== undefined)
    throw invalidRequest('expires_in is not a parameter of this grant');
  const scopes = scopesOf(account, textOrNull(form['scope']) ?? 'read');
  return issueTokens(account, { userId: administratorOf(account), scopes, refreshable: false, form });
}

/** Returns the scopes in a text. Names are not validated unless the client is limited to some. Throws invalid_scope. */
export function scopesOf({ settings }: Account, text: string): string[] {
  const scopes = text.split(/\s+/).filter((scope) => scope !== '');
  const allowed = settings.oauthAllowedScopes;
  if (allowed === null || scopes.every((scope) => allowed.includes(scope))) return scopes;
  throw oauthRefusal(400, 'invalid_scope', 'The requested scope is invalid, unknown, or malformed.');
}

/** Returns the account's first administrator. */
export function administratorOf({ users }: Account): number {
  return users.table.sorted().find(({ role }) => role === 'admin')?.id ?? -1;
}
