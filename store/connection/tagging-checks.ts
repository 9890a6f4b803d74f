import type { TargetName } from '../../domain/entity-spec.ts';
import type { TaggingState } from '../../domain/sync/tagging.ts';
import type { Db } from '../database.ts';

/** Whether Zendesk accounts keep tags, as it was last found, for organizations and for users. */
export interface TaggingCheckStore {
  /** Returns the last finding, or undefined before the first one. */
  get(connectionId: string, target: TargetName): Promise<TaggingState | undefined>;
  save(connectionId: string, target: TargetName, state: TaggingState): Promise<void>;
}

/** Creates the store of findings about tagging. */
export function createTaggingCheckStore(db: Db): TaggingCheckStore {
  return {
    async get(connectionId, target) {
      const of = db.selectFrom('tagging_checks').select(['is_off as isOff', 'shown']);
      return of.where('connection_id', '=', connectionId).where('target', '=', target).executeTakeFirst();
    },
    async save(connectionId, target, { isOff, shown }) {
      await upsert(db, { connectionId, target, change: { is_off: isOff, shown } });
    },
  };
}

/** Records that Zendesk did not keep tags, whatever its settings say. Runs in the transaction of the caller. */
export async function recordTagsNotKept(db: Db, connectionId: string, target: TargetName): Promise<void> {
  await upsert(db, { connectionId, target, change: { is_off: true } });
}

async function upsert(
  db: Db,
  {
    connectionId,
    target,
    change,
  }: { connectionId: string; target: TargetName; change: { is_off: boolean; shown?: boolean | null } },
): Promise<void> {
  await db
    .insertInto('tagging_checks')
    .values({ connection_id: connectionId, target, shown: null, ...change })
    .onConflict((conflict) => conflict.columns(['connection_id', 'target']).doUpdateSet(change))
    .execute();
}
