import { sql, type Kysely } from 'kysely';

/**
 * Creates the table of records that an event of F&O has named and that are due to be read, with the run that took them.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`create table erp_due (
    connection_id text not null references connections on delete cascade,
    legal_entity text not null,
    kind text not null,
    key text not null,
    arrived_at timestamptz not null,
    taken_run text,
    taken_workflow text,
    primary key (connection_id, legal_entity, kind, key)
  )`.execute(db);
  await sql`create index erp_due_of_run on erp_due (taken_run) where taken_run is not null`.execute(db);
}
