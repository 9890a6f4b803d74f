import { sql } from 'kysely';
import type { Db } from '../database.ts';

/** Upgrades of the database that interrupted workflows of the former version, because these cannot be continued. */
export interface UpgradeStore {
  /**
   * Calls `restart` once after an upgrade; `at` is the time of the upgrade. If several processes call this, one of them
   * restarts, and the others wait until it has finished. Returns whether this call restarted.
   */
  restartInterrupted(restart: (at: Date) => Promise<void>): Promise<boolean>;
}

/** Creates the store of upgrades. */
export function createUpgradeStore(db: Db): UpgradeStore {
  return {
    restartInterrupted: (restart) =>
      db.transaction().execute(async (tx) => {
        const pending = tx.selectFrom('upgrades').select(['no', 'at']).where('restarted_at', 'is', null);
        const rows = await pending.orderBy('no').forUpdate().execute();
        const last = rows.at(-1);
        if (last === undefined) return false;
        await restart(last.at);
        const done = tx.updateTable('upgrades').set({ restarted_at: sql<Date>`now()` });
        await done.where('no', '<=', last.no).where('restarted_at', 'is', null).execute();
        return true;
      }),
  };
}
