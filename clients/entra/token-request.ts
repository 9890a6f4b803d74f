import { ConfidentialClientApplication, type Configuration } from '@azure/msal-node';
import type { Http } from '../http.ts';
import { createClientAssertion, type AppCertificate } from './client-assertion.ts';
import { readFederatedToken } from './federated-token.ts';
import { readMsalFailure } from './msal-failure.ts';
import { createMsalNetwork } from './msal-network.ts';

/**
 * A credential of the app. `thumbprintSha256` is hexadecimal, `privateKey` is PEM, and the file contains a federated
 * token.
 */
export type EntraCredential =
  | { readonly clientSecret: string }
  | { readonly certificate: AppCertificate }
  | { readonly federatedTokenFile: string };

/** An access token and its expiry in epoch milliseconds. */
export interface IssuedToken {
  readonly accessToken: string;
  readonly expiresAtMs: number;
}

/** The app, its tenant, and the environment that the tokens are for. */
export interface AppSettings {
  readonly tenantId: string;
  readonly clientId: string;
  readonly credential: EntraCredential;
  /** The folder in which federated tokens may be; they cannot be used without one. */
  readonly credentialDir?: string | undefined;
  readonly authorityHost: string;
  readonly resource: string;
}

/**
 * Creates the function that requests one token. Each call creates an MSAL app of its own, because a shared one would
 * repeat a failure for 60 s without a request, and would keep tokens after the secret has changed.
 */
export function createTokenRequest(options: AppSettings & { readonly http: Http }): () => Promise<IssuedToken> {
  const { clientId, tenantId, resource } = options;
  const names = { clientId, tenantId, environment: resource };
  return async () => {
    const network = createMsalNetwork(options.http, names);
    const proof = await proofOf(options);
    try {
      const auth = { ...authOf(options), ...proof };
      const app = new ConfidentialClientApplication({ auth, system: { networkClient: network.client } });
      const result = await app.acquireTokenByClientCredential({ scopes: [`${resource}/.default`], skipCache: true });
      return { accessToken: result?.accessToken ?? '', expiresAtMs: result?.expiresOn?.getTime() ?? 0 };
    } catch (failure) {
      await network.rethrow();
      throw readMsalFailure(failure, names);
    }
  };
}

/**
 * The configuration contains the endpoints, so that MSAL does not discover them. MSAL refuses an authority on plain http,
 * which only the operator can allow: then MSAL gets the public authority's name with the real token endpoint.
 */
function authOf(settings: AppSettings): Configuration['auth'] {
  const { clientId, tenantId } = settings;
  const host = new URL(settings.authorityHost);
  const tenant = encodeURIComponent(tenantId);
  const authorityHost = host.protocol === 'https:' ? host.origin : 'https://login.microsoftonline.com';
  const authority = `${authorityHost}/${tenant}`;
  const authorityMetadata = JSON.stringify({
    authorization_endpoint: `${authority}/oauth2/v2.0/authorize`,
    token_endpoint: tokenEndpointOf(settings),
    issuer: `${authority}/v2.0`,
    jwks_uri: `${authority}/discovery/v2.0/keys`,
  });
  const knownAuthorities = [new URL(authorityHost).host];
  return { clientId, authority, authorityMetadata, knownAuthorities };
}

function tokenEndpointOf({ authorityHost, tenantId }: AppSettings): string {
  return `${new URL(authorityHost).origin}/${encodeURIComponent(tenantId)}/oauth2/v2.0/token`;
}

async function proofOf(settings: AppSettings): Promise<Partial<Configuration['auth']>> {
  const { clientId, credential, credentialDir } = settings;
  if ('clientSecret' in credential) return { clientSecret: credential.clientSecret };
  if ('certificate' in credential) {
    const { certificate } = credential;
    const app = { clientId, tokenEndpoint: tokenEndpointOf(settings) };
    return {
      clientAssertion: async () => Promise.resolve(createClientAssertion(certificate, { ...app, nowMs: Date.now() })),
    };
  }
  return { clientAssertion: await readFederatedToken(credential.federatedTokenFile, credentialDir) };
}
