import { AsyncLocalStorage } from 'node:async_hooks';
import { createHash } from 'node:crypto';
import { createDynamicsClient, type DynamicsClient } from '../clients/dynamics/client.ts';
import type { Egress } from '../clients/egress.ts';
import type { EntraCredential } from '../clients/entra/token-request.ts';
import { createEntraTokens, type TokenSource } from '../clients/entra/tokens.ts';
import { createHttp, type Http, type RequestObserver } from '../clients/http.ts';
import { untilAborted } from '../clients/until-aborted.ts';
import { createZendeskClient, type ZendeskClient } from '../clients/zendesk/client.ts';
import { createZendeskOAuth, type ZendeskOAuth } from '../clients/zendesk/oauth.ts';
import { ConnectionStateError, type Connection } from '../store/connection/connections.ts';
import type { Store } from '../store/store.ts';
import { createZendeskTokenSource } from './zendesk-token-source.ts';

/** The two systems of one connection, ready to be called. */
interface RemoteSystems {
  readonly connection: Connection;
  readonly dynamics: DynamicsClient;
  readonly zendesk: ZendeskClient;
}

/** The work that calls remote systems: who observes its requests, and what ends them early. */
export interface RemoteCaller {
  readonly observer: RequestObserver;
  readonly signal?: AbortSignal | undefined;
}

/** Calls the remote systems of a connection on behalf of `caller`. */
export type WithRemoteSystems = <Result>(
  connectionId: string,
  caller: RemoteCaller,
  work: (systems: RemoteSystems) => Promise<Result>,
) => Promise<Result>;

type Secrets = Awaited<ReturnType<Store['credentials']['open']>>;

/**
 * Creates the function that builds clients from what is stored of a connection, once per process and version of the connection: so
 * all steps share a token, and a changed credential is used from the next step on. It throws a ConnectionStateError for a connection
 * that is missing or has no Zendesk token yet.
 */
export function createRemoteSystemsOpener({ store, egress }: { store: Store; egress: Egress }): WithRemoteSystems {
  const callers = new AsyncLocalStorage<RemoteCaller>();
  const followed = followCaller(callers);
  const built = new Map<string, { version: string; clients: Omit<RemoteSystems, 'connection'> }>();

  const clientsOf = (connection: Connection, secrets: Secrets): Omit<RemoteSystems, 'connection'> => {
    const version = versionOf(connection, secrets);
    const known = built.get(connection.id);
    if (known?.version === version) return known.clients;
    const clients = {
      dynamics: buildDynamics({ connection, secrets, egress, ...followed }),
      zendesk: buildZendesk({ connection, secrets, egress, ...followed }, store),
    };
    built.set(connection.id, { version, clients });
    return clients;
  };

  return async (connectionId, caller, work) => {
    const connection = await store.connections.require(connectionId);
    const clients = clientsOf(connection, await store.credentials.open(connectionId));
    return callers.run(caller, () => work({ connection, ...clients }));
  };
}

/** Returns an observer and a signal that are always those of the step which makes the request, since clients outlive steps. */
function followCaller(callers: AsyncLocalStorage<RemoteCaller>): Pick<Parts, 'observer' | 'signal'> {
  const current = (): RemoteCaller => {
    const caller = callers.getStore();
    if (!caller) throw new Error('A remote system was called outside a step.');
    return caller;
  };
  return {
    observer: {
      before: (call) => current().observer.before(call),
      after: (call, token, result) => current().observer.after(call, token, result),
    },
    signal: () => current().signal,
  };
}

interface Parts {
  readonly connection: Connection;
  readonly secrets: Secrets;
  readonly egress: Egress;
  readonly observer: RequestObserver;
  readonly signal: () => AbortSignal | undefined;
}

function buildDynamics({ connection, secrets, egress, observer, signal }: Parts): DynamicsClient {
  const { environmentUrl, tenantId, clientId, authorityHost } = connection.settings.dynamics;
  const credential = credentialOf(connection, secrets);
  // A token is requested for all callers, so the request outlives the one that began it.
  const http = createHttp({ system: 'entra', egress, observer });
  const tokens =
    credential === undefined
      ? withoutCredential(connection.id)
      : createEntraTokens({ tenantId, clientId, authorityHost, credential, resource: environmentUrl, http });
  return createDynamicsClient({
    origin: environmentUrl,
    tokens: { token: (wanted) => untilAborted(tokens.token(wanted), signal()) },
    names: { clientId, tenantId, environment: environmentUrl },
    http: createHttp({ system: 'dynamics', egress, observer, signal }),
  });
}

/** Returns undefined where none is stored; Zendesk can still be used then. */
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
  return { token: () => Promise.reject(new ConnectionStateError('needs_authorization', sentence)) };
}

function buildZendesk({ connection, secrets, egress, observer, signal }: Parts, store: Store): ZendeskClient {
  // A renewal that ended early could lose the new tokens after Zendesk has dropped the old ones.
  const oauth = buildOAuth(connection, secrets, createHttp({ system: 'zendesk', egress, observer }));
  const accessToken = createZendeskTokenSource({ store, connection, oauth });
  return createZendeskClient({
    origin: connection.settings.zendesk.baseUrl,
    accessToken: (rejected) => untilAborted(accessToken(rejected), signal()),
    http: createHttp({ system: 'zendesk', egress, observer, signal }),
  });
}

/** Builds the OAuth calls of a connection; undefined where it has no OAuth client. */
export function buildOAuth(connection: Connection, secrets: Secrets, http: Http): ZendeskOAuth | undefined {
  const { oauthClientId: clientId, baseUrl: origin } = connection.settings.zendesk;
  if (clientId === undefined) return undefined;
  return createZendeskOAuth({ origin, clientId, clientSecret: secrets['zendesk.oauthClientSecret'], http });
}

/** Tokens change by themselves and are read anew each time, so that clients can be kept. */
const ROTATING: ReadonlySet<string> = new Set(['zendesk.accessToken', 'zendesk.refreshToken']);

function versionOf(connection: Connection, secrets: Secrets): string {
  const hash = createHash('sha256').update(JSON.stringify(connection.settings));
  const applied = Object.entries(secrets).filter(([field]) => !ROTATING.has(field));
  for (const [field, secret] of applied.sort()) hash.update(`\0${field}\0${secret}`);
  return hash.digest('hex');
}
