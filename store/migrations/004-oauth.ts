import { sql, type Kysely } from 'kysely';

/** Creates the tables of Zendesk's OAuth tokens and of consents under way. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}

const STATEMENTS = [
  // One row per connection whose tokens Zendesk has issued. A refresh token can be used once, so the lease keeps two
  // processes from using it. The digest of a refused refresh token is stored, so that it is not used again.
  `create table zendesk_tokens (
    connection_id text primary key references connections on delete cascade,
    issued_at timestamptz not null,
    expires_at timestamptz,
    lease_owner text,
    lease_until timestamptz,
    refused_digest bytea
  )`,
  // Consents under way. Each is valid once, for ten minutes. Only digests of the secrets in the browser are stored.
  `create table oauth_consents (
    state_digest bytea primary key,
    connection_id text not null references connections on delete cascade,
    verifier_digest bytea not null,
    expires_at timestamptz not null
  )`,
];
