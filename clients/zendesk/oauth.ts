import { z } from 'zod';
import { TOKEN_REQUESTS } from '../../domain/connection/refusal.ts';
import type { Http } from '../http.ts';
import { readResponse } from '../read-response.ts';
import { wireId } from './ids.ts';

/** The tokens in a response of Zendesk. `expiresInS` is null for a client whose tokens do not expire. */
export interface IssuedTokens {
  readonly accessToken: string;
  readonly refreshToken: string | null;
  readonly expiresInS: number | null;
}

/** An authorization code, with the PKCE verifier and redirect URI of the request that it belongs to. */
export interface Consent {
  readonly code: string;
  readonly verifier: string;
  readonly redirectUri: string;
}

/**
 * The OAuth requests of one Zendesk account. All reject with a RemoteError of `zendesk`, which is `unauthorized` when
 * the grant is void or the client is rejected.
 */
export interface ZendeskOAuth {
  /**
   * Returns the URL where a person gives consent. `challenge` is the S256 of the verifier. `state` is returned with the
   * code.
   */
  authorizeUrl(wanted: { readonly redirectUri: string; readonly state: string; readonly challenge: string }): string;
  exchange(consent: Consent): Promise<IssuedTokens>;
  /**
   * Exchanges a refresh token for a new pair. The old pair is void then, even if the response is lost: store the new
   * pair before you use it.
   */
  refresh(refreshToken: string): Promise<IssuedTokens>;
  /** Requests a token for the person who created the OAuth client. */
  clientCredentials(): Promise<IssuedTokens>;
  /** Returns the user of a token; null when Zendesk treats it as an anonymous visitor. */
  userOf(accessToken: string): Promise<{ readonly id: string; readonly role: string } | null>;
}

const SCOPE = 'read write';
/**
 * Lifetimes strictly inside of Zendesk's bounds: its reference says less than 172,800 and less than 7,776,000, its
 * announcement says at most. Without them, some clients get tokens that never expire.
 */
const LIFETIMES = { expires_in: 86_400, refresh_token_expires_in: 2_592_000 };

const issued = z
  .looseObject({
    access_token: z.string().min(1),
    refresh_token: z.string().min(1).nullish(),
    expires_in: z.number().positive().nullish(),
  })
  .transform((wire): IssuedTokens => ({
    accessToken: wire.access_token,
    refreshToken: wire.refresh_token ?? null,
    expiresInS: wire.expires_in ?? null,
  }));

const me = z.looseObject({ user: z.looseObject({ id: wireId.nullable(), role: z.string().nullish() }) });

/** Creates the OAuth requests of the account at `origin`, for the OAuth client with the given id and secret. */
export function createZendeskOAuth(options: {
  readonly origin: string;
  readonly clientId: string;
  readonly clientSecret: string | undefined;
  readonly http: Http;
}): ZendeskOAuth {
  const { origin, clientId, clientSecret, http } = options;
  const request = async (operation: string, grant: object): Promise<IssuedTokens> => {
    const secret = clientSecret === undefined ? {} : { client_secret: clientSecret };
    const json = { ...grant, client_id: clientId, ...secret, scope: SCOPE };
    const url = `${origin}/oauth/tokens`;
    const response = await http.request({ operation, method: 'POST', url, json, headers: {}, buckets: ['account'] });
    return readResponse(issued, response, { system: 'zendesk', operation, write: true });
  };
  return {
    authorizeUrl({ redirectUri, state, challenge }) {
      const query = new URLSearchParams({
        response_type: 'code',
        client_id: clientId,
        redirect_uri: redirectUri,
        scope: SCOPE,
        state,
        code_challenge: challenge,
        code_challenge_method: 'S256',
      });
      return `${origin}/oauth/authorizations/new?${query.toString()}`;
    },
    exchange: ({ code, verifier, redirectUri }) =>
      request(TOKEN_REQUESTS.exchange, {
        grant_type: 'authorization_code',
        code,
        code_verifier: verifier,
        redirect_uri: redirectUri,
        ...LIFETIMES,
      }),
    refresh: (refreshToken) =>
      request(TOKEN_REQUESTS.refresh, {
        grant_type: 'refresh_token',
        refresh_token: refreshToken,
        ...LIFETIMES,
      }),
    // Lifetimes are documented for the other two grants only.
    clientCredentials: () => request(TOKEN_REQUESTS.ofClient, { grant_type: 'client_credentials' }),
    async userOf(accessToken) {
      const operation = 'read the current user';
      const headers = { authorization: `Bearer ${accessToken}` };
      const url = `${origin}/api/v2/users/me`;
      const response = await http.request({ operation, method: 'GET', url, headers, buckets: ['account'] });
      const { user } = readResponse(me, response, { system: 'zendesk', operation });
      return user.id === null ? null : { id: user.id, role: user.role ?? '' };
    },
  };
}
