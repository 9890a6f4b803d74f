import type { Account } from '../account.ts';
import { isoOf, nowS } from '../wire-time.ts';

/** The kind of tokens to expire. */
export type TokenKind = 'access' | 'refresh' | 'all';

/** A token in the control server's list. */
interface ListedToken {
  readonly kind: 'access' | 'refresh';
  readonly token: string;
  readonly userId: number;
  readonly scopes: readonly string[];
  readonly expiresAt: string | null;
}

/** Controls of the tokens that /oauth/tokens issued. */
export interface OauthControls {
  list(): ListedToken[];
  /** Makes the tokens expire now. */
  expire(kind: TokenKind): void;
  /**
   * Revokes this token and the other one of its pair, or all pairs. The sandbox's own token is revoked only by name.
   */
  revoke(token?: string): void;
}

/** Creates the controls of an account's OAuth tokens, for the control server. */
export function createOauthControls({ grants, tokens, clock }: Account): OauthControls {
  return {
    list: () => [
      ...grants.accessTokens().map((one) => ({ kind: 'access' as const, ...listed(one) })),
      ...grants.refreshTokens().map((one) => ({ kind: 'refresh' as const, ...listed(one) })),
    ],
    expire: (kind) => {
      const expiresAtS = nowS(clock);
      if (kind !== 'refresh') for (const one of grants.accessTokens()) tokens.grant({ ...one, expiresAtS });
      if (kind !== 'access') for (const one of grants.refreshTokens()) grants.addRefresh({ ...one, expiresAtS });
    },
    revoke: (token) => {
      const all = [...grants.accessTokens(), ...grants.refreshTokens()].map((one) => one.token);
      for (const one of token === undefined ? all : [token]) grants.revoke(one);
    },
  };
}

function listed(one: {
  readonly token: string;
  readonly userId: number;
  readonly scopes: readonly string[];
  readonly expiresAtS: number | null;
}): Omit<ListedToken, 'kind'> {
  const { token, userId, scopes, expiresAtS } = one;
  return { token, userId, scopes, expiresAt: expiresAtS === null ? null : isoOf(expiresAtS) };
}
