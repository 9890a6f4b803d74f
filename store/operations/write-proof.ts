import { sql } from 'kysely';
import type { Db } from '../database.ts';

/** Writes the row that exists for this purpose only. Throws when PostgreSQL does not answer or cannot be written. */
export async function proveWrite(db: Db): Promise<void> {
  await sql`insert into write_proofs (id, proven_at) values (1, now())
    on conflict (id) do update set proven_at = excluded.proven_at`.execute(db);
}
