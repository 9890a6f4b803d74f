import { sql, type Kysely } from 'kysely';

/**
 * Adds what people have approved: the go of a connection, accepted limits, revisions of settings, and plans with their
 * changes. A connection that has synced before, or whose first sync was writing at the upgrade, has its go.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}

const CONNECTION = `connection_id text not null references connections on delete cascade`;

const STATEMENTS = [
  // The slices that may be written without a person. '*' means all legal entities, or all kinds.
  `create table gos (
    ${CONNECTION},
    legal_entity text not null default '*',
    kind text not null default '*',
    go_at timestamptz not null default now(),
    given_by text not null,
    primary key (connection_id, legal_entity, kind)
  )`,
  // The slices of which a run has completed. Limits count only for them.
  `create table completed_slices (
    ${CONNECTION},
    legal_entity text not null,
    kind text not null,
    completed_at timestamptz not null default now(),
    primary key (connection_id, legal_entity, kind)
  )`,
  // What a person has allowed a single run to do. The API stores it before it starts the run.
  `create table run_grants (
    run_id text not null,
    ${CONNECTION},
    grant_name text not null check (grant_name in ('limits', 'shrink')),
    given_by text not null,
    at timestamptz not null default now(),
    primary key (run_id, grant_name)
  )`,
  // The settings of a connection that were active before, those that wait for approval, and those that did and were
  // replaced or taken back, so that no number is used twice. The active ones are in
  // `connections`, with their number.
  `alter table connections add column revision integer not null default 1`,
  `create table settings_revisions (
    ${CONNECTION},
    no integer not null,
    settings jsonb not null,
    external_id_template text not null,
    state text not null check (state in ('pending', 'former', 'withdrawn')),
    created_at timestamptz not null default now(),
    created_by text not null,
    primary key (connection_id, no)
  )`,
  `create unique index settings_revisions_pending on settings_revisions (connection_id) where state = 'pending'`,

  // Plans. `run_id` is the run that made the plan, `apply_run_id` the one that applies it. Totals and costs are kept
  // as they were computed, and the changes only while the plan is open or being applied. A plan that is `making` is not complete.
  `create table plans (
    plan_id text primary key,
    ${CONNECTION},
    run_id text not null,
    revision integer not null,
    why text[] not null,
    status text not null check (status in ('making', 'open', 'approved', 'applied', 'discarded', 'superseded', 'expired')),
    legal_entity text,
    full_comparison boolean not null default false,
    hash text not null,
    summary jsonb not null,
    created_at timestamptz not null default now(),
    expires_at timestamptz not null,
    decided_at timestamptz,
    decided_by text,
    approval jsonb,
    apply_run_id text
  )`,
  `create index plans_of_connection on plans (connection_id, created_at desc, plan_id)`,
  `create unique index plans_applied on plans (apply_run_id) where apply_run_id is not null`,
  `create index plans_undecided on plans (expires_at) where status in ('making', 'open', 'approved')`,
  // `line` is the digest of the whole change, with values that are not stored.
  `create table plan_changes (
    plan_id text not null references plans on delete cascade,
    legal_entity text not null,
    kind text not null,
    key text collate "C" not null,
    operation text not null check (operation in ('create', 'update', 'adopt', 'retire')),
    zendesk_id text,
    changes jsonb not null,
    code text,
    message text,
    line text not null,
    primary key (plan_id, legal_entity, kind, key)
  )`,

  `alter table runs drop constraint runs_scope_check`,
  `alter table runs add constraint runs_scope_check check (scope in ('master', 'account', 'preview'))`,
  `alter table runs drop constraint runs_status_check`,
  `alter table runs add constraint runs_status_check check (status in ('running', 'completed', 'failed', 'cancelled', 'held'))`,
  `alter table runs add column plan_id text, add column run_trigger text`,
  `drop index runs_one_master`,
  `create unique index runs_one_master on runs (connection_id) where status = 'running' and scope in ('master', 'preview')`,

  // When the limits were judged. A run writes nothing before. Runs that are under way during the upgrade are not judged.
  `alter table runs add column judged_at timestamptz`,
  `update runs set judged_at = now() where status = 'running' and scope = 'master'`,
  // The name is that of the table before it was renamed.
  `alter table health_problems drop constraint troubles_subject_check, add constraint health_problems_subject_check
    check (subject in ('sync', 'credentials', 'support', 'held'))`,

  `insert into gos (connection_id, go_at, given_by)
    select c.id, coalesce((select min(r.started_at) from runs r where r.connection_id = c.id and r.status = 'completed'), now()), 'upgrade'
    from connections c
    where exists (select from records a where a.connection_id = c.id and a.zendesk_id is not null)
      or exists (select from runs r where r.connection_id = c.id and r.status = 'completed')
      or exists (select from jobs j where j.connection_id = c.id)`,
  `insert into completed_slices (connection_id, legal_entity, kind, completed_at)
    select connection_id, legal_entity, kind, accepted_at from accepted_reads`,
];
