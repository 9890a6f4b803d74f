import { sql, type Kysely } from 'kysely';

/** Adds columns for metrics: requests that were answered with a rate limit, and the time of an event's outcome. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table run_requests add column limited integer not null default 0`.execute(db);
  await sql`alter table events add column ended_at timestamptz`.execute(db);
}
