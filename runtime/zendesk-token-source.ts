import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { RemoteError, remoteError } from '../clients/errors.ts';
import type { IssuedTokens, ZendeskOAuth } from '../clients/zendesk/oauth.ts';
import type { AccessToken } from '../clients/zendesk/session.ts';
import { ConnectionStateError, type Connection } from '../store/connection/connections.ts';
import type { Store } from '../store/store.ts';
import type { StoredTokens } from '../store/connection/zendesk-tokens.ts';

/** Longer than a request may take (`clients/exchange.ts`), so that no other process renews at the same time. */
const LEASE_MS = 75_000;
/** How long to wait for a renewal by another process, which takes a second or two. */
const WAIT_MS = 10_000;
const POLL_MS = 200;
/**
 * The random part of the renewal time, as a share of the token's life, so that many connections do not renew at once.
 */
const JITTER = 0.1;

/** The parts of a token source. */
export interface TokenSourceParts {
  readonly store: Pick<Store, 'zendeskTokens' | 'connections' | 'refusals'>;
  readonly connection: Connection;
  /** Undefined if no OAuth client is configured. The applied token cannot be renewed then. */
  readonly oauth: ZendeskOAuth | undefined;
}

/**
 * Creates the source of the Zendesk tokens of one connection. A token is renewed after about half of its life, or when
 * Zendesk rejects it, by one process under a lease. New tokens are stored before they are used. When Zendesk rejects
 * the grant and this is confirmed, the connection becomes `needs_reconnect`, and the grant is not used again until a
 * probe or a ping tries it.
 */
export function createZendeskTokenSource({ store, connection, oauth }: TokenSourceParts): AccessToken {
  let renewal: Promise<string> | undefined;
  return async (rejected) => {
    const held = await store.zendeskTokens.read(connection.id);
    if (oauth === undefined || !isDue(held, connection, rejected)) return held.accessToken ?? throwNoToken(connection);
    renewal ??= renew({ store, connection, oauth, rejected }, held).finally(() => (renewal = undefined));
    return renewal;
  };
}

function throwNoToken({ id }: Connection): never {
  throw new ConnectionStateError(
    'needs_authorization',
    `Connection "${id}" has no access token for Zendesk. Run: ledgerdesk connection authorize ${id} (or add zendesk.accessToken to its file and apply it).`,
  );
}

const usesClientCredentials = ({ settings }: Connection): boolean => settings.zendesk.grant === 'client_credentials';

/** The times are all those of the database, which has stored when the token was issued. */
function isDue(
  { accessToken, refreshToken, isRefused, issuedAt, expiresAt, readAt }: StoredTokens,
  connection: Connection,
  rejected: string | undefined,
): boolean {
  const isRenewable = usesClientCredentials(connection) || (refreshToken !== undefined && !isRefused);
  if (!isRenewable) return false;
  if (accessToken === undefined || accessToken === rejected) return true;
  if (expiresAt === undefined || issuedAt === undefined) return false;
  const life = expiresAt.getTime() - issuedAt.getTime();
  const spread = (life * JITTER * (issuedAt.getTime() % 100)) / 100;
  return readAt.getTime() >= issuedAt.getTime() + life / 2 + spread;
}

interface Renewal extends Required<Omit<TokenSourceParts, 'oauth'>> {
  readonly oauth: ZendeskOAuth;
  readonly rejected: string | undefined;
}

/**
 * Renews under the lease. While another process holds it, returns the current token if it is valid, or waits for the
 * new one.
 */
async function renew(renewal: Renewal, held: StoredTokens): Promise<string> {
  const { store, connection, rejected } = renewal;
  const owner = randomUUID();
  const deadline = performance.now() + WAIT_MS;
  for (;;) {
    if (await store.zendeskTokens.lease(connection.id, owner, LEASE_MS)) return renewLeased(renewal, owner);
    const { accessToken } = held;
    if (accessToken !== undefined && accessToken !== rejected && isValid(held)) return accessToken;
    if (performance.now() > deadline) throw stillUnderWay();
    await sleep(POLL_MS);
    const next = await store.zendeskTokens.read(connection.id);
    if (next.accessToken !== undefined && next.accessToken !== accessToken) return next.accessToken;
  }
}

function stillUnderWay(): RemoteError {
  const detail = 'another process is still renewing them.';
  return remoteError({ system: 'zendesk', operation: 'refresh the tokens', kind: 'unavailable', detail });
}

function isValid({ expiresAt, readAt }: StoredTokens): boolean {
  return expiresAt !== undefined && expiresAt.getTime() > readAt.getTime() + WAIT_MS + POLL_MS;
}

async function renewLeased(renewal: Renewal, owner: string): Promise<string> {
  const { store, connection, oauth, rejected } = renewal;
  const held = await store.zendeskTokens.read(connection.id);
  try {
    if (!isDue(held, connection, rejected)) return held.accessToken ?? throwNoToken(connection);
    await throwIfRefusedBefore(renewal);
    const issued = await requestTokens(oauth, held, connection);
    await store.zendeskTokens.save(connection.id, issued);
    return issued.accessToken;
  } catch (error) {
    if (error instanceof RemoteError && error.kind === 'unauthorized') await recordRefusal(renewal, held, error);
    throw error;
  } finally {
    await store.zendeskTokens.release(connection.id, owner);
  }
}

/** Throws while Zendesk has refused a renewal and the next attempt is not due, so that few requests confirm it. */
async function throwIfRefusedBefore({ store, connection }: Renewal): Promise<void> {
  const refusals = await store.refusals.unconfirmed(connection.id);
  const refused = refusals.find((one) => one.credential === 'zendesk-grant' && one.leftMs > POLL_MS);
  if (refused === undefined) return;
  const { system, operation, code } = refused;
  const detail = 'Zendesk refused this request a moment ago, and the next attempt is not due yet.';
  throw remoteError({ system, operation, kind: 'unauthorized', code, detail });
}

function requestTokens(
  oauth: ZendeskOAuth,
  { refreshToken }: StoredTokens,
  connection: Connection,
): Promise<IssuedTokens> {
  return usesClientCredentials(connection) || refreshToken === undefined
    ? oauth.clientCredentials()
    : oauth.refresh(refreshToken);
}

/**
 * Records that Zendesk refuses the grant. If this is confirmed, it no longer works: the refresh token was used before,
 * was revoked or has expired. A lost answer has the same effect, because the next attempt uses the refresh token a
 * second time.
 */
async function recordRefusal(
  { store, connection: { id } }: Renewal,
  { refreshToken }: StoredTokens,
  { system, operation, code, advice }: RemoteError,
): Promise<void> {
  const refused = { connectionId: id, system, operation, kind: 'unauthorized', code, message: advice } as const;
  if (!(await store.refusals.refuse(refused)).isConfirmed) return;
  if (refreshToken !== undefined) await store.zendeskTokens.markRefused(id, refreshToken);
  await store.connections.setState(id, 'needs_reconnect', advice);
}
