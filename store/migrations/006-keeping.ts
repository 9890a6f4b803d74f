import { sql, type Kysely } from 'kysely';

/** What is kept for how long, and what an operator is told of. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}

const STATEMENTS = [
  // Of an event that is listed no more its key and the hash of its body stay: it is still never taken twice.
  `alter table events drop constraint events_verdict_check`,
  `alter table events add constraint events_verdict_check
    check (verdict in ('received', 'accepted', 'duplicate', 'refused', 'remembered'))`,
  `drop index events_first`,
  `create unique index events_first on events (connection_id, source, dedupe_key)
    where verdict in ('received', 'accepted', 'remembered')`,

  // What a sweep looks for, so that it need not read what it keeps.
  `create index events_listed on events (received_at) where verdict <> 'remembered'`,
  `create index events_remembered on events (received_at) where verdict = 'remembered'`,
  `create index runs_ended on runs (finished_at) where status <> 'running'`,
  `create index runs_masters on runs (connection_id, started_at desc) where scope = 'master'`,
  `create index audit_at on audit (at)`,

  // What does not work now, of each connection: a row is made by the first failure and goes with the recovery.
  `create table troubles (
    connection_id text not null references connections on delete cascade,
    subject text not null check (subject in ('sync', 'credentials', 'support')),
    since timestamptz not null default now(),
    primary key (connection_id, subject)
  )`,
  // Each beginning and end of a trouble, to be told once: written in the transaction that finds it out.
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
