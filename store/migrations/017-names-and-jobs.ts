import { sql, type Kysely } from 'kysely';

/** Adds how often jobs were split, and when Zendesk last showed progress of a job. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}

const STATEMENTS = [
  // How often the jobs of a row were split. Rows of a lost job are sent again in a job of the same size.
  `alter table staged_records add column splits integer not null default 0`,
  // The progress that Zendesk last showed, and when it or the status last changed.
  `alter table jobs add column progress integer, add column changed_at timestamptz not null default now()`,
];
