import { AsyncLocalStorage } from 'node:async_hooks';
import { createHash } from 'node:crypto';
import { createDynamicsClient, type DynamicsClient } from '../clients/dynamics/client.ts';
import type { Egress } from '../clients/egress.ts';
import type { EntraCredential } from '../clients/entra/token-request.ts';
import { createEntraTokens, type TokenSource } from '../clients/entra/tokens.ts';
import { createHttp, type Http, type RequestObserver } from '../clients/http.ts';
import { createZendeskClient, type ZendeskClient } from '../clients/zendesk/client.ts';
import { createZendeskOAuth, type ZendeskOAuth } from '../clients/zendesk/oauth.ts';
import { ConnectionProblem, type Connection } from '../store/connection/connections.ts';
import type { Store } from '../store/store.ts';
import { createZendeskTokenSource } from './zendesk-token-source.ts';

/** The two systems of one connection, ready to be called. */
interface FarSystems {
  readonly connection: Connection;
  readonly dynamics: DynamicsClient;
  readonly zendesk: ZendeskClient;
}

/** Calls the far systems of a connection; `observer` is told of every request that `work` makes. */
export type WithFarSystems = <Result>(
  connectionId: string,
  observer: RequestObserver,
  work: (far: FarSystems) => Promise<Result>,
) => Promise<Result>;

type Secrets = Awaited<ReturnType<Store['credentials']['open']>>;

/**
 * Builds clients from what is stored of a connection, once per process and version of the connection: so a token is shared
 * by all steps, and a changed credential counts from the next step on. Throws ConnectionProblem for a connection that is
 * missing or has no Zendesk token yet.
 */
export function createFarSystemsOpener({ store, egress }: { store: Store; egress: Egress }): WithFarSystems {
  const observers = new AsyncLocalStorage<RequestObserver>();
  const observer = followCaller(observers);
  const built = new Map<string, { version: string; clients: Omit<FarSystems, 'connection'> }>();

  const clientsOf = (connection: Connection, secrets: Secrets): Omit<FarSystems, 'connection'> => {
    const version = versionOf(connection, secrets);
    const known = built.get(connection.id);
    if (known?.version === version) return known.clients;
    const clients = {
      dynamics: buildDynamics({ connection, secrets, egress, observer }),
      zendesk: buildZendesk({ connection, secrets, egress, observer }, store),
    };
    built.set(connection.id, { version, clients });
    return clients;
  };

  return async (connectionId, caller, work) => {
    const connection = await store.connections.require(connectionId);
    const clients = clientsOf(connection, await store.credentials.open(connectionId));
    return observers.run(caller, () => work({ connection, ...clients }));
  };
}

/** An observer that passes everything on to that of the step which makes the request: clients outlive steps. */
function followCaller(observers: AsyncLocalStorage<RequestObserver>): RequestObserver {
  const current = (): RequestObserver => {
    const observer = observers.getStore();
    if (!observer) throw new Error('A far system was called outside a step.');
    return observer;
  };
  return {
    before: (call) => current().before(call),
    after: (call, token, result) => current().after(call, token, result),
  };
}

interface Parts {
  readonly connection: Connection;
  readonly secrets: Secrets;
  readonly egress: Egress;
  readonly observer: RequestObserver;
}

function buildDynamics({ connection, secrets, egress, observer }: Parts): DynamicsClient {
  const { environmentUrl, tenantId, clientId, authorityHost, entitySets } = connection.settings.dynamics;
  const credential = credentialOf(connection, secrets);
  const http = createHttp({ system: 'entra', egress, observer });
  const tokens =
    credential === undefined
      ? withoutCredential(connection.id)
      : createEntraTokens({ tenantId, clientId, authorityHost, credential, resource: environmentUrl, http });
  return createDynamicsClient({
    origin: environmentUrl,
    tokens,
    entitySets,
    names: { clientId, tenantId, environment: environmentUrl },
    http: createHttp({ system: 'dynamics', egress, observer }),
  });
}

/** Undefined where none is stored: then Zendesk can still be worked with. */
function credentialOf({ settings: { dynamics } }: Connection, secrets: Secrets): EntraCredential | undefined {
  if (dynamics.federatedTokenFile !== undefined) return { federatedTokenFile: dynamics.federatedTokenFile };
  const privateKey = secrets['dynamics.certificate.privateKey'];
  if (dynamics.certificateThumbprintSha256 !== undefined && privateKey !== undefined) {
    return { certificate: { thumbprintSha256: dynamics.certificateThumbprintSha256, privateKey } };
  }
  const clientSecret = secrets['dynamics.clientSecret'];
  return clientSecret === undefined ? undefined : { clientSecret };
}

function withoutCredential(id: string): TokenSource {
  const sentence = `Connection "${id}" has no credential for Dynamics 365: apply its file again with dynamics.clientSecret.`;
  return { token: () => Promise.reject(new ConnectionProblem('needs_authorization', sentence)) };
}

function buildZendesk({ connection, secrets, egress, observer }: Parts, store: Store): ZendeskClient {
  const http = createHttp({ system: 'zendesk', egress, observer });
  const oauth = buildOAuth(connection, secrets, http);
  return createZendeskClient({
    origin: connection.settings.zendesk.baseUrl,
    accessToken: createZendeskTokenSource({ store, connection, oauth }),
    http,
  });
}

/** The OAuth calls of a connection; undefined where it has no OAuth client. */
export function buildOAuth(connection: Connection, secrets: Secrets, http: Http): ZendeskOAuth | undefined {
  const { oauthClientId: clientId, baseUrl: origin } = connection.settings.zendesk;
  if (clientId === undefined) return undefined;
  return createZendeskOAuth({ origin, clientId, clientSecret: secrets['zendesk.oauthClientSecret'], http });
}

/** Tokens change by themselves and are read anew each time; clients live on. */
const ROTATING: ReadonlySet<string> = new Set(['zendesk.accessToken', 'zendesk.refreshToken']);

function versionOf(connection: Connection, secrets: Secrets): string {
  const hash = createHash('sha256').update(JSON.stringify(connection.settings));
  const applied = Object.entries(secrets).filter(([field]) => !ROTATING.has(field));
  for (const [field, secret] of applied.sort()) hash.update(`\0${field}\0${secret}`);
  return hash.digest('hex');
}
