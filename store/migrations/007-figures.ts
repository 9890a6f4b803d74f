import { sql, type Kysely } from 'kysely';

/** What metrics are read from: requests that met a rate limit, and when an event came to its outcome. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table run_requests add column limited integer not null default 0`.execute(db);
  await sql`alter table events add column ended_at timestamptz`.execute(db);
}
