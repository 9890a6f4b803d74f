import { createHash, randomBytes } from 'node:crypto';
import { RemoteError } from '../clients/errors.ts';
import type { ZendeskOAuth } from '../clients/zendesk/oauth.ts';
import type { Store } from '../store/store.ts';

/** A consent that a person is about to give. `url` is where the browser goes, and `verifier` is what it must keep. */
export interface BegunConsent {
  readonly url: string;
  readonly verifier: string;
}

/** The result of a consent: the user in Zendesk who gave it, or a sentence why nothing was stored. */
export type EndedConsent = { readonly connectionId: string; readonly userId: string } | { readonly refused: string };

/** OAuth consents, for connections with the authorization-code grant. */
export interface ZendeskConsent {
  /** Begins a consent. Returns undefined when the connection is unknown or has no OAuth client. */
  begin(connectionId: string, redirectUri: string): Promise<BegunConsent | undefined>;
  /**
   * Ends a consent with the values that the browser returned. Stores the tokens only if they belong to an
   * administrator.
   */
  end(returned: { state: string; code: string; verifier: string; redirectUri: string }): Promise<EndedConsent>;
}

const UNKNOWN =
  'This consent was not started here, was started more than ten minutes ago, or was started in another browser. Start again with a new link.';

/** Creates the handling of consents. `oauthOf` returns the OAuth client of a connection. */
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
            refused:
              'The consent was not given by a Zendesk administrator. Log in to Zendesk as an administrator and start again.',
          };
        await store.zendeskTokens.save(connectionId, issued);
        return { connectionId, userId: user.id };
      } catch (error) {
        if (error instanceof RemoteError) return { refused: `Zendesk did not accept the consent. ${error.advice}` };
        throw error;
      }
    },
  };
}
