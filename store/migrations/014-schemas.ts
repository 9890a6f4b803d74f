import { sql, type Kysely } from 'kysely';

/** Adds what is known about the schemas of the two systems, and what Zendesk does not accept. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}

const STATEMENTS = [
  // The columns that a sync needs and that the F&O environment lacks, by entity set. Without a row, all are read.
  `create table entity_columns (
    connection_id text not null references connections on delete cascade,
    entity_set text not null,
    lacks text[] not null,
    checked_at timestamptz not null default now(),
    primary key (connection_id, entity_set)
  )`,
  // Whether Zendesk keeps tags. `shown` is what the settings of the account say, null if they do not say it.
  `create table tagging_checks (
    connection_id text not null references connections on delete cascade,
    target text not null check (target in ('organization', 'user')),
    is_off boolean not null,
    shown boolean,
    primary key (connection_id, target)
  )`,
  // The values that Zendesk showed after a write, of the fields in which they differ from the written ones. Of users,
  // only digests are stored.
  `alter table organizations add column kept jsonb not null default '{}'`,
  `alter table users add column kept jsonb not null default '{}'`,
  // The digest of the email address that Zendesk refused for this contact, and the reason without the address.
  `alter table records add column refused_email text, add column refused_email_reason text`,
];
