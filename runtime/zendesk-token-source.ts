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
  readonly store: Pick<Store, 'zendeskTokens' | 'connections'>;
  readonly connection: Connection;
  /** Undefined if no OAuth client is configured. The applied token cannot be renewed then. */
  readonly oauth: ZendeskOAuth | undefined;
  readonly clock?: () => number;
}

/**
 * Creates the source of the Zendesk tokens of one connection. A token is renewed after about half of its life, or when
 * Zendesk rejects it, by one process under a lease. New tokens are stored before they are used. When Zendesk rejects
 * the grant, the connection becomes `needs_reconnect`, and the grant is not used again.
 */
export function createZendeskTokenSource({
  store,
  connection,
  oauth,
  clock = Date.now,
}: TokenSourceParts): AccessToken {
  let renewal: Promise<string> | undefined;
  return async (rejected) => {
    const held = await store.zendeskTokens.read(connection.id);
    if (oauth === undefined || !isDue(held, connection, { now: clock(), rejected }))
      return held.accessToken ?? throwNoToken(connection);
    renewal ??= renew({ store, connection, oauth, clock, rejected }, held).finally(() => (renewal = undefined));
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

function isDue(
  { accessToken, refreshToken, isRefused, issuedAt, expiresAt }: StoredTokens,
  connection: Connection,
  { now, rejected }: { now: number; rejected: string | undefined },
): boolean {
  const isRenewable = usesClientCredentials(connection) || (refreshToken !== undefined && !isRefused);
  if (!isRenewable) return false;
  if (accessToken === undefined || accessToken === rejected) return true;
  if (expiresAt === undefined || issuedAt === undefined) return false;
  const life = expiresAt.getTime() - issuedAt.getTime();
  const spread = (life * JITTER * (issuedAt.getTime() % 100)) / 100;
  return now >= issuedAt.getTime() + life / 2 + spread;
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
  const { store, connection, clock, rejected } = renewal;
  const owner = randomUUID();
  const deadline = clock() + WAIT_MS;
  for (;;) {
    if (await store.zendeskTokens.lease(connection.id, owner, LEASE_MS)) return renewLeased(renewal, owner);
    const { accessToken } = held;
    if (accessToken !== undefined && accessToken !== rejected && isValid(held, clock())) return accessToken;
    if (clock() > deadline) throw stillUnderWay();
    await sleep(POLL_MS);
    const next = await store.zendeskTokens.read(connection.id);
    if (next.accessToken !== undefined && next.accessToken !== accessToken) return next.accessToken;
  }
}

function stillUnderWay(): RemoteError {
  const detail = 'another process is still renewing them.';
  return remoteError({ system: 'zendesk', operation: 'refresh the tokens', kind: 'unavailable', detail });
}

function isValid({ expiresAt }: StoredTokens, now: number): boolean {
  return expiresAt !== undefined && expiresAt.getTime() > now + POLL_MS;
}

async function renewLeased(renewal: Renewal, owner: string): Promise<string> {
  const { store, connection, oauth, clock, rejected } = renewal;
  const held = await store.zendeskTokens.read(connection.id);
  try {
    if (!isDue(held, connection, { now: clock(), rejected })) return held.accessToken ?? throwNoToken(connection);
    const issued = await requestTokens(oauth, held, connection);
    await store.zendeskTokens.save(connection.id, issued);
    return issued.accessToken;
  } catch (error) {
    if (error instanceof RemoteError && error.kind === 'unauthorized')
      await requireReconnect(renewal, held, error.advice);
    throw error;
  } finally {
    await store.zendeskTokens.release(connection.id, owner);
  }
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
 * Records that the grant no longer works: the refresh token was used before, was revoked or has expired. A lost answer
 * has the same effect, because the next attempt uses the refresh token a second time.
 */
async function requireReconnect(
  { store, connection: { id } }: Renewal,
  { refreshToken }: StoredTokens,
  reason: string,
): Promise<void> {
  if (refreshToken !== undefined) await store.zendeskTokens.markRefused(id, refreshToken);
  await store.connections.setState(id, 'needs_reconnect', reason);
}
