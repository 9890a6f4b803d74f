import { randomBytes } from 'node:crypto';

/** What a token was issued for. */
export interface TokenGrant {
  /** The resource's origin. */
  readonly audience: string;
  readonly clientId: string;
  readonly tenantId: string;
}

/** The tokens that the authority issued, in memory, so that the resource can judge them without keys. */
export interface Tokens {
  /** A new token. Lifetimes are real seconds, because clients count them by their own clock. */
  issue(grant: TokenGrant, lifetimeSeconds: number): string;
  /** What the token was issued for; undefined when it is unknown, expired or revoked. */
  find(token: string): TokenGrant | undefined;
  revokeAll(): void;
}

/** Makes an empty store of tokens; `nowMs` defaults to the real time. */
export function createTokens(nowMs: () => number = Date.now): Tokens {
  const issued = new Map<string, { readonly grant: TokenGrant; readonly expiresAtMs: number }>();
  return {
    issue: (grant, lifetimeSeconds) => {
      const expiresAtMs = nowMs() + lifetimeSeconds * 1000;
      const token = tokenText(grant, expiresAtMs);
      issued.set(token, { grant, expiresAtMs });
      return token;
    },
    find: (token) => {
      const found = issued.get(token);
      return found && nowMs() < found.expiresAtMs ? found.grant : undefined;
    },
    revokeAll: () => issued.clear(),
  };
}

/** Looks like a JSON web token, so that nobody takes it for anything but opaque; its signature is random. */
function tokenText({ audience, clientId, tenantId }: TokenGrant, expiresAtMs: number): string {
  const encode = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url');
  const claims = { aud: audience, appid: clientId, tid: tenantId, exp: Math.floor(expiresAtMs / 1000) };
  return [encode({ typ: 'JWT', alg: 'RS256' }), encode(claims), randomBytes(32).toString('base64url')].join('.');
}
