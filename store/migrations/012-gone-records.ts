import { sql, type Kysely } from 'kysely';

/**
 * Adds what is known about records that the last accepted reading did not contain, their number in each run, and which
 * records a person has asked to retry.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}

const STATEMENTS = [
  // `absences`: consecutive accepted readings that did not contain the record. Counting stops at 2.
  // `retry_asked`: the next run reads the organization anew, because a person has probably changed it a moment ago.
  `alter table records add column absences integer not null default 0,
    add column retry_asked boolean not null default false`,
  `update records set absences = 2 where not present`,
  `create index records_gone on records (connection_id, legal_entity, kind) where not present`,
  `create index records_sharing on records (connection_id, plain_name_key) where target = 'organization'`,
  `alter table run_phases add column gone integer not null default 0`,
];
