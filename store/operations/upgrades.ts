import { sql } from 'kysely';
import type { Db } from '../database.ts';

/** An upgrade of the store that left workflows of the former version under way. */
export interface PendingUpgrade {
  readonly no: number;
  /** When the store was upgraded. Workflows that began before cannot be continued. */
  readonly at: Date;
}

/** The upgrades whose interrupted workflows have not been started again yet. */
export interface UpgradeStore {
  /** Returns the newest of them; undefined when there is none. */
  pending(): Promise<PendingUpgrade | undefined>;
  /** Records that all that was interrupted until this upgrade has been started again. */
  restarted(no: number): Promise<void>;
}

/** Creates the store of upgrades. */
export function createUpgradeStore(db: Db): UpgradeStore {
  return {
    pending: () =>
      db
        .selectFrom('upgrades')
        .select(['no', 'at'])
        .where('restarted_at', 'is', null)
        .orderBy('no', 'desc')
        .limit(1)
        .executeTakeFirst(),
    async restarted(no) {
      const open = db
        .updateTable('upgrades')
        .set({ restarted_at: sql<Date>`now()` })
        .where('no', '<=', no);
      await open.where('restarted_at', 'is', null).execute();
    },
  };
}
