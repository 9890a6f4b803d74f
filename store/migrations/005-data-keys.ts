import { sql, type Kysely } from 'kysely';

/** What a connection needs so that its data key can be changed. */
export async function up(db: Kysely<unknown>): Promise<void> {
  // Digests by which applied secrets are recognised outlive the data key that they were once made with. Null: it still is that key.
  await sql`alter table data_keys add column digest_key bytea`.execute(db);
}
