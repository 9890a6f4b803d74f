import { sql, type Kysely } from 'kysely';

/**
 * Adds the target of records, and the values of organizations and users by field instead of one hash. Ends the runs
 * that are under way, because their workflows cannot be continued.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}

const TARGET_OF_KIND = `case kind when 'contact' then 'user' else 'organization' end`;
const TARGETS = `check (target in ('organization', 'user'))`;

const STATEMENTS = [
  // `restarted_at` is null until the workflows that the upgrade has interrupted are started again.
  `create table upgrades (
    no bigint generated always as identity primary key,
    at timestamptz not null default now(),
    restarted_at timestamptz
  )`,
  `insert into upgrades (at) select clock_timestamp() where exists (select from connections)`,
  // Runs that the API has started. Until a worker begins such a run, its id is only stored here.
  `create table started_runs (
    run_id text primary key,
    connection_id text not null references connections on delete cascade,
    workflow_id text not null,
    started_at timestamptz not null default now()
  )`,
  `delete from staged_records where run_id in (select run_id from runs where status = 'running')`,
  `delete from staged_reads where run_id in (select run_id from runs where status = 'running')`,
  `update runs set status = 'cancelled', finished_at = now(), error_code = 'upgraded',
      error_message = 'Ledgerdesk was upgraded while this run was under way. It is started again by itself.'
    where status = 'running'`,

  `alter table records drop constraint records_kind_check`,
  `alter table records add column target text ${TARGETS}`,
  `update records set target = ${TARGET_OF_KIND}`,
  `alter table records alter column target set not null`,
  // A refused record stays refused until one of the two sides changes. The next run stores the digest of the attempt.
  `update records set refused_attempt = 'upgraded' where refused_attempt is not null`,
  `alter table records drop column written_hash`,
  `drop index records_external_id, records_zendesk_id, records_party`,
  `create unique index records_external_id on records (connection_id, target, external_id_key)
    where external_id_key is not null`,
  `create unique index records_zendesk_id on records (connection_id, target, zendesk_id) where zendesk_id is not null`,
  `create index records_party on records (connection_id, target, party) where party is not null`,

  `alter table staged_records add column target text ${TARGETS}`,
  `update staged_records set target = ${TARGET_OF_KIND}`,
  `alter table staged_records alter column target set not null`,
  `alter table staged_records rename column settled to reservation`,

  // The values of the mapped fields as Zendesk last showed them (`fields`, `updated_at`) and as we last wrote them
  // (`written`, `written_at`, by Zendesk's clock). A missing key means that the value is unknown. Of users, only
  // digests are stored.
  `alter table organizations add column name text, add column fields jsonb not null default '{}', add column updated_at timestamptz,
    add column written jsonb, add column written_at timestamptz, drop column form_hash`,
  `alter table users add column digests jsonb not null default '{}', add column updated_at timestamptz,
    add column written jsonb, add column written_at timestamptz, drop column form_hash`,
  // The fields whose values are known for every organization.
  `alter table organization_cursors add column fields text[] not null default '{}'`,
  `alter table jobs add column shown_at timestamptz`,

  // The result of the last check of the custom fields in Zendesk. Without a row, the next run checks them.
  `create table field_checks (
    connection_id text not null references connections on delete cascade,
    target text not null ${TARGETS},
    needed text not null,
    present text[] not null,
    suspended jsonb not null,
    checked_at timestamptz not null default now(),
    primary key (connection_id, target)
  )`,
  `alter table connections drop column prepared_at, drop column users_prepared_at`,

  `alter table troubles rename to health_problems`,
  `alter table alerts rename column told_at to delivered_at`,
  `alter index alerts_untold rename to alerts_undelivered`,
];
