import { sql, type Kysely } from 'kysely';

/** Creates the tables of events, of due tickets and users, of the tally of tickets, and of the support of accounts. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}

const STATEMENTS = [
  // Received events. Until Temporal has accepted an event, its verdict is `received` and a redelivery counts as new.
  `create table events (
    id text primary key,
    connection_id text not null references connections on delete cascade,
    source text not null check (source in ('zendesk', 'dynamics')),
    dedupe_key text not null,
    event_id text,
    control_number text,
    type text not null,
    body_hash text not null,
    received_at timestamptz not null default now(),
    verdict text not null check (verdict in ('received', 'accepted', 'duplicate', 'refused')),
    reason text,
    outcome text,
    workflow_id text
  )`,
  `create unique index events_first on events (connection_id, source, dedupe_key) where verdict in ('received', 'accepted')`,
  `create index events_of_connection on events (connection_id, received_at desc)`,

  // Tickets and users that an event has named and that are due to be read. They are read together.
  `create table zendesk_due (
    connection_id text not null references connections on delete cascade,
    record text not null check (record in ('ticket', 'user')),
    zendesk_id text not null,
    arrived_at timestamptz not null,
    primary key (connection_id, record, zendesk_id)
  )`,
  // The progress of reading support. Cursors are those of Zendesk's exports, null before the first reading.
  `create table support_reading (
    connection_id text primary key references connections on delete cascade,
    tickets_cursor text,
    users_cursor text,
    reading_until timestamptz,
    read_at timestamptz
  )`,

  // The tally: what is needed to count each ticket, but no text.
  `create table tickets (
    connection_id text not null references connections on delete cascade,
    zendesk_id text not null,
    organization_id text,
    requester_id text,
    status text not null,
    priority text,
    satisfaction text,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    solved_at timestamptz,
    seen_at timestamptz not null,
    primary key (connection_id, zendesk_id)
  )`,
  `create index tickets_of_organization on tickets (connection_id, organization_id) where organization_id is not null`,

  // The support load of an account as last computed, and the annotation as last written to the ERP.
  `create table account_support (
    connection_id text not null,
    legal_entity text not null,
    kind text not null,
    key text not null,
    load jsonb not null,
    status text not null,
    computed_at timestamptz not null,
    written text,
    written_at timestamptz,
    problem_code text,
    problem_message text,
    primary key (connection_id, legal_entity, kind, key),
    foreign key (connection_id, legal_entity, kind, key) references records on delete cascade
  )`,
];
