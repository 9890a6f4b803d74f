import { sql, type Kysely } from 'kysely';

/** Adds the key of digests, so that the data key of a connection can be replaced. */
export async function up(db: Kysely<unknown>): Promise<void> {
  // The digests of applied secrets stay valid when the data key is replaced. Null means that the data key is still the
  // first.
  await sql`alter table data_keys add column digest_key bytea`.execute(db);
}
