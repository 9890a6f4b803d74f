import { sql } from 'kysely';
import type { ExportReading } from '../../domain/support/export-reading.ts';
import type { Db } from '../database.ts';

/** A ticket or user that an event has named. */
export interface DueRecord {
  readonly record: 'ticket' | 'user';
  readonly id: string;
}

/** The name of an incremental export of Zendesk that is read by cursors. */
export type ExportName = 'tickets' | 'users';

/** How far an export was read: the cursor of the next page, and the reading, both null before the first page. */
export interface ExportProgress {
  readonly cursor: string | null;
  readonly reading: ExportReading | null;
}

/** The shortest time between two readings, so that records that become due in between are read together. */
export const READING_GAP_MS = 2_000;
/** A reading that has not ended within this time counts as lost with its worker. */
const READING_LEASE_MS = 60_000;
/**
 * Within this time, even a slow reading for earlier events has read this record, too, so that its workflow ends at
 * once.
 */
const READ_BY_THEN_MS = 5 * READING_GAP_MS;

/** The records that are due to be read from Zendesk, and the cursors of the exports. */
export interface SupportReadingStore {
  /**
   * Marks a record as due, because an event has named it. Returns after how many milliseconds its workflow should
   * start: when the gap after the last reading is over, or, if other records are due already, when their reading has
   * probably read this record, too.
   */
  markDue(connectionId: string, due: DueRecord): Promise<number>;
  /** Returns whether a record is still due. */
  isDue(connectionId: string, due: DueRecord): Promise<boolean>;
  /**
   * Begins a reading and returns up to `most` due records. Returns `waitMs`, the time until the next attempt, while
   * another reading is under way or the gap is not over. A reading that does not end is taken over after a minute.
   */
  take(connectionId: string, most: number): Promise<{ due: DueRecord[]; askedAt: Date } | { waitMs: number }>;
  /** Ends a reading. Its records are no longer due, unless an event has named them again since `askedAt`. */
  done(connectionId: string, read: { due: readonly DueRecord[]; askedAt: Date }): Promise<void>;
  /** Ends a reading that failed. Its records stay due. */
  release(connectionId: string): Promise<void>;
  /** Returns how far an export was read. */
  progress(connectionId: string, name: ExportName): Promise<ExportProgress>;
  /** Stores how far an export was read. */
  save(connectionId: string, name: ExportName, progress: ExportProgress): Promise<void>;
}

/** Creates the store of due tickets and users. */
export function createSupportReadingStore(db: Db): SupportReadingStore {
  const begin = async (connectionId: string): Promise<void> => {
    await sql`insert into support_reading (connection_id) values (${connectionId}) on conflict do nothing`.execute(db);
  };
  return {
    markDue: (connectionId, due) => markDue(db, connectionId, due),
    async isDue(connectionId, { record, id }) {
      const due = db.selectFrom('zendesk_due').select('zendesk_id').where('connection_id', '=', connectionId);
      return (await due.where('record', '=', record).where('zendesk_id', '=', id).executeTakeFirst()) !== undefined;
    },
    async take(connectionId, most) {
      await begin(connectionId);
      return take(db, connectionId, most);
    },
    done: (connectionId, read) => db.transaction().execute((tx) => done(tx, connectionId, read)),
    async release(connectionId) {
      await db
        .updateTable('support_reading')
        .set({ reading_until: null })
        .where('connection_id', '=', connectionId)
        .execute();
    },
    async progress(connectionId, name) {
      const columns = db
        .selectFrom('support_reading')
        .select([`${name}_cursor as cursor`, `${name}_reading as reading`]);
      const row = await columns.where('connection_id', '=', connectionId).executeTakeFirst();
      return { cursor: row?.cursor ?? null, reading: row?.reading ?? null };
    },
    async save(connectionId, name, { cursor, reading }) {
      await begin(connectionId);
      const change = { [`${name}_cursor`]: cursor, [`${name}_reading`]: JSON.stringify(reading) };
      await db.updateTable('support_reading').set(change).where('connection_id', '=', connectionId).execute();
    },
  };
}

/** Marks a record as due. Other due records count only if the current reading does not include them. */
async function markDue(db: Db, connectionId: string, { record, id }: DueRecord): Promise<number> {
  const now = sql`clock_timestamp()`;
  const { rows } = await sql<{ others: boolean; gapLeftMs: number | null }>`with reading as (select
      case when reading_until > ${now} then reading_until - ${ms(READING_LEASE_MS)} end as began_at,
      case when reading_until > ${now} then ${now} else read_at end as read_at
    from support_reading where connection_id = ${connectionId})
    insert into zendesk_due (connection_id, record, zendesk_id, arrived_at)
    values (${connectionId}, ${record}, ${id}, ${now})
    on conflict (connection_id, record, zendesk_id) do update set arrived_at = excluded.arrived_at
    returning exists (select from zendesk_due d left join reading r on true
        where d.connection_id = ${connectionId} and (r.began_at is null or d.arrived_at > r.began_at)) as others,
      (select (${READING_GAP_MS} - 1000 * extract(epoch from ${now} - read_at))::int from reading) as "gapLeftMs"`.execute(
    db,
  );
  const [marked] = rows;
  return marked?.others ? READ_BY_THEN_MS : Math.max(0, marked?.gapLeftMs ?? 0);
}

async function take(
  db: Db,
  connectionId: string,
  most: number,
): Promise<{ due: DueRecord[]; askedAt: Date } | { waitMs: number }> {
  const { rows } = await sql<{
    askedAt: Date;
  }>`update support_reading set reading_until = clock_timestamp() + ${ms(READING_LEASE_MS)}
    where connection_id = ${connectionId} and (reading_until is null or reading_until < clock_timestamp())
      and (read_at is null or read_at + ${ms(READING_GAP_MS)} <= clock_timestamp())
    returning clock_timestamp() as "askedAt"`.execute(db);
  const [taken] = rows;
  if (taken === undefined) return { waitMs: READING_GAP_MS };
  const { rows: due } = await sql<DueRecord>`select record, zendesk_id as id from zendesk_due
    where connection_id = ${connectionId} order by arrived_at limit ${most}`.execute(db);
  return { due, askedAt: taken.askedAt };
}

async function done(
  db: Db,
  connectionId: string,
  { due, askedAt }: { due: readonly DueRecord[]; askedAt: Date },
): Promise<void> {
  await sql`delete from zendesk_due d using jsonb_to_recordset(${JSON.stringify(due)}::jsonb) as r(record text, id text)
    where d.connection_id = ${connectionId} and d.record = r.record and d.zendesk_id = r.id
      and d.arrived_at <= ${askedAt}`.execute(db);
  await sql`update support_reading set reading_until = null, read_at = clock_timestamp()
    where connection_id = ${connectionId}`.execute(db);
}

function ms(value: number) {
  return sql`make_interval(secs => ${value / 1_000})`;
}
