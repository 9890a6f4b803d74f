import { createHash } from 'node:crypto';
import type { AccessToken, Tokens } from '../tokens.ts';

/** The one OAuth client that the account knows. */
export interface OauthClient {
  readonly id: string;
  readonly secret: string;
}

/** What an authorization code was given for. */
export interface CodeGrant {
  readonly code: string;
  readonly userId: number;
  readonly redirectUri: string;
  readonly scopes: readonly string[];
  /** Null when the client sent none. */
  readonly challenge: string | null;
  readonly expiresAtS: number;
}

/** A refresh token, good once, and the access token that it came with. */
export interface RefreshGrant {
  readonly token: string;
  readonly accessToken: string;
  readonly userId: number;
  readonly scopes: readonly string[];
  readonly expiresAtS: number;
}

/** The codes and refresh tokens that are still good. */
export interface Grants {
  readonly client: OauthClient;
  addCode(grant: CodeGrant): void;
  /** Gives a code's grant and forgets it. */
  takeCode(code: string): CodeGrant | undefined;
  /** Adds a grant, or puts it in the place of the one with its token. */
  addRefresh(grant: RefreshGrant): void;
  /** Gives a refresh token's grant and deletes it with its access token. */
  takeRefresh(token: string): RefreshGrant | undefined;
  findRefresh(token: string): RefreshGrant | undefined;
  refreshTokens(): RefreshGrant[];
  /** Every access token that was issued to the client and is still known. */
  accessTokens(): AccessToken[];
  noteAccess(token: string): void;
  /** Revokes a refresh token or an access token, and the other of the pair. */
  revoke(token: string): void;
}

/** Makes a client that nobody has authorized. */
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

/** Whether a PKCE verifier belongs to a challenge of the method S256. */
export function answersChallenge(verifier: string, challenge: string): boolean {
  if (!/^[A-Za-z0-9\-._~]{43,128}$/.test(verifier)) return false;
  return createHash('sha256').update(verifier, 'ascii').digest('base64url') === challenge;
}
