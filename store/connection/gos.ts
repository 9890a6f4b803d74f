import { sql } from 'kysely';
import { EVERY, isCovered, type Go, type GoScope } from '../../domain/connection/go.ts';
import { inTransaction, type Db } from '../database.ts';
import type { AuditEntry } from '../operations/audit.ts';

/** The gos of connections: which records may be written without a person. */
export interface GoStore {
  /**
   * Returns the gos of a connection, the oldest first. A connection with `review.first: "off"` has a go for everything
   * since it was created.
   */
  list(connectionId: string): Promise<Go[]>;
  /**
   * Gives a go for some scopes and adds the entry to the audit, in one transaction. Returns false, and changes nothing,
   * if all of them have their go already.
   */
  give(connectionId: string, scopes: readonly GoScope[], entry: AuditEntry): Promise<boolean>;
}

/** The person who gave a go, if no person had to. */
const BY_SETTING = 'review.first';

/** Creates the store of gos. */
export function createGoStore(db: Db): GoStore {
  return {
    list: (connectionId) => listGos(db, connectionId),
    give: (connectionId, scopes, entry) =>
      inTransaction(db, async (tx) => {
        const given = await giveGos(tx, connectionId, { scopes, by: entry.actor });
        if (given) await tx.insertInto('audit').values(entry).execute();
        return given;
      }),
  };
}

/** Returns the gos of a connection. */
async function listGos(db: Db, connectionId: string): Promise<Go[]> {
  const { rows } = await sql<GoScope & { since: Date; by: string }>`select legal_entity as "legalEntity", kind,
      go_at as since, given_by as by from gos where connection_id = ${connectionId}
    union all
    select ${EVERY}, ${EVERY}, created_at, ${BY_SETTING} from connections
      where id = ${connectionId} and settings #>> '{review,first}' = 'off'
        and not exists (select from gos where connection_id = ${connectionId} and legal_entity = ${EVERY} and kind = ${EVERY})
    order by since, "legalEntity", kind`.execute(db);
  return rows.map((row) => ({ ...row, since: row.since.toISOString() }));
}

/**
 * Stores the go of a connection with `review.first: "off"`, before its settings change. It keeps the go when the setting
 * becomes `ask`.
 */
export async function keepGoBySetting(db: Db, connectionId: string): Promise<void> {
  await sql`insert into gos (connection_id, go_at, given_by) select id, created_at, ${BY_SETTING} from connections
    where id = ${connectionId} and settings #>> '{review,first}' = 'off' on conflict do nothing`.execute(db);
}

/**
 * Gives a go for scopes that have none. Call it in the transaction that stores why. Returns whether any scope was
 * without it.
 */
export async function giveGos(
  db: Db,
  connectionId: string,
  { scopes, by }: { readonly scopes: readonly GoScope[]; readonly by: string },
): Promise<boolean> {
  const present = await listGos(db, connectionId);
  const missing = scopes.filter((scope) => !isCovered(present, scope));
  if (missing.length === 0) return false;
  const rows = missing.map(({ legalEntity, kind }) => ({
    connection_id: connectionId,
    legal_entity: legalEntity,
    kind,
    given_by: by,
  }));
  await db
    .insertInto('gos')
    .values(rows)
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  return true;
}
