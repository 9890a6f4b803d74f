import { sql } from 'kysely';
import type { CreatedFields } from '../connection/field-checks.ts';
import type { Db } from '../database.ts';

/** Operations on the stored digests of users' custom fields. */
export const USER_FIELDS = {
  async forget(db: Db, connectionId: string, keys: readonly string[]): Promise<void> {
    const names = sql.val([...keys]);
    await sql`update users set digests = digests - ${names}::text[], written = written - ${names}::text[], kept = kept - ${names}::text[]
      where connection_id = ${connectionId} and (digests ?| ${names}::text[] or written ?| ${names}::text[])`.execute(
      db,
    );
  },

  async created(db: Db, connectionId: string, { keys, askedAt }: CreatedFields): Promise<void> {
    const names = sql.val([...keys]);
    const empty = JSON.stringify(Object.fromEntries(keys.map((key) => [key, null])));
    await sql`update users set digests = digests || ${empty}::jsonb, written = written - ${names}::text[], kept = kept - ${names}::text[]
      where connection_id = ${connectionId} and noted_at < ${askedAt}`.execute(db);
  },
};
