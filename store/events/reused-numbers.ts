import { sql } from 'kysely';
import type { Db } from '../database.ts';

/** The time in which F&O sent events with a ControlNumber that another event has had. */
export interface ReusedNumbers {
  readonly firstAt: Date;
  /** Up to a minute old. */
  readonly lastAt: Date;
}

/** Connections whose F&O environment issues ControlNumbers again, as after it was restored from a backup. */
export interface ReusedNumberStore {
  /** Returns when numbers were reused; undefined if none was within the retention. */
  get(connectionId: string): Promise<ReusedNumbers | undefined>;
}

/** Creates the store of reused ControlNumbers. */
export function createReusedNumberStore(db: Db): ReusedNumberStore {
  return {
    async get(connectionId) {
      const found = db.selectFrom('reused_numbers').where('connection_id', '=', connectionId);
      return found.select(['first_at as firstAt', 'last_at as lastAt']).executeTakeFirst();
    },
  };
}

/** Records that an event came with the ControlNumber of another one. The first time, this also adds a row to the audit. */
export async function recordReusedNumber(tx: Db, connectionId: string, controlNumber: string): Promise<void> {
  const { rows } = await sql<{ isFirst: boolean }>`insert into reused_numbers (connection_id) values (${connectionId})
    on conflict (connection_id) do update set last_at = now()
      where reused_numbers.last_at < now() - interval '1 minute'
    returning first_at = now() as "isFirst"`.execute(tx);
  if (rows[0]?.isFirst !== true) return;
  const detail = `F&O sent ControlNumber ${controlNumber} again with another EventId. Ledgerdesk takes it as a new event. See "numbers_reused" in the runbook.`;
  const entry = { actor: 'ledgerdesk', action: 'events.numbersReused', subject: connectionId, detail };
  await tx.insertInto('audit').values(entry).execute();
}
