import { sql, type Kysely } from 'kysely';

/**
 * Adds how often jobs were split, when Zendesk last showed progress of a job, and what is known of names and external
 * ids that an account cannot have.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}

const STATEMENTS = [
  // How often the jobs of a row were split. Rows of a lost job are sent again in a job of the same size.
  `alter table staged_records add column splits integer not null default 0`,
  // The progress that Zendesk last showed, and when it or the status last changed.
  `alter table jobs add column progress integer, add column changed_at timestamptz not null default now()`,
  // Whether Zendesk refused the plain name although no organization is known that has it, and the organizations among
  // which a person has to choose.
  `alter table records add column plain_refused boolean not null default false, add column candidates jsonb`,
];
