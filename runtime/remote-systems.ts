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

/** A connection with the clients of its two systems. */
interface RemoteSystems {
  readonly connection: Connection;
  readonly dynamics: DynamicsClient;
  readonly zendesk: ZendeskClient;
}

/** The caller of remote systems: the observer of its requests, and a signal that cancels them. */
export interface RemoteCaller {
  readonly observer: RequestObserver;
  readonly signal?: AbortSignal | undefined;
}

/** A function that calls `work` with the remote systems of a connection, on behalf of `caller`. */
export type WithRemoteSystems = <Result>(
  connectionId: string,
  caller: RemoteCaller,
  work: (systems: RemoteSystems) => Promise<Result>,
) => Promise<Result>;

type Secrets = Awaited<ReturnType<Store['credentials']['open']>>;

/** What the clients of all connections share. `credentialDir`: the folder in which federated tokens may be. */
export interface OpenerOptions {
  readonly store: Store;
  readonly egress: Egress;
  readonly credentialDir?: string | undefined;
}

/**
 * Creates the function that calls remote systems. It creates clients once per process and version of a connection, so
 * all steps share a token, and a changed credential is used from the next step on. It throws a ConnectionStateError for
 * a connection that is missing or has no Zendesk token.
 */
export function createRemoteSystemsOpener({ store, egress, credentialDir }: OpenerOptions): WithRemoteSystems {
  const callers = new AsyncLocalStorage<RemoteCaller>();
  const followed = followCaller(callers);
  const cache = new Map<string, { version: string; clients: Omit<RemoteSystems, 'connection'> }>();

  const clientsOf = (connection: Connection, secrets: Secrets): Omit<RemoteSystems, 'connection'> => {
    const version = versionOf(connection, secrets);
    const known = cache.get(connection.id);
    if (known?.version === version) return known.clients;
    const clients = {
      dynamics: createDynamics({ connection, secrets, egress, ...followed }, credentialDir),
      zendesk: createZendesk({ connection, secrets, egress, ...followed }, store),
    };
    cache.set(connection.id, { version, clients });
    return clients;
  };

  return async (connectionId, caller, work) => {
    const connection = await store.connections.require(connectionId);
    const clients = clientsOf(connection, await store.credentials.open(connectionId));
    return callers.run(caller, () => work({ connection, ...clients }));
  };
}

/** Returns an observer and a signal that refer to the current step, because clients live longer than steps. */
function followCaller(callers: AsyncLocalStorage<RemoteCaller>): Pick<Parts, 'observer' | 'signal'> {
  const current = (): RemoteCaller => {
    const caller = callers.getStore();
    if (!caller) throw new Error('A client of a remote system was used outside a step.');
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

function createDynamics(parts: Parts, credentialDir: string | undefined): DynamicsClient {
  const { connection, secrets, egress, observer, signal } = parts;
  const { environmentUrl: resource, tenantId, clientId, authorityHost } = connection.settings.dynamics;
  const credential = credentialOf(connection, secrets);
  // All callers share the request of a token, so the caller that started it must not cancel it.
  const http = createHttp({ system: 'entra', egress, observer });
  const tokens =
    credential === undefined
      ? withoutCredential(connection.id)
      : createEntraTokens({ tenantId, clientId, authorityHost, credential, credentialDir, resource, http });
  return createDynamicsClient({
    origin: resource,
    tokens: { token: (wanted) => untilAborted(tokens.token(wanted), signal()) },
    names: { clientId, tenantId, environment: resource },
    http: createHttp({ system: 'dynamics', egress, observer, signal }),
  });
}

/** Returns undefined if no credential is stored. Zendesk can be used nevertheless. */
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
  const message = `Connection "${id}" has no credential for Dynamics 365. Add dynamics.clientSecret to its file and apply it: ledgerdesk connection apply FILE`;
  return { token: () => Promise.reject(new ConnectionStateError('needs_authorization', message)) };
}

function createZendesk({ connection, secrets, egress, observer, signal }: Parts, store: Store): ZendeskClient {
  // A cancelled renewal could lose the new tokens after Zendesk has revoked the old ones.
  const oauth = createOAuth(connection, secrets, createHttp({ system: 'zendesk', egress, observer }));
  const accessToken = createZendeskTokenSource({ store, connection, oauth });
  return createZendeskClient({
    origin: connection.settings.zendesk.baseUrl,
    accessToken: (rejected) => untilAborted(accessToken(rejected), signal()),
    http: createHttp({ system: 'zendesk', egress, observer, signal }),
  });
}

/** Creates the OAuth client of a connection. Returns undefined if none is configured. */
export function createOAuth(connection: Connection, secrets: Secrets, http: Http): ZendeskOAuth | undefined {
  const { oauthClientId: clientId, baseUrl: origin } = connection.settings.zendesk;
  if (clientId === undefined) return undefined;
  return createZendeskOAuth({ origin, clientId, clientSecret: secrets['zendesk.oauthClientSecret'], http });
}

/** These tokens are read from the store for each use, so clients stay valid when they change. */
const ROTATING: ReadonlySet<string> = new Set(['zendesk.accessToken', 'zendesk.refreshToken']);

function versionOf(connection: Connection, secrets: Secrets): string {
  const hash = createHash('sha256').update(JSON.stringify(connection.settings));
  const applied = Object.entries(secrets).filter(([field]) => !ROTATING.has(field));
  for (const [field, secret] of applied.sort()) hash.update(`\0${field}\0${secret}`);
  return hash.digest('hex');
}
