import { sql, type Kysely } from 'kysely';

/** Adds which credentials have worked, and requests that a remote system refused, until the refusal is confirmed. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}

const CREDENTIAL = `credential text not null check (credential in ('entra', 'dynamics', 'zendesk', 'zendesk-grant'))`;

const STATEMENTS = [
  // Credentials that have worked since they were applied. Only their refusals need a confirmation.
  `create table working_credentials (
    connection_id text not null references connections on delete cascade,
    ${CREDENTIAL},
    worked_at timestamptz not null default now(),
    primary key (connection_id, credential)
  )`,
  // Requests that were refused and have not succeeded since. From `attempts` = 3 on, the refusal is confirmed. `next_at`
  // is when the next refusal counts. `works_elsewhere` is true when the credential was accepted for another request after
  // the last refusal that counted.
  `create table refusals (
    connection_id text not null references connections on delete cascade,
    ${CREDENTIAL},
    operation text not null,
    kind text not null check (kind in ('unauthorized', 'forbidden')),
    code text,
    message text not null,
    attempts int not null,
    is_confirmed boolean not null,
    refused_at timestamptz not null default now(),
    next_at timestamptz not null default now(),
    works_elsewhere boolean not null default false,
    primary key (connection_id, credential, operation)
  )`,
  `insert into working_credentials (connection_id, credential)
    select id, c.credential from connections,
      lateral (values ('entra', entra_reached_at), ('dynamics', dynamics_reached_at), ('zendesk', zendesk_reached_at))
        c (credential, reached_at)
    where state = 'active' and reached_at is not null`,
  // It is not known which credential was rejected, so each must be seen to work.
  `insert into refusals (connection_id, credential, operation, kind, message, attempts, is_confirmed)
    select id, c.credential, 'former version', 'unauthorized', coalesce(state_reason, ''), 3, true
    from connections, lateral (values ('dynamics'), ('zendesk')) c (credential)
    where state = 'needs_reconnect'`,
];
