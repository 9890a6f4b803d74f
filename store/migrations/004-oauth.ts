import { sql, type Kysely } from 'kysely';

/** OAuth of Zendesk: how long tokens live, who refreshes them, and consents under way. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}

const STATEMENTS = [
  // One row per connection whose tokens were issued to us. The lease keeps two processes from using a refresh token, which
  // is good once; of one that Zendesk has refused a digest is kept, so that nobody tries it again.
  `create table zendesk_tokens (
    connection_id text primary key references connections on delete cascade,
    issued_at timestamptz not null,
    expires_at timestamptz,
    lease_owner text,
    lease_until timestamptz,
    refused_digest bytea
  )`,
  // Consents that a person has begun: one use, ten minutes. Only digests of what the browser holds are kept.
  `create table oauth_consents (
    state_digest bytea primary key,
    connection_id text not null references connections on delete cascade,
    verifier_digest bytea not null,
    expires_at timestamptz not null
  )`,
];
