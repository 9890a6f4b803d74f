/** An OAuth access token with its user and scopes. */
export interface AccessToken {
  readonly id: number;
  readonly token: string;
  readonly userId: number;
  readonly scopes: readonly string[];
  /** Unix seconds; null if it never expires. */
  readonly expiresAtS: number | null;
}

/** The credentials that the account accepts. */
export interface Tokens {
  /** Accepts an OAuth access token. */
  grant(token: Omit<AccessToken, 'id'>): AccessToken;
  find(token: string): AccessToken | undefined;
  revoke(token: string): void;
  all(): AccessToken[];
  /** API tokens. Each is valid with the email address of any agent. */
  readonly apiTokens: Set<string>;
}

/** Creates an account without credentials. */
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
