import { createHash } from 'node:crypto';
import type { AccessToken, Tokens } from '../tokens.ts';

/** The OAuth client of the account. */
export interface OauthClient {
  readonly id: string;
  readonly secret: string;
}

/** An authorization code and what it was issued for. */
export interface CodeGrant {
  readonly code: string;
  readonly userId: number;
  readonly redirectUri: string;
  readonly scopes: readonly string[];
  /** Null when the request contained none. */
  readonly challenge: string | null;
  readonly expiresAtS: number;
}

/** A refresh token, which can be used once, and its access token. */
export interface RefreshGrant {
  readonly token: string;
  readonly accessToken: string;
  readonly userId: number;
  readonly scopes: readonly string[];
  readonly expiresAtS: number;
}

/** The codes and refresh tokens that can still be used. */
export interface Grants {
  readonly client: OauthClient;
  addCode(grant: CodeGrant): void;
  /** Returns and removes the grant of a code. */
  takeCode(code: string): CodeGrant | undefined;
  /** Adds a grant, or replaces the one with the same token. */
  addRefresh(grant: RefreshGrant): void;
  /** Returns the grant of a refresh token, and removes it with its access token. */
  takeRefresh(token: string): RefreshGrant | undefined;
  findRefresh(token: string): RefreshGrant | undefined;
  refreshTokens(): RefreshGrant[];
  /** Returns every access token that was issued to the client and is not revoked. */
  accessTokens(): AccessToken[];
  noteAccess(token: string): void;
  /** Revokes a refresh token or an access token, and the other token of the pair. */
  revoke(token: string): void;
}

/** Creates the grants of a client, empty. */
export function createGrants(client: OauthClient, tokens: Tokens): Grants {
  const codes = new Map<string, CodeGrant>();
  const refresh = new Map<string, RefreshGrant>();
  const issued = new Set<string>();
  const drop = (grant: RefreshGrant): void => {
    refresh.delete(grant.token);
    tokens.revoke(grant.accessToken);
  };
  return {
    client,
    addCode: (grant) => void codes.set(grant.code, grant),
    takeCode: (code) => {
      const found = codes.get(code);
      codes.delete(code);
      return found;
    },
    addRefresh: (grant) => void refresh.set(grant.token, grant),
    takeRefresh: (token) => {
      const found = refresh.get(token);
      if (found) drop(found);
      return found;
    },
    findRefresh: (token) => refresh.get(token),
    refreshTokens: () => [...refresh.values()],
    accessTokens: () => [...issued].flatMap((token) => tokens.find(token) ?? []),
    noteAccess: (token) => void issued.add(token),
    revoke: (token) => {
      tokens.revoke(token);
      for (const grant of refresh.values()) if (grant.token === token || grant.accessToken === token) drop(grant);
    },
  };
}

/** Returns whether a PKCE verifier matches a challenge of the method S256. */
export function matchesChallenge(verifier: string, challenge: string): boolean {
  if (!/^[A-Za-z0-9\-._~]{43,128}$/.test(verifier)) return false;
  return createHash('sha256').update(verifier, 'ascii').digest('base64url') === challenge;
}
