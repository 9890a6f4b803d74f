import { remoteError } from '../errors.ts';
import type { Http } from '../http.ts';
import { createTokenRequest, type EntraCredential } from './token-request.ts';

/** The source of the F&O client's access tokens. */
export interface TokenSource {
  /**
   * Returns the current access token, or a new one if it is about to expire. `fresh` requests another one because F&O
   * rejected `rejected`, or the current one when absent. Concurrent callers share one request per rejected token.
   * Rejects with a RemoteError of `entra`, or with the error of the observer.
   */
  token(options?: { readonly fresh?: boolean; readonly rejected?: string }): Promise<string>;
}

interface CachedToken {
  readonly token: string;
  readonly renewAtMs: number;
}

/** Tokens are renewed this long before they expire, as in MSAL; short-lived ones at half of their lifetime. */
const MARGIN_MS = 5 * 60_000;

/**
 * Creates the source of tokens for one F&O environment, with the client credentials grant. `resource` is the origin of
 * the environment, `authorityHost` that of Entra. `clock` returns epoch milliseconds. The token is kept in memory, and
 * concurrent callers share one request.
 */
export function createEntraTokens(options: {
  readonly tenantId: string;
  readonly clientId: string;
  readonly credential: EntraCredential;
  readonly credentialDir?: string | undefined;
  readonly authorityHost: string;
  readonly resource: string;
  readonly http: Http;
  readonly clock?: () => number;
}): TokenSource {
  const { clock = Date.now } = options;
  const requestToken = createTokenRequest(options);
  let cached: CachedToken | undefined;
  let replaced: string | undefined;
  let pending: Promise<CachedToken> | undefined;

  const renew = async (): Promise<CachedToken> => {
    const { accessToken, expiresAtMs } = await requestToken();
    if (accessToken === '') {
      const detail = 'the response contains no access token.';
      throw remoteError({ system: 'entra', operation: 'request a token', kind: 'unexpected', detail });
    }
    const lifeMs = Math.max(0, expiresAtMs - clock());
    cached = { token: accessToken, renewAtMs: expiresAtMs - Math.min(MARGIN_MS, lifeMs / 2) };
    return cached;
  };

  return {
    async token({ fresh = false, rejected } = {}) {
      const current = cached !== undefined && clock() < cached.renewAtMs ? cached.token : undefined;
      const bad = fresh ? (rejected ?? current) : undefined;
      const stillGood = current !== bad || bad === replaced;
      if (current !== undefined && stillGood) return current;
      pending ??= renew().finally(() => (pending = undefined));
      const next = await pending;
      if (bad !== undefined) replaced = bad;
      return next.token;
    },
  };
}
