/** An OAuth access token and what it is good for. */
export interface AccessToken {
  readonly id: number;
  readonly token: string;
  readonly userId: number;
  readonly scopes: readonly string[];
  /** Unix seconds; null: until it is revoked. */
  readonly expiresAtS: number | null;
}

/** The credentials that the account accepts. */
export interface Tokens {
  /** Accepts an OAuth access token. */
  grant(token: Omit<AccessToken, 'id'>): AccessToken;
  find(token: string): AccessToken | undefined;
  revoke(token: string): void;
  all(): AccessToken[];
  /** API tokens, each good with the email address of any agent. */
  readonly apiTokens: Set<string>;
}

/** Makes an account that accepts nobody. */
export function createTokens(nextId: () => number): Tokens {
  const byToken = new Map<string, AccessToken>();
  return {
    grant: (token) => {
      const granted = { ...token, id: nextId() };
      byToken.set(granted.token, granted);
      return granted;
    },
    find: (token) => byToken.get(token),
    revoke: (token) => void byToken.delete(token),
    all: () => [...byToken.values()],
    apiTokens: new Set(),
  };
}
