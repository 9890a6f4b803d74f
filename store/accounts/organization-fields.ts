import { sql } from 'kysely';
import type { CreatedFields } from '../connection/field-checks.ts';
import type { Db } from '../database.ts';

/** Operations on the stored custom fields of organizations. */
export const ORGANIZATION_FIELDS = {
  async forget(db: Db, connectionId: string, keys: readonly string[]): Promise<void> {
    const names = sql.val([...keys]);
    await sql`update organizations set fields = fields - ${names}::text[], written = written - ${names}::text[], kept = kept - ${names}::text[]
      where connection_id = ${connectionId} and (fields ?| ${names}::text[] or written ?| ${names}::text[])`.execute(
      db,
    );
    await sql`update organization_cursors set fields = array(select f from unnest(fields) f where f <> all(${names}::text[]))
      where connection_id = ${connectionId}`.execute(db);
  },

  /** A field that is empty everywhere counts as read, so the export need not be read again for it. */
  async created(db: Db, connectionId: string, { keys, askedAt }: CreatedFields): Promise<void> {
    const names = sql.val([...keys]);
    const empty = JSON.stringify(Object.fromEntries(keys.map((key) => [key, null])));
    await sql`update organizations set fields = fields || ${empty}::jsonb, written = written - ${names}::text[], kept = kept - ${names}::text[]
      where connection_id = ${connectionId} and noted_at < ${askedAt}`.execute(db);
    await sql`update organization_cursors set fields = array(select distinct unnest(fields || ${names}::text[]))
      where connection_id = ${connectionId}`.execute(db);
  },
};

/**
 * Restarts the export of organizations when the values of one of these fields are not known for every organization.
 * Reading 1,000 organizations takes one request.
 */
export async function readFieldsFromStart(db: Db, connectionId: string, keys: readonly string[]): Promise<void> {
  const names = sql.val([...keys]);
  await sql`insert into organization_cursors as c (connection_id, start_time, fields)
    values (${connectionId}, 0, ${names}::text[])
    on conflict (connection_id) do update set fields = excluded.fields,
      start_time = case when c.fields @> excluded.fields then c.start_time else 0 end
    where not (c.fields @> excluded.fields and c.fields <@ excluded.fields)`.execute(db);
}
