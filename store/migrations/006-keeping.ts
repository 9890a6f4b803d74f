import { sql, type Kysely } from 'kysely';

/** Adds what retention and alerts need. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}

const STATEMENTS = [
  // After its retention period, the key and the body hash of an event stay, so that it is not accepted a second time.
  `alter table events drop constraint events_verdict_check`,
  `alter table events add constraint events_verdict_check
    check (verdict in ('received', 'accepted', 'duplicate', 'refused', 'remembered'))`,
  `drop index events_first`,
  `create unique index events_first on events (connection_id, source, dedupe_key)
    where verdict in ('received', 'accepted', 'remembered')`,

  // Indexes with which a sweep finds old rows without reading the rows to keep.
  `create index events_listed on events (received_at) where verdict <> 'remembered'`,
  `create index events_remembered on events (received_at) where verdict = 'remembered'`,
  `create index runs_ended on runs (finished_at) where status <> 'running'`,
  `create index runs_masters on runs (connection_id, started_at desc) where scope = 'master'`,
  `create index audit_at on audit (at)`,

  // Current problems of connections. The first failure inserts a row, and the recovery deletes it.
  `create table troubles (
    connection_id text not null references connections on delete cascade,
    subject text not null check (subject in ('sync', 'credentials', 'support')),
    since timestamptz not null default now(),
    primary key (connection_id, subject)
  )`,
  // One alert for each beginning and end of a problem, written in the same transaction as the change.
  `create table alerts (
    no bigint generated always as identity primary key,
    id text not null unique,
    connection_id text not null references connections on delete cascade,
    subject text not null,
    is_failing boolean not null,
    code text,
    message text not null,
    run_id text,
    at timestamptz not null default now(),
    told_at timestamptz
  )`,
  `create index alerts_untold on alerts (connection_id, no) where told_at is null`,
];
