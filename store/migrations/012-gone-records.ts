import { sql, type Kysely } from 'kysely';

/** Adds what is known about records that the last accepted reading did not contain, and their number in each run. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}

const STATEMENTS = [
  // Consecutive accepted readings that did not contain the record. Counting stops at 2.
  `alter table records add column absences integer not null default 0`,
  `update records set absences = 2 where not present`,
  `create index records_gone on records (connection_id, legal_entity, kind) where not present`,
  `alter table run_phases add column gone integer not null default 0`,
];
