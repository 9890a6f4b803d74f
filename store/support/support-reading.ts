import { sql } from 'kysely';
import type { Db } from '../database.ts';

/** A ticket or user that an event has named. */
export interface DueRecord {
  readonly record: 'ticket' | 'user';
  readonly id: string;
}

/** Readings come no closer than this, so that what arrives meanwhile is read together. */
export const READING_GAP_MS = 2_000;
/** A reading that has not ended by then has died with its worker. */
const READING_LEASE_MS = 60_000;
/** What came when others were due already has been read by then, also when all is slow; its workflow then has one step. */
const READ_BY_THEN_MS = 5 * READING_GAP_MS;

/** What is due to be read back from Zendesk, and how far the exports have been read. */
export interface SupportReadingStore {
  /**
   * Notes that an event has named a record: it is to be read. Answers in how many milliseconds it is worth asking for that:
   * when the gap after the last reading is over, or later, when another event came first and has all read by then.
   */
  noteDue(connectionId: string, due: DueRecord): Promise<number>;
  /** Whether a record is still to be read. */
  isDue(connectionId: string, due: DueRecord): Promise<boolean>;
  /**
   * Takes all that is due, for one reading at a time and not before the gap is over; `waitMs` says when to ask again.
   * A reading that never ends is taken over after a minute.
   */
  take(connectionId: string, most: number): Promise<{ due: DueRecord[]; askedAt: Date } | { waitMs: number }>;
  /** Ends a reading: what had arrived before it is no longer due. */
  done(connectionId: string, read: { due: readonly DueRecord[]; askedAt: Date }): Promise<void>;
  /** Gives a reading back that could not be made. */
  giveBack(connectionId: string): Promise<void>;
  cursors(connectionId: string): Promise<{ tickets: string | null; users: string | null }>;
  saveCursor(connectionId: string, of: 'tickets' | 'users', cursor: string): Promise<void>;
}

/** Builds the store of the reading of support. */
export function createSupportReadingStore(db: Db): SupportReadingStore {
  const begin = async (connectionId: string): Promise<void> => {
    await sql`insert into support_reading (connection_id) values (${connectionId}) on conflict do nothing`.execute(db);
  };
  return {
    noteDue: (connectionId, due) => noteDue(db, connectionId, due),
    async isDue(connectionId, { record, id }) {
      const due = db.selectFrom('zendesk_due').select('zendesk_id').where('connection_id', '=', connectionId);
      return (await due.where('record', '=', record).where('zendesk_id', '=', id).executeTakeFirst()) !== undefined;
    },
    async take(connectionId, most) {
      await begin(connectionId);
      return take(db, connectionId, most);
    },
    done: (connectionId, read) => db.transaction().execute((tx) => done(tx, connectionId, read)),
    async giveBack(connectionId) {
      await db
        .updateTable('support_reading')
        .set({ reading_until: null })
        .where('connection_id', '=', connectionId)
        .execute();
    },
    async cursors(connectionId) {
      const row = await db
        .selectFrom('support_reading')
        .select(['tickets_cursor', 'users_cursor'])
        .where('connection_id', '=', connectionId)
        .executeTakeFirst();
      return { tickets: row?.tickets_cursor ?? null, users: row?.users_cursor ?? null };
    },
    async saveCursor(connectionId, of, cursor) {
      await begin(connectionId);
      const change = of === 'tickets' ? { tickets_cursor: cursor } : { users_cursor: cursor };
      await db.updateTable('support_reading').set(change).where('connection_id', '=', connectionId).execute();
    },
  };
}

/** Others that are due count unless a reading has them already: what is noted then is read by the next one. */
async function noteDue(db: Db, connectionId: string, { record, id }: DueRecord): Promise<number> {
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
  const [noted] = rows;
  return noted?.others ? READ_BY_THEN_MS : Math.max(0, noted?.gapLeftMs ?? 0);
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
