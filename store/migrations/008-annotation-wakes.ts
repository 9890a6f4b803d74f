import { sql, type Kysely } from 'kysely';

/**
 * Adds when the annotation of an account was last woken, and when it last read the tickets, to avoid unneeded wakes.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`create table annotation_wakes (
    connection_id text not null,
    legal_entity text not null,
    kind text not null,
    key text not null,
    woken_at timestamptz,
    looked_at timestamptz,
    primary key (connection_id, legal_entity, kind, key),
    foreign key (connection_id, legal_entity, kind, key) references records on delete cascade
  )`.execute(db);
}
