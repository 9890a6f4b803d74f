import { remoteError } from '../errors.ts';
import type { Http } from '../http.ts';
import { createTokenRequest, type EntraCredential } from './token-request.ts';

/** Where the F&O client gets its tokens. */
export interface TokenSource {
  /**
   * The current access token, or a new one when it is about to expire. `fresh` asks for another because F&O did not take
   * `rejected` (absent: the current one): however many callers ask, one request is made per rejected token.
   * Throws RemoteError of `entra`, or what the observer threw.
   */
  token(options?: { readonly fresh?: boolean; readonly rejected?: string }): Promise<string>;
}

interface Held {
  readonly token: string;
  readonly renewAtMs: number;
}

/** Tokens are renewed this long before they expire, as MSAL does; shorter ones at half of their life. */
const MARGIN_MS = 5 * 60_000;

/**
 * Gets tokens for one F&O environment as an app of Entra (client credentials). `resource` is the environment's origin,
 * `authorityHost` Entra's; `clock` gives epoch milliseconds. A token is kept in memory and requested by one caller for all.
 */
export function createEntraTokens(options: {
  readonly tenantId: string;
  readonly clientId: string;
  readonly credential: EntraCredential;
  readonly authorityHost: string;
  readonly resource: string;
  readonly http: Http;
  readonly clock?: () => number;
}): TokenSource {
  const { clock = Date.now } = options;
  const requestToken = createTokenRequest(options);
  let held: Held | undefined;
  let replaced: string | undefined;
  let underWay: Promise<Held> | undefined;

  const renew = async (): Promise<Held> => {
    const { accessToken, expiresAtMs } = await requestToken();
    if (accessToken === '') {
      const detail = 'an answer without an access token.';
      throw remoteError({ system: 'entra', operation: 'request a token', kind: 'unexpected', detail });
    }
    const lifeMs = Math.max(0, expiresAtMs - clock());
    held = { token: accessToken, renewAtMs: expiresAtMs - Math.min(MARGIN_MS, lifeMs / 2) };
    return held;
  };

  return {
    async token({ fresh = false, rejected } = {}) {
      const current = held !== undefined && clock() < held.renewAtMs ? held.token : undefined;
      const bad = fresh ? (rejected ?? current) : undefined;
      const stillGood = current !== bad || bad === replaced;
      if (current !== undefined && stillGood) return current;
      underWay ??= renew().finally(() => (underWay = undefined));
      const next = await underWay;
      if (bad !== undefined) replaced = bad;
      return next.token;
    },
  };
}
