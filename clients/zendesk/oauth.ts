import { z } from 'zod';
import type { Http } from '../http.ts';
import { readAnswer } from '../read-answer.ts';
import { wireId } from './ids.ts';

/** Tokens as Zendesk has issued them. `expiresInS` is null for a client whose tokens do not expire yet. */
export interface IssuedTokens {
  readonly accessToken: string;
  readonly refreshToken: string | null;
  readonly expiresInS: number | null;
}

/** Where a consent began, which the exchange of its code must repeat. */
export interface Consent {
  readonly code: string;
  readonly verifier: string;
  readonly redirectUri: string;
}

/** The OAuth calls of one Zendesk account. All reject with a RemoteError of `zendesk`; it is `unauthorized` when the grant is void or the client not taken. */
export interface ZendeskOAuth {
  /** Where a person gives consent. `challenge` is the S256 of the verifier, `state` comes back with the code. */
  authorizeUrl(wanted: { readonly redirectUri: string; readonly state: string; readonly challenge: string }): string;
  exchange(consent: Consent): Promise<IssuedTokens>;
  /** Both tokens are void once this has taken effect, whether or not the answer comes back: keep the new pair before using it. */
  refresh(refreshToken: string): Promise<IssuedTokens>;
  /** Tokens in the name of the person who made the OAuth client. */
  clientCredentials(): Promise<IssuedTokens>;
  /** Who a token is; null when Zendesk takes it for an anonymous visitor. */
  userOf(accessToken: string): Promise<{ readonly id: string; readonly role: string } | null>;
}

const SCOPE = 'read write';
/** The longest lives that Zendesk gives (docs, OAuth tokens): asked for, since some clients get tokens without an end otherwise. */
const ACCESS_LIFE_S = 172_800;
const REFRESH_LIFE_S = 7_776_000;

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

/** Makes the OAuth calls of the account at `origin`, as the OAuth client of that id and secret. */
export function createZendeskOAuth(options: {
  readonly origin: string;
  readonly clientId: string;
  readonly clientSecret: string | undefined;
  readonly http: Http;
}): ZendeskOAuth {
  const { origin, clientId, clientSecret, http } = options;
  const request = async (operation: string, grant: object): Promise<IssuedTokens> => {
    const secret = clientSecret === undefined ? {} : { client_secret: clientSecret };
    const life = { expires_in: ACCESS_LIFE_S };
    const json = { ...grant, client_id: clientId, ...secret, scope: SCOPE, ...life };
    const url = `${origin}/oauth/tokens`;
    const answer = await http.request({ operation, method: 'POST', url, json, headers: {}, buckets: ['account'] });
    return readAnswer(issued, answer, { system: 'zendesk', operation, write: true });
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
      request('exchange an authorization code', {
        grant_type: 'authorization_code',
        code,
        code_verifier: verifier,
        redirect_uri: redirectUri,
        refresh_token_expires_in: REFRESH_LIFE_S,
      }),
    refresh: (refreshToken) =>
      request('refresh the tokens', {
        grant_type: 'refresh_token',
        refresh_token: refreshToken,
        refresh_token_expires_in: REFRESH_LIFE_S,
      }),
    clientCredentials: () => request('request a token', { grant_type: 'client_credentials' }),
    async userOf(accessToken) {
      const operation = 'read the current user';
      const headers = { authorization: `Bearer ${accessToken}` };
      const url = `${origin}/api/v2/users/me`;
      const answer = await http.request({ operation, method: 'GET', url, headers, buckets: ['account'] });
      const { user } = readAnswer(me, answer, { system: 'zendesk', operation });
      return user.id === null ? null : { id: user.id, role: user.role ?? '' };
    },
  };
}
