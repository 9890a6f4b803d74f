import type { SandboxRequest } from '../../core/exchange.ts';
import type { Account } from '../account.ts';
import type { Result } from '../call.ts';
import { createHex } from '../identifiers.ts';
import { Refusal } from '../refusal.ts';
import { isWireObject } from '../wire-input.ts';
import { nowS } from '../wire-time.ts';
import { administratorOf, scopesOf } from './token-endpoint.ts';

const CODE_LIFETIME_S = 120;
const DENIAL = 'The end-user or authorization server denied the request';

/** The parameters of an authorization request. */
interface AuthorizationRequest {
  readonly redirectUri: string;
  readonly responseType: string;
  readonly scope: string;
  readonly state: string | null;
  readonly challenge: string | null;
  readonly method: string | null;
}

/** Handles the authorization page: it consents, refuses or shows a form, as the settings say. */
export function handleAuthorization(account: Account, { query, method, body }: SandboxRequest): Result {
  const posted = method === 'POST' && isWireObject(body) ? body : undefined;
  const params = posted
    ? new URLSearchParams(Object.entries(posted).map(([name, value]): [string, string] => [name, String(value)]))
    : query;
  const request = readAuthorizationRequest(account, params);
  const problem = problemOf(account, request);
  if (problem) return redirect(request, problem);
  const consent = posted ? (posted['decision'] === 'allow' ? 'grant' : 'deny') : account.settings.oauthConsent;
  if (consent === 'ask') return { status: 200, body: formPage(params), headers: HTML };
  if (consent === 'deny') return redirect(request, { error: 'access_denied', error_description: DENIAL });
  return redirect(request, { code: newCode(account, request) });
}

/** A request with an unknown client or another redirect URI gets an error page and no redirect. */
function readAuthorizationRequest({ grants, settings }: Account, params: URLSearchParams): AuthorizationRequest {
  const redirectUri = params.get('redirect_uri') ?? '';
  if (params.get('client_id') !== grants.client.id) throw page(400, 'Invalid Authorization Request: no such client');
  if (!isAllowed(redirectUri, settings.oauthRedirectUris))
    throw page(400, 'Invalid Authorization Request: the redirect URI is not one of the client');
  return {
    redirectUri,
    responseType: params.get('response_type') ?? '',
    scope: params.get('scope') ?? 'read',
    state: params.get('state'),
    challenge: params.get('code_challenge'),
    method: params.get('code_challenge_method'),
  };
}

/** The URI must be one of the client's. Without a list, https is allowed, and http on loopback (Zendesk docs). */
function isAllowed(redirectUri: string, registered: readonly string[] | null): boolean {
  if (registered !== null) return registered.includes(redirectUri);
  return /^https:\/\/[^\s#]+$/.test(redirectUri) || /^http:\/\/(localhost|127\.0\.0\.1)[:/][^\s#]*$/.test(redirectUri);
}

function problemOf(account: Account, request: AuthorizationRequest): Readonly<Record<string, string>> | undefined {
  const problem = (error: string, text: string): Readonly<Record<string, string>> => ({
    error,
    error_description: text,
  });
  if (request.responseType !== 'code')
    return problem('unsupported_response_type', 'The authorization server does not support this response type');
  if (request.challenge !== null && (request.method !== 'S256' || !/^[A-Za-z0-9_-]{43}$/.test(request.challenge)))
    return problem('invalid_request', 'The code challenge is malformed or its method is not S256');
  if (request.challenge === null && account.settings.oauthClientKind === 'public')
    return problem('invalid_request', 'A public client must send a code challenge');
  try {
    scopesOf(account, request.scope);
    return undefined;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return problem('invalid_scope', 'The requested scope is invalid, unknown, or malformed');
  }
}

function newCode(account: Account, { redirectUri, scope, challenge }: AuthorizationRequest): string {
  const { grants, clock, settings, random } = account;
  const code = createHex(64, random);
  const userId = settings.oauthUserId ?? administratorOf(account);
  const expiresAtS = nowS(clock) + CODE_LIFETIME_S;
  grants.addCode({ code, userId, redirectUri, scopes: scopesOf(account, scope), challenge, expiresAtS });
  return code;
}

function redirect({ redirectUri, state }: AuthorizationRequest, members: Readonly<Record<string, string>>): Result {
  const target = new URL(redirectUri);
  for (const [name, value] of Object.entries({ ...members, ...(state === null ? {} : { state }) }))
    target.searchParams.set(name, value);
  return { status: 302, headers: { location: target.toString(), 'cache-control': 'no-store' } };
}

const HTML = { 'content-type': 'text/html; charset=utf-8' };

function page(status: number, text: string): Refusal {
  return new Refusal(status, `<!DOCTYPE html>\n<html><body><h1>${escaped(text)}</h1></body></html>\n`, HTML);
}

function formPage(params: URLSearchParams): string {
  const hidden = [...params].map(
    ([name, value]) => `<input type="hidden" name="${escaped(name)}" value="${escaped(value)}">`,
  );
  const buttons = ['allow', 'deny'].map((one) => `<button name="decision" value="${one}">${one}</button>`);
  const form = `<form method="post" action="/oauth/authorizations">${[...hidden, ...buttons].join('')}</form>`;
  return `<!DOCTYPE html>\n<html><body><h1>Allow access to your account?</h1>${form}</body></html>\n`;
}

function escaped(text: string): string {
  const names: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
  return text.replaceAll(/[&<>"]/g, (sign) => names[sign] ?? sign);
}
