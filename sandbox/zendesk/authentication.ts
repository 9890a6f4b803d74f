import type { IncomingHttpHeaders } from 'node:http';
import type { Account } from './account.ts';
import type { Route, Session } from './call.ts';
import { forbidden, Refusal } from './refusal.ts';
import { nowS } from './wire-time.ts';

/** Returns the session of a request; undefined when the credentials are missing, wrong or expired. */
export function authenticate(account: Account, { authorization = '' }: IncomingHttpHeaders): Session | undefined {
  const [, scheme = '', credentials = ''] = /^(\w+)\s+(.*)$/.exec(authorization) ?? [];
  if (/^bearer$/i.test(scheme)) return sessionOfToken(account, credentials.trim());
  return /^basic$/i.test(scheme) ? sessionOfApiToken(account, credentials) : undefined;
}

/** Returns the 401 for a request with these credentials. It differs for bearer tokens and basic authentication. */
export function unauthenticated({ authorization = '' }: IncomingHttpHeaders): Refusal {
  if (!/^bearer\s/i.test(authorization)) return new Refusal(401, { error: "Couldn't authenticate you" });
  const description = 'The access token provided is expired, revoked, malformed or invalid for other reasons.';
  return new Refusal(
    401,
    { error: 'invalid_token', error_description: description },
    { 'www-authenticate': 'Bearer realm="Zendesk", error="invalid_token"' },
  );
}

/** Throws a 403 when the caller's scopes or role are not sufficient. */
export function authorise({ scopes, user }: Session, { method, pattern, access }: Route): void {
  const needed = method === 'GET' ? 'read' : 'write';
  const resource = pattern.split('/')[0] ?? '';
  if (!scopes.includes(needed) && !scopes.includes(`${resource}:${needed}`)) {
    const description = `You are missing the following required scopes: ${needed}`;
    throw new Refusal(403, { error: 'Forbidden', description });
  }
  if (access === 'anyone') return;
  if (user.role === 'end-user' || (access === 'admin' && user.role !== 'admin')) throw forbidden();
}

function sessionOfToken({ tokens, users, clock }: Account, text: string): Session | undefined {
  const token = tokens.find(text);
  const user = token && users.table.get(token.userId);
  if (!user || (token.expiresAtS !== null && token.expiresAtS <= nowS(clock))) return undefined;
  return { user, scopes: token.scopes, token: text };
}

/** `{email}/token:{api token}`; passwords are no longer accepted (Zendesk docs, since January 2026). */
function sessionOfApiToken({ tokens, users, identities }: Account, credentials: string): Session | undefined {
  const text = Buffer.from(credentials, 'base64').toString('utf8');
  const [, email = '', apiToken = ''] = /^(.+)\/token:(.+)$/.exec(text) ?? [];
  const owner = identities.ownerOf(email);
  const user = owner === undefined ? undefined : users.table.get(owner);
  if (!user || user.role === 'end-user' || !tokens.apiTokens.has(apiToken)) return undefined;
  return { user, scopes: ['read', 'write'] };
}
