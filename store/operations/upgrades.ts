import { sql } from 'kysely';
import type { Db } from '../database.ts';

/** Upgrades of the store that left workflows of the former version under way, which cannot be continued. */
export interface UpgradeStore {
  /**
   * Does `restart` if workflows that began before the last upgrade have not been started again yet, and records that it was done.
   * `at` is when the store was upgraded. Of several processes one does it, and the others wait until it is done. Returns whether
   * this one did.
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
