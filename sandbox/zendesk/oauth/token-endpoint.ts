import type { SandboxRequest } from '../../core/exchange.ts';
import type { Account } from '../account.ts';
import type { Result } from '../call.ts';
import { isWireObject, textOrNull } from '../wire-input.ts';
import { nowS } from '../wire-time.ts';
import { answersChallenge } from './grants.ts';
import { issueTokens } from './issuing.ts';
import { invalidClient, invalidGrant, invalidRequest, oauthRefusal } from './oauth-refusal.ts';

type Form = Readonly<Record<string, unknown>>;

/** Answers a request for tokens: JSON or a form. Throws the errors of OAuth. */
export function answerTokenRequest(account: Account, { body }: SandboxRequest): Result {
  const form = isWireObject(body) ? body : {};
  const answer = GRANTS.get(textOrNull(form['grant_type']) ?? '');
  if (!answer) {
    const text = 'The authorization grant type is not supported by the authorization server.';
    throw oauthRefusal(400, 'unsupported_grant_type', text);
  }
  const tokens = answer(account, form);
  return { status: account.settings.oauthTokenStatus, body: tokens, headers: { 'cache-control': 'no-store' } };
}

/** The name of a token request in the journal. */
export function tokenOperation({ body }: Pick<SandboxRequest, 'body'>): string {
  const type = isWireObject(body) ? textOrNull(body['grant_type']) : null;
  return `oauth.token.${type !== null && GRANTS.has(type) ? type : 'unknown'}`;
}

const GRANTS = new Map<string, (account: Account, form: Form) => object>([
  ['authorization_code', byCode],
  ['refresh_token', byRefreshToken],
  ['client_credentials', byClient],
]);

/** A public client has no secret to show: with PKCE, and for a refresh, its id is enough. */
function requireClient({ grants, settings }: Account, form: Form, isPublicEnough: boolean): void {
  const { id, secret } = grants.client;
  const shown = textOrNull(form['client_secret']);
  const isProven = shown === secret || (shown === null && isPublicEnough && settings.oauthClientKind === 'public');
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
    grant?.challenge === null ? verifier === null : answersChallenge(verifier ?? '', grant?.challenge ?? '');
  if (!grant || !isProven || grant.expiresAtS <= nowS(clock) || grant.redirectUri !== form['redirect_uri'])
    throw invalidGrant(settings.oauthInvalidGrantStatus);
  return issueTokens(account, { userId: grant.userId, scopes: grant.scopes, refreshable: true, form });
}

/** Rotates: the old pair is deleted before the new one is answered, so a lost answer is final. */
function byRefreshToken(account: Account, form: Form): object {
  const { grants, settings, clock } = account;
  requireClient(account, form, true);
  const found = grants.findRefresh(textOrNull(form['refresh_token']) ?? '');
  if (!found || found.expiresAtS <= nowS(clock)) throw invalidGrant(settings.oauthInvalidGrantStatus);
  const answer = issueTokens(account, { userId: found.userId, scopes: found.scopes, refreshable: true, form });
  grants.takeRefresh(found.token);
  return answer;
}

/** For confidential clients only, as the administrator who made the client, without a refresh token. */
function byClient(account: Account, form: Form): object {
  requireClient(account, form, false);
  if (account.settings.oauthClientKind === 'public') {
    const text = 'The authenticated client is not authorized to use this authorization grant type.';
    throw oauthRefusal(400, 'unauthorized_client', text);
  }
  const scopes = scopesOf(account, textOrNull(form['scope']) ?? 'read');
  return issueTokens(account, { userId: administratorOf(account), scopes, refreshable: false, form });
}

/** The scopes of a text; names are not judged unless the client is limited to some. Throws invalid_scope. */
export function scopesOf({ settings }: Account, text: string): string[] {
  const scopes = text.split(/\s+/).filter((scope) => scope !== '');
  const allowed = settings.oauthAllowedScopes;
  if (allowed === null || scopes.every((scope) => allowed.includes(scope))) return scopes;
  throw oauthRefusal(400, 'invalid_scope', 'The requested scope is invalid, unknown, or malformed.');
}

/** The account's first administrator. */
export function administratorOf({ users }: Account): number {
  return users.table.sorted().find(({ role }) => role === 'admin')?.id ?? -1;
}
