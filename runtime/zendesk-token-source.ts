import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { FarSystemError, farSystemError } from '../clients/errors.ts';
import type { IssuedTokens, ZendeskOAuth } from '../clients/zendesk/oauth.ts';
import { ConnectionProblem, type Connection } from '../store/connections.ts';
import type { Store } from '../store/store.ts';
import type { HeldTokens } from '../store/zendesk-tokens.ts';

/** Longest that one waits for another process to refresh; a refresh takes a second or two. */
const LEASE_MS = 20_000;
const WAIT_MS = 10_000;
const LOOK_EVERY_MS = 200;
/** How much the moment of refreshing is spread, as a part of the token's life, so that many connections do not meet. */
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
 * Makes the source of one connection's Zendesk tokens. A token is refreshed at about half of its life, by one process for
 * all, under a lease; the new pair is kept before anybody uses it. A grant that Zendesk does not know any more makes the
 * connection `needs_reconnect`: nobody tries again until a person has authorized it.
 */
export function createZendeskTokenSource(parts: TokenSourceParts): () => Promise<string> {
  const { clock = Date.now, store, connection } = parts;
  let underWay: Promise<string> | undefined;
  return async () => {
    const held = await store.zendeskTokens.read(connection.id);
    if (!isDue(held, connection, clock())) return held.accessToken ?? missing(connection);
    underWay ??= renew(parts, held, clock).finally(() => (underWay = undefined));
    return underWay;
  };
}

function missing({ id }: Connection): never {
  throw new ConnectionProblem(
    'needs_authorization',
    `Connection "${id}" has no access token for Zendesk: run "ledgerdesk connection authorize ${id}", or apply its file with zendesk.accessToken.`,
  );
}

function isDue(
  { accessToken, refreshToken, issuedAt, expiresAt }: HeldTokens,
  connection: Connection,
  now: number,
): boolean {
  const isOwnClient = connection.settings.zendesk.grant === 'client_credentials';
  if (accessToken === undefined) return isOwnClient;
  if (expiresAt === undefined || issuedAt === undefined) return false;
  if (refreshToken === undefined && !isOwnClient) return false;
  const life = expiresAt.getTime() - issuedAt.getTime();
  const spread = (life * JITTER * (issuedAt.getTime() % 100)) / 100;
  return now >= issuedAt.getTime() + life / 2 + spread;
}

/** Renews under the lease; whoever does not get it goes on with a token that still lives, else waits for the new one. */
async function renew(parts: TokenSourceParts, held: HeldTokens, clock: () => number): Promise<string> {
  const { store, connection, oauth } = parts;
  const owner = randomUUID();
  const deadline = clock() + WAIT_MS;
  for (;;) {
    if (oauth !== undefined && (await store.zendeskTokens.lease(connection.id, owner, LEASE_MS)))
      return renewLeased(parts, { oauth, owner, clock });
    if (lives(held, clock())) return held.accessToken ?? missing(connection);
    if (oauth === undefined || clock() > deadline)
      throw farSystemError({
        system: 'zendesk',
        operation: 'refresh the tokens',
        kind: 'unavailable',
        detail: 'another process has not ended it.',
      });
    await sleep(LOOK_EVERY_MS);
    const next = await store.zendeskTokens.read(connection.id);
    if (next.accessToken !== undefined && next.accessToken !== held.accessToken) return next.accessToken;
  }
}

function lives({ accessToken, expiresAt }: HeldTokens, now: number): boolean {
  return accessToken !== undefined && expiresAt !== undefined && expiresAt.getTime() > now + LOOK_EVERY_MS;
}

async function renewLeased(
  { store, connection }: TokenSourceParts,
  { oauth, owner, clock }: { oauth: ZendeskOAuth; owner: string; clock: () => number },
): Promise<string> {
  const held = await store.zendeskTokens.read(connection.id);
  try {
    if (!isDue(held, connection, clock())) return held.accessToken ?? missing(connection);
    const issued = await ask(oauth, held, connection);
    await store.zendeskTokens.keep(connection.id, issued);
    return issued.accessToken;
  } catch (error) {
    if (!isVoid(error)) throw lives(held, clock()) ? error : asReconnect(error);
    const reason = `Zendesk does not know the refresh token any more: run "ledgerdesk connection authorize ${connection.id}".`;
    await store.connections.setState(connection.id, 'needs_reconnect', reason);
    throw asReconnect(error);
  } finally {
    await store.zendeskTokens.release(connection.id, owner);
  }
}

function ask(oauth: ZendeskOAuth, { refreshToken }: HeldTokens, { settings }: Connection): Promise<IssuedTokens> {
  return settings.zendesk.grant === 'client_credentials' || refreshToken === undefined
    ? oauth.clientCredentials()
    : oauth.refresh(refreshToken);
}

/** `invalid_grant`: the refresh token was used, revoked or has expired. A lost answer ends so too, one attempt later. */
function isVoid(error: unknown): boolean {
  return error instanceof FarSystemError && (error.code === 'invalid_grant' || error.code === 'invalid_client');
}

function asReconnect(error: unknown): unknown {
  if (!isVoid(error) || !(error instanceof FarSystemError)) return error;
  const { system, operation, status, code, detail } = error;
  const advice = 'Authorize the connection again: Zendesk does not know its refresh token any more.';
  return farSystemError({ system, operation, status, code, detail, advice, kind: 'unauthorized' });
}
