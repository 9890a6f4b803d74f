import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import type { CredentialStore } from './credentials.ts';
import type { Db } from '../database.ts';

/** The stored Zendesk tokens of a connection. Times are undefined for tokens that come from a connection file. */
export interface StoredTokens {
  readonly accessToken: string | undefined;
  readonly refreshToken: string | undefined;
  readonly issuedAt: Date | undefined;
  readonly expiresAt: Date | undefined;
  /** Zendesk has refused this refresh token, so it is not used again. */
  readonly isRefused: boolean;
  /** The time of the database at which they were read. Only this clock is compared with the other times. */
  readonly readAt: Date;
}

/** Tokens to store. */
export interface TokensToSave {
  readonly accessToken: string;
  readonly refreshToken: string | null;
  readonly expiresInS: number | null;
}

/** The Zendesk tokens of connections, and OAuth consents that are under way. */
export interface ZendeskTokenStore {
  /** Returns the tokens of a connection in clear. Throws a SealError when the encryption keys do not fit. */
  read(connectionId: string): Promise<StoredTokens>;
  /** Takes the lease for a refresh. Returns false while another owner has it. */
  lease(connectionId: string, owner: string, leaseMs: number): Promise<boolean>;
  /** Stores new tokens and releases the lease, in one transaction. */
  save(connectionId: string, tokens: TokensToSave): Promise<void>;
  /** Records that Zendesk has refused this refresh token. */
  markRefused(connectionId: string, refreshToken: string): Promise<void>;
  /** Forgets which refresh token was refused, so that it is tried once more. */
  allowRefused(connectionId: string): Promise<void>;
  /** Forgets when the tokens expire, because a connection file has replaced them. */
  forgetExpiry(connectionId: string): Promise<void>;
  /** Releases the lease without new tokens. */
  release(connectionId: string, owner: string): Promise<void>;
  /** Stores digests of the secrets of a consent that a person has begun. */
  beginConsent(connectionId: string, secrets: { state: string; verifier: string }): Promise<void>;
  /**
   * Removes the consent with this state and returns its connection. Returns undefined when there is none, when it has
   * expired, or when another browser has begun it.
   */
  takeConsent(secrets: { state: string; verifier: string }): Promise<string | undefined>;
}

interface HeldRow {
  readonly readAt: Date;
  readonly issuedAt: Date | null;
  readonly expiresAt: Date | null;
  readonly refusedDigest: Buffer | null;
}

const CONSENT_MINUTES = 10;

/** Creates the store of Zendesk tokens. `sealed` returns the credential store within a transaction. */
export function createZendeskTokenStore(
  db: Db,
  sealed: (tx: Db) => Pick<CredentialStore, 'open' | 'replace'>,
): ZendeskTokenStore {
  return {
    read: (connectionId) => read(db, sealed(db), connectionId),
    async lease(connectionId, owner, leaseMs) {
      const until = sql<Date>`clock_timestamp() + make_interval(secs => ${leaseMs / 1_000})`;
      const { rows } = await sql`insert into zendesk_tokens as z (connection_id, issued_at, lease_owner, lease_until)
        values (${connectionId}, to_timestamp(0), ${owner}, ${until})
        on conflict (connection_id) do update set lease_owner = excluded.lease_owner, lease_until = excluded.lease_until
        where z.lease_owner is null or z.lease_owner = excluded.lease_owner or z.lease_until < clock_timestamp()
        returning z.connection_id`.execute(db);
      return rows.length > 0;
    },
    save: (connectionId, tokens) => db.transaction().execute((tx) => save(tx, sealed(tx), { connectionId, tokens })),
    async markRefused(connectionId, refreshToken) {
      const row = { refused_digest: digest(refreshToken) };
      await db.updateTable('zendesk_tokens').set(row).where('connection_id', '=', connectionId).execute();
    },
    async allowRefused(connectionId) {
      const row = { refused_digest: null };
      await db.updateTable('zendesk_tokens').set(row).where('connection_id', '=', connectionId).execute();
    },
    async forgetExpiry(connectionId) {
      await db
        .updateTable('zendesk_tokens')
        .set({ expires_at: null })
        .where('connection_id', '=', connectionId)
        .execute();
    },
    async release(connectionId, owner) {
      await db
        .updateTable('zendesk_tokens')
        .set({ lease_owner: null, lease_until: null })
        .where('connection_id', '=', connectionId)
        .where('lease_owner', '=', owner)
        .execute();
    },
    async beginConsent(connectionId, { state, verifier }) {
      await sql`delete from oauth_consents where expires_at < now()`.execute(db);
      await sql`insert into oauth_consents (state_digest, connection_id, verifier_digest, expires_at)
        values (${digest(state)}, ${connectionId}, ${digest(verifier)}, now() + make_interval(mins => ${CONSENT_MINUTES}))`.execute(
        db,
      );
    },
    async takeConsent({ state, verifier }) {
      const { rows } = await sql<{ connectionId: string; fits: boolean }>`delete from oauth_consents
        where state_digest = ${digest(state)}
        returning connection_id as "connectionId", verifier_digest = ${digest(verifier)} and expires_at > now() as fits`.execute(
        db,
      );
      const [taken] = rows;
      return taken?.fits === true ? taken.connectionId : undefined;
    },
  };
}

async function read(db: Db, credentials: Pick<CredentialStore, 'open'>, connectionId: string): Promise<StoredTokens> {
  const secrets = await credentials.open(connectionId);
  const { rows } = await sql<HeldRow>`select clock_timestamp() as "readAt", z.issued_at as "issuedAt",
          z.expires_at as "expiresAt", z.refused_digest as "refusedDigest"
        from (values (${connectionId})) c (id) left join zendesk_tokens z on z.connection_id = c.id`.execute(db);
  const [row = { readAt: new Date(0), issuedAt: null, expiresAt: null, refusedDigest: null }] = rows;
  const refreshToken = secrets['zendesk.refreshToken'];
  return {
    accessToken: secrets['zendesk.accessToken'],
    refreshToken,
    issuedAt: row.issuedAt ?? undefined,
    expiresAt: row.expiresAt ?? undefined,
    isRefused: refreshToken !== undefined && row.refusedDigest?.equals(digest(refreshToken)) === true,
    readAt: row.readAt,
  };
}

async function save(
  db: Db,
  credentials: Pick<CredentialStore, 'replace'>,
  { connectionId, tokens }: { connectionId: string; tokens: TokensToSave },
): Promise<void> {
  const { accessToken, refreshToken, expiresInS } = tokens;
  const refresh = refreshToken === null ? {} : { 'zendesk.refreshToken': refreshToken };
  await credentials.replace(connectionId, { 'zendesk.accessToken': accessToken, ...refresh });
  const expiresAt = expiresInS === null ? null : sql<Date>`clock_timestamp() + make_interval(secs => ${expiresInS})`;
  const row = { issued_at: sql<Date>`clock_timestamp()`, expires_at: expiresAt, lease_owner: null, lease_until: null };
  await db
    .insertInto('zendesk_tokens')
    .values({ connection_id: connectionId, ...row })
    .onConflict((conflict) => conflict.column('connection_id').doUpdateSet(row))
    .execute();
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
