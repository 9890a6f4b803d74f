import { sql } from 'kysely';
import type { RecordKey } from '../../domain/sync/record.ts';
import type { Db } from '../database.ts';

/** A run that reads due records again, and its workflow. */
export interface DueReader {
  readonly connectionId: string;
  readonly runId: string;
  readonly workflowId: string;
}

/**
 * The result of `take`: this run has the due records now, another run holds this record, or it was already read again.
 */
export type TakenRecords =
  | { readonly state: 'taken' }
  | { readonly state: 'held'; readonly holder: { readonly runId: string; readonly workflowId: string } }
  | { readonly state: 'read' };

/** Records that events of F&O have named. One run reads all due records of a legal entity and kind again. */
export interface DueRecordStore {
  /**
   * Marks a record as due. Returns after how many milliseconds its workflow should start: at once; or when the current
   * run has probably ended; or, if other records are due already, when their run has probably read this record, too.
   */
  markDue(connectionId: string, key: RecordKey): Promise<number>;
  /** Takes the due records of the legal entity and kind of `key` that no run holds, at most `most`. */
  take(reader: DueReader, key: RecordKey, most: number): Promise<TakenRecords>;
  /** Returns the keys that a run has taken. */
  takenBy(runId: string): Promise<string[]>;
  /** Releases records that a run has taken, by default all of them. They are due again. */
  release(runId: string, keys?: readonly string[]): Promise<void>;
  /**
   * Removes the records that a run has taken. Records that were marked again since stay due, and so do those whose write
   * is held. A master run has also read the records that nobody has taken, because their events came before the go.
   */
  done(runId: string): Promise<void>;
}

/** A run with one change takes two to three seconds, most of them for the bulk job in Zendesk. */
const RUN_MS = 3_000;
/** Within this time, a run that starts for other due records has read and written this one, too. */
const DONE_BY_THEN_MS = 10_000;

/** Creates the store of due records. */
export function createDueRecordStore(db: Db): DueRecordStore {
  return {
    markDue: (connectionId, key) => markDue(db, connectionId, key),
    take: (reader, key, most) => take(db, reader, { key, most }),
    async takenBy(runId) {
      const rows = await db.selectFrom('erp_due').select('key').where('taken_run', '=', runId).orderBy('key').execute();
      return rows.map(({ key }) => key);
    },
    async release(runId, keys) {
      const taken = db.updateTable('erp_due').set(NOT_TAKEN).where('taken_run', '=', runId);
      if (keys === undefined) await taken.execute();
      else if (keys.length > 0) await taken.where('key', 'in', keys).execute();
    },
    async done(runId) {
      await releaseHeld(db, runId);
      await db.deleteFrom('erp_due').where('taken_run', '=', runId).execute();
      await forgetRead(db, runId);
    },
  };
}

const NOT_TAKEN = { taken_run: null, taken_workflow: null };

async function markDue(db: Db, connectionId: string, { legalEntity, kind, key }: RecordKey): Promise<number> {
  const others = sql`select from erp_due d where d.connection_id = ${connectionId} and d.legal_entity = ${legalEntity}
    and d.kind = ${kind}`;
  const { rows } = await sql<{ waiting: boolean; underWay: boolean }>`insert into erp_due
      (connection_id, legal_entity, kind, key, arrived_at)
    values (${connectionId}, ${legalEntity}, ${kind}, ${key}, clock_timestamp())
    on conflict (connection_id, legal_entity, kind, key) do update
      set arrived_at = excluded.arrived_at, taken_run = null, taken_workflow = null
    returning exists (${others} and d.taken_run is null) as waiting,
      exists (${others} and d.taken_run is not null) as "underWay"`.execute(db);
  const [marked] = rows;
  if (marked?.waiting) return DONE_BY_THEN_MS;
  return marked?.underWay ? RUN_MS : 0;
}

/** Removes the records that were due before a master run began, except those that it did not write without a go. */
async function forgetRead(db: Db, runId: string): Promise<void> {
  await sql`delete from erp_due d using runs r where r.run_id = ${runId} and r.scope = 'master'
    and d.connection_id = r.connection_id and d.taken_run is null and d.arrived_at < r.started_at
    and d.legal_entity = coalesce(r.legal_entity, d.legal_entity)
    and not exists (select from records a where a.connection_id = d.connection_id and a.legal_entity = d.legal_entity
      and a.kind = d.kind and a.key = d.key and a.code = 'no_go')`.execute(db);
}

async function releaseHeld(db: Db, runId: string): Promise<void> {
  await sql`update erp_due d set taken_run = null, taken_workflow = null from records a where d.taken_run = ${runId}
    and a.connection_id = d.connection_id and a.legal_entity = d.legal_entity and a.kind = d.kind
    and lower(a.key) = lower(d.key) and a.state = 'skipped' and a.code = 'held'`.execute(db);
}

async function take(
  db: Db,
  { connectionId, runId, workflowId }: DueReader,
  { key: { legalEntity, kind, key }, most }: { key: RecordKey; most: number },
): Promise<TakenRecords> {
  const { rows } = await sql<{ key: string; runId: string; workflowId: string }>`with own as (
      select key, taken_run, taken_workflow from erp_due where connection_id = ${connectionId}
        and legal_entity = ${legalEntity} and kind = ${kind} and key = ${key} for update),
    due as (select d.key from erp_due d where d.connection_id = ${connectionId} and d.legal_entity = ${legalEntity}
        and d.kind = ${kind} and d.taken_run is null and exists (select from own where own.taken_run is null)
        order by d.key <> ${key}, d.arrived_at limit ${most} for update skip locked),
    taken as (update erp_due d set taken_run = ${runId}, taken_workflow = ${workflowId}
      from due where d.connection_id = ${connectionId} and d.legal_entity = ${legalEntity} and d.kind = ${kind}
        and d.key = due.key)
    select key, taken_run as "runId", taken_workflow as "workflowId" from own`.execute(db);
  const [own] = rows;
  if (own === undefined) return { state: 'read' };
  const isFree = (own.runId as string | null) === null || own.runId === runId;
  return isFree ? { state: 'taken' } : { state: 'held', holder: { runId: own.runId, workflowId: own.workflowId } };
}
