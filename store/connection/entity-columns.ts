import { sql } from 'kysely';
import type { Db } from '../database.ts';

/** The columns that F&O environments lack, as they were last found. */
export interface EntityColumnStore {
  /**
   * Returns the columns that an entity set lacks. With `fresh`, only if they were found within a day and since the
   * connection was last applied; otherwise none, so that the next request tries all columns again.
   */
  lacks(connectionId: string, entitySet: string, options?: { fresh: boolean }): Promise<readonly string[]>;
  /** Forgets the columns of an entity set that `lacks` no longer returns with `fresh`, because all of them were read. */
  forgetStale(connectionId: string, entitySet: string): Promise<void>;
  /** Stores the columns that an entity set lacks. */
  save(connectionId: string, entitySet: string, lacks: readonly string[]): Promise<void>;
}

const IS_FRESH = sql<boolean>`(e.checked_at > now() - interval '1 day' and e.checked_at > c.updated_at)`;

/** Creates the store of missing columns. */
export function createEntityColumnStore(db: Db): EntityColumnStore {
  return {
    async lacks(connectionId, entitySet, { fresh } = { fresh: false }) {
      const { rows } = await sql<{ lacks: string[] }>`select e.lacks from entity_columns e
        join connections c on c.id = e.connection_id where e.connection_id = ${connectionId} and e.entity_set = ${entitySet}
          and (not ${fresh}::boolean or ${IS_FRESH})`.execute(db);
      return rows[0]?.lacks ?? [];
    },
    async forgetStale(connectionId, entitySet) {
      await sql`delete from entity_columns e using connections c where c.id = e.connection_id
        and e.connection_id = ${connectionId} and e.entity_set = ${entitySet} and not ${IS_FRESH}`.execute(db);
    },
    async save(connectionId, entitySet, lacks) {
      const row = { lacks: [...lacks], checked_at: sql<Date>`clock_timestamp()` };
      await db
        .insertInto('entity_columns')
        .values({ connection_id: connectionId, entity_set: entitySet, ...row })
        .onConflict((conflict) => conflict.columns(['connection_id', 'entity_set']).doUpdateSet(row))
        .execute();
    },
  };
}
