import { randomBytes } from 'node:crypto';

/** The audience, app and tenant of a token. */
export interface TokenGrant {
  /** The origin of the resource. */
  readonly audience: string;
  readonly clientId: string;
  readonly tenantId: string;
}

/** The tokens that the authority issued. F&O looks them up in memory, without keys. */
export interface Tokens {
  /** Issues a token. Its lifetime is in real seconds, because clients measure it with their own clock. */
  issue(grant: TokenGrant, lifetimeSeconds: number): string;
  /** Returns the grant of a token; undefined when the token is unknown, expired or revoked. */
  find(token: string): TokenGrant | undefined;
  revokeAll(): void;
}

/** Creates an empty store of tokens. The default of `nowMs` is the real time. */
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

/** The token has the form of a JSON web token, as in Entra, with a random signature. */
function tokenText({ audience, clientId, tenantId }: TokenGrant, expiresAtMs: number): string {
  const encode = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url');
  const claims = { aud: audience, appid: clientId, tid: tenantId, exp: Math.floor(expiresAtMs / 1000) };
  return [encode({ typ: 'JWT', alg: 'RS256' }), encode(claims), randomBytes(32).toString('base64url')].join('.');
}
