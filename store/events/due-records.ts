import { sql } from 'kysely';
import type { RecordKey } from '../../domain/sync/record.ts';
import type { Db } from '../database.ts';

/** The run that reads records again, and its workflow. */
export interface DueReader {
  readonly connectionId: string;
  readonly runId: string;
  readonly workflowId: string;
}

/** How taking went: due records are this run's now; another run has this one; or it has been read since it was named. */
export type TakenRecords =
  | { readonly state: 'taken' }
  | { readonly state: 'held'; readonly holder: { readonly runId: string; readonly workflowId: string } }
  | { readonly state: 'read' };

/** Records that events of F&O have named: one run reads again all that are due of an entity and kind. */
export interface DueRecordStore {
  /**
   * Notes that an event has named a record. Answers in how many milliseconds it is worth beginning: at once, when the run
   * under way has probably ended, or later, when another event came first and has all read by then.
   */
  note(connectionId: string, key: RecordKey): Promise<number>;
  /** Takes all records of this one's entity and kind that are due and that nobody has, `most` at a time. */
  take(reader: DueReader, key: RecordKey, most: number): Promise<TakenRecords>;
  /** The keys that a run has taken. */
  takenBy(runId: string): Promise<string[]>;
  /** Lets go of keys that a run has taken and cannot answer for. */
  giveBack(runId: string, keys?: readonly string[]): Promise<void>;
  /** Ends what a run has taken; what was named again meanwhile stays due. */
  done(runId: string): Promise<void>;
}

/** A run with one change takes two to three seconds: most of them Zendesk's for the bulk job. */
const RUN_MS = 3_000;
/** What came when others were due already has been read and written by then. */
const DONE_BY_THEN_MS = 10_000;

/** Builds the store of records that are due. */
export function createDueRecordStore(db: Db): DueRecordStore {
  return {
    note: (connectionId, key) => note(db, connectionId, key),
    take: (reader, key, most) => take(db, reader, { key, most }),
    async takenBy(runId) {
      const rows = await db.selectFrom('erp_due').select('key').where('taken_run', '=', runId).orderBy('key').execute();
      return rows.map(({ key }) => key);
    },
    async giveBack(runId, keys) {
      const taken = db.updateTable('erp_due').set(NOBODY).where('taken_run', '=', runId);
      if (keys === undefined) await taken.execute();
      else if (keys.length > 0) await taken.where('key', 'in', keys).execute();
    },
    async done(runId) {
      await db.deleteFrom('erp_due').where('taken_run', '=', runId).execute();
    },
  };
}

const NOBODY = { taken_run: null, taken_workflow: null };

async function note(db: Db, connectionId: string, { legalEntity, kind, key }: RecordKey): Promise<number> {
  const others = sql`select from erp_due d where d.connection_id = ${connectionId} and d.legal_entity = ${legalEntity}
    and d.kind = ${kind}`;
  const { rows } = await sql<{ waiting: boolean; underWay: boolean }>`insert into erp_due
      (connection_id, legal_entity, kind, key, arrived_at)
    values (${connectionId}, ${legalEntity}, ${kind}, ${key}, clock_timestamp())
    on conflict (connection_id, legal_entity, kind, key) do update
      set arrived_at = excluded.arrived_at, taken_run = null, taken_workflow = null
    returning exists (${others} and d.taken_run is null) as waiting,
      exists (${others} and d.taken_run is not null) as "underWay"`.execute(db);
  const [noted] = rows;
  if (noted?.waiting) return DONE_BY_THEN_MS;
  return noted?.underWay ? RUN_MS : 0;
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
