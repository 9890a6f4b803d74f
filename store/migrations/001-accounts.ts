import { sql, type Kysely } from 'kysely';

/** Creates the first tables: connections with credentials, records with links, runs, staging, jobs and rate gates. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}

const STATEMENTS = [
  `create table connections (
    id text primary key,
    name text not null,
    settings jsonb not null,
    external_id_template text not null,
    state text not null check (state in ('active', 'needs_authorization', 'needs_reconnect', 'paused')),
    state_reason text,
    zendesk_hook text not null unique,
    dynamics_hook text not null unique,
    prepared_at timestamptz,
    users_prepared_at timestamptz,
    entra_reached_at timestamptz,
    dynamics_reached_at timestamptz,
    zendesk_reached_at timestamptz,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
  )`,

  // One data key per connection, wrapped by a key-encryption key.
  `create table data_keys (
    connection_id text primary key references connections on delete cascade,
    id text not null,
    kek_id text not null,
    wrapped bytea not null
  )`,
  `create table credentials (
    connection_id text not null references connections on delete cascade,
    field text not null,
    sealed bytea not null,
    applied_digest bytea not null,
    updated_at timestamptz not null default now(),
    primary key (connection_id, field)
  )`,
  `create table key_canary (kek_id text primary key, sealed bytea not null)`,

  // One row per ERP account or contact ever read. `external_id`, `name` and `email_digest` are reservations.
  // `zendesk_id` is the link. `party` is the party of an account, and for a contact that of its account. `person_party`
  // is the contact's own. A contact that `follows` another one is the same person, whose user is written from that
  // record.
  `create table records (
    connection_id text not null references connections on delete cascade,
    legal_entity text not null,
    kind text not null check (kind in ('customer', 'vendor', 'contact')),
    key text not null,
    present boolean not null default true,
    party text,
    person_party text,
    is_inactive boolean not null default false,
    email_digest text,
    follows_entity text,
    follows_key text,
    external_id text,
    external_id_key text,
    plain_name text not null,
    plain_name_key text not null,
    plain_name_read_at timestamptz,
    name text,
    name_key text,
    zendesk_id text,
    written_hash text,
    applied_read_at timestamptz,
    refused_attempt text,
    state text check (state in ('created', 'updated', 'adopted', 'unchanged', 'skipped', 'rejected')),
    code text,
    message text,
    action text,
    attempts integer not null default 0,
    first_seen_at timestamptz not null default now(),
    last_synced_at timestamptz,
    claim_workflow text,
    claim_run text,
    claim_again_at timestamptz,
    primary key (connection_id, legal_entity, kind, key)
  )`,
  `create unique index records_external_id on records (connection_id, (kind = 'contact'), external_id_key)
    where external_id_key is not null`,
  `create unique index records_name on records (connection_id, name_key) where name_key is not null`,
  `create index records_plain_name on records (connection_id, plain_name_key) where zendesk_id is null`,
  `create unique index records_zendesk_id on records (connection_id, (kind = 'contact'), zendesk_id)
    where zendesk_id is not null`,
  `create unique index records_email on records (connection_id, email_digest) where email_digest is not null`,
  `create index records_party on records (connection_id, party) where kind <> 'contact' and party is not null`,
  `create index records_person on records (connection_id, person_party) where person_party is not null`,
  `create index records_claims on records (connection_id, claim_run) where claim_run is not null`,
  `create index records_state on records (connection_id, state)`,

  // The organizations of the Zendesk account, kept up to date by the incremental export.
  `create table organizations (
    connection_id text not null references connections on delete cascade,
    zendesk_id text not null,
    external_id text,
    external_id_key text,
    name_key text not null,
    form_hash text not null,
    own_tags text[] not null default '{}',
    noted_at timestamptz not null,
    primary key (connection_id, zendesk_id)
  )`,
  `create index organizations_external_id on organizations (connection_id, external_id_key) where external_id_key is not null`,
  `create index organizations_name on organizations (connection_id, name_key)`,
  `create table organization_cursors (
    connection_id text primary key references connections on delete cascade,
    start_time bigint not null
  )`,

  // The users that contacts are linked to: digests of their email addresses, the organizations to which they belong,
  // the memberships that we created, and those that Zendesk refused.
  `create table users (
    connection_id text not null references connections on delete cascade,
    zendesk_id text not null,
    external_id_key text,
    form_hash text not null,
    is_staff boolean not null,
    is_active boolean not null,
    is_suspended boolean not null,
    email_digests text[] not null default '{}',
    organization_ids text[] not null default '{}',
    own_organization_ids text[] not null default '{}',
    refused_organization_ids text[] not null default '{}',
    noted_at timestamptz not null,
    primary key (connection_id, zendesk_id)
  )`,
  `create index users_external_id on users (connection_id, external_id_key) where external_id_key is not null`,

  // Runs. Only one master run of a connection may be running.
  `create table runs (
    run_id text primary key,
    connection_id text not null references connections on delete cascade,
    workflow_id text not null,
    scope text not null check (scope in ('master', 'account')),
    legal_entity text,
    full_comparison boolean not null default false,
    accept_shrink boolean not null default false,
    status text not null check (status in ('running', 'completed', 'failed', 'cancelled')),
    started_at timestamptz not null default now(),
    finished_at timestamptz,
    waited_ms bigint not null default 0,
    error_code text,
    error_message text
  )`,
  `create unique index runs_one_master on runs (connection_id) where status = 'running' and scope = 'master'`,
  `create index runs_of_connection on runs (connection_id, started_at desc)`,
  `create index runs_running on runs (connection_id) where status = 'running'`,
  `create table run_joins (
    run_id text primary key,
    connection_id text not null references connections on delete cascade,
    joined_run_id text not null
  )`,
  `create table run_phases (
    run_id text not null references runs on delete cascade,
    legal_entity text not null,
    kind text not null,
    read integer not null,
    created integer not null,
    updated integer not null,
    adopted integer not null,
    unchanged integer not null,
    skipped integer not null,
    rejected integer not null,
    primary key (run_id, legal_entity, kind)
  )`,
  `create table run_notes (
    run_id text not null references runs on delete cascade,
    code text not null,
    message text not null,
    primary key (run_id, code)
  )`,
  `create table run_requests (
    run_id text not null references runs on delete cascade,
    system text not null,
    requests integer not null,
    primary key (run_id, system)
  )`,

  // Staging: the records that a run has read. They are deleted when the run ends.
  `create table staged_reads (
    run_id text not null references runs on delete cascade,
    legal_entity text not null,
    kind text not null,
    next_link text,
    pages integer not null default 0,
    complete boolean not null default false,
    accepted boolean not null default false,
    primary key (run_id, legal_entity, kind)
  )`,
  `create table staged_records (
    run_id text not null references runs on delete cascade,
    legal_entity text not null,
    kind text not null,
    key text not null,
    record jsonb not null,
    email_digest text,
    settled jsonb,
    plain_name text not null,
    plain_name_key text not null,
    read_at timestamptz not null,
    rank integer,
    adopt_id text,
    external_id text,
    name text,
    operation text check (operation in ('create', 'update', 'adopt')),
    operation_state text check (operation_state in ('planned', 'submitted', 'refused', 'incomplete', 'done')),
    zendesk_id text,
    job_no bigint,
    job_row integer,
    round integer not null default 0,
    refusal text,
    prior_outcome text,
    outcome text check (outcome in ('created', 'updated', 'adopted', 'unchanged', 'skipped', 'rejected')),
    rejection jsonb,
    primary key (run_id, legal_entity, kind, key)
  )`,
  `create index staged_records_rank on staged_records (run_id, rank)`,
  `create index staged_records_unplanned on staged_records (run_id, legal_entity, kind, key collate "C")
    where outcome is null and operation is null`,
  `create index staged_records_planned on staged_records (run_id, legal_entity, kind, round, rank, key)
    where operation_state = 'planned'`,
  `create index staged_records_work on staged_records (run_id, legal_entity, kind, operation_state)`,
  `create index staged_records_job on staged_records (job_no) where job_no is not null`,
  `create table accepted_reads (
    connection_id text not null references connections on delete cascade,
    legal_entity text not null,
    kind text not null,
    rows integer not null,
    accepted_at timestamptz not null,
    primary key (connection_id, legal_entity, kind)
  )`,

  // Bulk jobs in Zendesk. `submitting` is stored before the request, so that a lost answer is noticed.
  `create table jobs (
    no bigint generated always as identity primary key,
    connection_id text not null references connections on delete cascade,
    run_id text not null references runs on delete cascade,
    legal_entity text not null,
    kind text not null,
    operation text not null check (operation in ('create', 'update')),
    state text not null check (state in ('submitting', 'unsure', 'open', 'finished', 'lost', 'recorded')),
    zendesk_job_id text,
    misses integer not null default 0,
    submitted_at timestamptz not null default now(),
    job_status text,
    results jsonb
  )`,
  `create index jobs_live on jobs (connection_id, run_id) where state <> 'recorded'`,

  // Rate gates: closed rate limits of remote systems, shared by all workers.
  `create table rate_gates (
    connection_id text not null references connections on delete cascade,
    system text not null,
    bucket text not null,
    closed_at timestamptz not null,
    closed_until timestamptz not null,
    reason text not null check (reason in ('limited', 'politeness')),
    probe text,
    probe_at timestamptz,
    primary key (connection_id, system, bucket)
  )`,
];
