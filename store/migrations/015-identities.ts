import { sql, type Kysely } from 'kysely';

/** Adds what is known about accounts whose number changed, and an index of the tickets that keep memberships. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}

const STATEMENTS = [
  // The last number that the account had before its current one, for a remark.
  `alter table records add column renumbered_from text`,
  // Numbers that may be new numbers of former accounts of their party. A person decides which one.
  `create table unclear_renumberings (
    connection_id text not null,
    legal_entity text not null,
    kind text not null,
    key text not null,
    former_key text not null,
    since timestamptz not null default now(),
    primary key (connection_id, legal_entity, kind, key, former_key),
    foreign key (connection_id, legal_entity, kind, key) references records on delete cascade
  )`,
  `create index unclear_renumberings_former on unclear_renumberings (connection_id, legal_entity, kind, former_key)`,
  `create index tickets_unsolved on tickets (connection_id, requester_id)
    where status in ('new', 'open', 'pending', 'hold')`,
];
