import { sql, type Kysely } from 'kysely';

/** Creates the tables of API tokens and of the audit. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}

const STATEMENTS = [
  // Only digests of tokens are stored. A token is shown once.
  `create table api_tokens (
    id text primary key,
    scope text not null check (scope in ('read', 'run', 'admin')),
    digest bytea not null unique,
    created_at timestamptz not null default now(),
    last_used_at timestamptz,
    revoked_at timestamptz
  )`,
  // `subject` is not a foreign key, so that entries of a removed connection stay.
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
