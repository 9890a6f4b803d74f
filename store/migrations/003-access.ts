import { sql, type Kysely } from 'kysely';

/** Who may use the admin API, and who did what. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}

const STATEMENTS = [
  // Only digests of tokens are kept; a token is shown once.
  `create table api_tokens (
    id text primary key,
    scope text not null check (scope in ('read', 'run', 'admin')),
    digest bytea not null unique,
    created_at timestamptz not null default now(),
    last_used_at timestamptz,
    revoked_at timestamptz
  )`,
  // The connection's id is text and no reference: what was done to a removed connection is still to be seen.
  `create table audit (
    no bigint generated always as identity primary key,
    at timestamptz not null default now(),
    actor text not null,
    action text not null,
    subject text,
    detail text
  )`,
  `create index audit_subject on audit (subject, no desc)`,
];
