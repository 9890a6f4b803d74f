import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { RemoteError, remoteError } from '../clients/errors.ts';
import type { IssuedTokens, ZendeskOAuth } from '../clients/zendesk/oauth.ts';
import type { AccessToken } from '../clients/zendesk/session.ts';
import { ConnectionStateError, type Connection } from '../store/connection/connections.ts';
import type { Store } from '../store/store.ts';
import type { HeldTokens } from '../store/connection/zendesk-tokens.ts';

/** Longer than a request may take (clients/exchange.ts), so that nobody renews beside one that is under way. */
const LEASE_MS = 75_000;
/** Longest that one waits for another process to renew, which takes a second or two. */
const WAIT_MS = 10_000;
const LOOK_EVERY_MS = 200;
/** How much the moment of renewing is spread, as a part of the token's life, so that many connections do not meet. */
const JITTER = 0.1;

/** What the tokens of one connection are made with. */
export interface TokenSourceParts {
  readonly store: Pick<Store, 'zendeskTokens' | 'connections'>;
  readonly connection: Connection;
  /** Absent where no OAuth client is configured: then the token that was applied is all there is. */
  readonly oauth: ZendeskOAuth | undefined;
  readonly clock?: () => number;
}

/**
 * Makes the source of one connection's Zendesk tokens. A token is renewed at about half of its life, or when Zendesk does
 * not take it, by one process for all, under a lease; the new pair is kept before anybody uses it. A grant that Zendesk does
 * not know any more makes the connection `needs_reconnect`, and is not tried again.
 */
export function createZendeskTokenSource({
  store,
  connection,
  oauth,
  clock = Date.now,
}: TokenSourceParts): AccessToken {
  let underWay: Promise<string> | undefined;
  return async (rejected) => {
    const held = await store.zendeskTokens.read(connection.id);
    if (oauth === undefined || !isDue(held, connection, { now: clock(), rejected }))
      return held.accessToken ?? missing(connection);
    underWay ??= renew({ store, connection, oauth, clock, rejected }, held).finally(() => (underWay = undefined));
    return underWay;
  };
}

function missing({ id }: Connection): never {
  throw new ConnectionStateError(
    'needs_authorization',
    `Connection "${id}" has no access token for Zendesk: run "ledgerdesk connection authorize ${id}", or apply its file with zendesk.accessToken.`,
  );
}

const isOwnClient = ({ settings }: Connection): boolean => settings.zendesk.grant === 'client_credentials';

function isDue(
  { accessToken, refreshToken, isRefused, issuedAt, expiresAt }: HeldTokens,
  connection: Connection,
  { now, rejected }: { now: number; rejected: string | undefined },
): boolean {
  const isRenewable = isOwnClient(connection) || (refreshToken !== undefined && !isRefused);
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

/** Renews under the lease; whoever does not get it goes on with a token that still lives, else waits for the new one. */
async function renew(renewal: Renewal, held: HeldTokens): Promise<string> {
  const { store, connection, clock, rejected } = renewal;
  const owner = randomUUID();
  const deadline = clock() + WAIT_MS;
  for (;;) {
    if (await store.zendeskTokens.lease(connection.id, owner, LEASE_MS)) return renewLeased(renewal, owner);
    const { accessToken } = held;
    if (accessToken !== undefined && accessToken !== rejected && lives(held, clock())) return accessToken;
    if (clock() > deadline) throw stillUnderWay();
    await sleep(LOOK_EVERY_MS);
    const next = await store.zendeskTokens.read(connection.id);
    if (next.accessToken !== undefined && next.accessToken !== accessToken) return next.accessToken;
  }
}

function stillUnderWay(): RemoteError {
  const detail = 'another process has not ended it.';
  return remoteError({ system: 'zendesk', operation: 'refresh the tokens', kind: 'unavailable', detail });
}

function lives({ expiresAt }: HeldTokens, now: number): boolean {
  return expiresAt !== undefined && expiresAt.getTime() > now + LOOK_EVERY_MS;
}

async function renewLeased(renewal: Renewal, owner: string): Promise<string> {
  const { store, connection, oauth, clock, rejected } = renewal;
  const held = await store.zendeskTokens.read(connection.id);
  try {
    if (!isDue(held, connection, { now: clock(), rejected })) return held.accessToken ?? missing(connection);
    const issued = await ask(oauth, held, connection);
    await store.zendeskTokens.keep(connection.id, issued);
    return issued.accessToken;
  } catch (error) {
    if (error instanceof RemoteError && error.kind === 'unauthorized') await needReconnect(renewal, held, error.advice);
    throw error;
  } finally {
    await store.zendeskTokens.release(connection.id, owner);
  }
}

function ask(oauth: ZendeskOAuth, { refreshToken }: HeldTokens, connection: Connection): Promise<IssuedTokens> {
  return isOwnClient(connection) || refreshToken === undefined
    ? oauth.clientCredentials()
    : oauth.refresh(refreshToken);
}

/** The refresh token was used, was revoked or has expired. After an answer that was lost it ends so too, one attempt later. */
async function needReconnect(
  { store, connection: { id } }: Renewal,
  { refreshToken }: HeldTokens,
  reason: string,
): Promise<void> {
  if (refreshToken !== undefined) await store.zendeskTokens.refuse(id, refreshToken);
  await store.connections.setState(id, 'needs_reconnect', reason);
}
