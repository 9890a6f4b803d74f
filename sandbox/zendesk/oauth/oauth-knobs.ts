import type { Account } from '../account.ts';
import { isoOf, nowS } from '../wire-time.ts';

/** Which tokens of the OAuth client a knob turns. */
export type TokenKind = 'access' | 'refresh' | 'all';

/** A token that is still known, as a test sees it. */
interface ListedToken {
  readonly kind: 'access' | 'refresh';
  readonly token: string;
  readonly userId: number;
  readonly scopes: readonly string[];
  readonly expiresAt: string | null;
}

/** What can be done to the tokens that /oauth/tokens gave out. */
export interface OauthKnobs {
  list(): ListedToken[];
  /** They are answered as expired from now on. */
  expire(kind: TokenKind): void;
  /** Revokes this token and the other of its pair; without one, every pair. The sandbox's own token stays good unless named. */
  revoke(token?: string): void;
}

/** Opens the OAuth tokens of an account to whoever runs the sandbox. */
export function createOauthKnobs({ grants, tokens, clock }: Account): OauthKnobs {
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
