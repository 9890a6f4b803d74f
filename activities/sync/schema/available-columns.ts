import type { EntitySpec } from '../../../domain/entity-spec.ts';
import { columnsNote, unreadableReason } from '../../../domain/sync/columns.ts';
import { withStoredMembers, recordKeyText, type ErpRecord } from '../../../domain/sync/record.ts';
import type { RemoteSystems, StepContext } from '../../dependencies.ts';
import { stop } from '../../failure.ts';
import type { OpenSlice } from '../open-slice.ts';

type Dynamics = RemoteSystems['dynamics'];

/**
 * Reads from F&O with the columns that the environment has. F&O refuses a query with an unknown column as a whole, so the
 * columns are looked up after such a refusal, stored, and the query is sent again without the missing ones. Fails with
 * `column_missing` when the records cannot be read without them.
 */
export async function readAvailable<Result>(
  context: StepContext,
  { runId, connectionId, entity }: Pick<OpenSlice, 'runId' | 'connectionId' | 'entity'>,
  read: (dynamics: Dynamics, entity: EntitySpec) => Promise<Result>,
): Promise<Result> {
  const { store, remote } = context;
  for (let spec = entity; ;) {
    const reason = unreadableReason(spec);
    if (reason !== undefined) throw stop('column_missing', reason);
    try {
      const result = await remote(({ dynamics }) => read(dynamics, spec));
      const note = columnsNote(spec);
      if (note !== undefined) await store.runs.addNote(runId, note);
      return result;
    } catch (error) {
      const lacks = await remote(({ dynamics }) => dynamics.findMissingColumns(spec, error));
      if (lacks === undefined) throw error;
      await store.entityColumns.save(connectionId, spec.entitySet, lacks);
      spec = { ...spec, lacks };
    }
  }
}

/** Replaces the members of records that could not be read by those of an earlier reading, which stay in Zendesk. */
export async function keepUnread(
  { store }: StepContext,
  { connectionId }: Pick<OpenSlice, 'connectionId'>,
  records: readonly ErpRecord[],
): Promise<readonly ErpRecord[]> {
  const unread = records.filter((record) => record.unread !== undefined);
  if (unread.length === 0) return records;
  const stored = await store.records.storedMembers(connectionId, unread);
  return records.map((record) => withStoredMembers(record, stored.get(recordKeyText(record))));
}
