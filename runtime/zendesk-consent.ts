import { createHash, randomBytes } from 'node:crypto';
import { RemoteError } from '../clients/errors.ts';
import type { ZendeskOAuth } from '../clients/zendesk/oauth.ts';
import type { Store } from '../store/store.ts';

/** A consent about to be given: where the browser goes, and what it must hold until it comes back. */
export interface BegunConsent {
  readonly url: string;
  readonly verifier: string;
}

/** How a consent ended: whose it was in Zendesk, or in a sentence why nothing was stored. */
export type EndedConsent = { readonly connectionId: string; readonly userId: string } | { readonly refused: string };

/** Consents of persons, for connections with the authorization-code grant. */
export interface ZendeskConsent {
  /** Begins a consent; undefined when the connection is unknown or has no OAuth client. */
  begin(connectionId: string, redirectUri: string): Promise<BegunConsent | undefined>;
  /** Ends one with what the browser brought: nothing is stored unless the token turns out to be an administrator's. */
  end(brought: { state: string; code: string; verifier: string; redirectUri: string }): Promise<EndedConsent>;
}

const UNKNOWN = 'This consent was not begun here, or more than ten minutes ago, or in another browser. Begin again.';

/** Makes the consents; `oauthOf` builds the OAuth calls of a connection. */
export function createZendeskConsent(
  store: Pick<Store, 'zendeskTokens' | 'connections'>,
  oauthOf: (connectionId: string) => Promise<ZendeskOAuth | undefined>,
): ZendeskConsent {
  return {
    async begin(connectionId, redirectUri) {
      const oauth = await oauthOf(connectionId);
      if (oauth === undefined) return undefined;
      const [state, verifier] = [randomBytes(32).toString('base64url'), randomBytes(32).toString('base64url')];
      await store.zendeskTokens.beginConsent(connectionId, { state, verifier });
      const challenge = createHash('sha256').update(verifier).digest('base64url');
      return { url: oauth.authorizeUrl({ redirectUri, state, challenge }), verifier };
    },
    async end({ state, code, verifier, redirectUri }) {
      const connectionId = await store.zendeskTokens.takeConsent({ state, verifier });
      const oauth = connectionId === undefined ? undefined : await oauthOf(connectionId);
      if (connectionId === undefined || oauth === undefined) return { refused: UNKNOWN };
      try {
        const issued = await oauth.exchange({ code, verifier, redirectUri });
        const user = await oauth.userOf(issued.accessToken);
        if (user?.role !== 'admin')
          return {
            refused: 'The consent was not given by an administrator of Zendesk. Log in as one, and begin again.',
          };
        await store.zendeskTokens.keep(connectionId, issued);
        return { connectionId, userId: user.id };
      } catch (error) {
        if (error instanceof RemoteError) return { refused: `Zendesk did not accept the consent. ${error.advice}` };
        throw error;
      }
    },
  };
}
