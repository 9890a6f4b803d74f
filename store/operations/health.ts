import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { recoveryMessage, type Alert, type HealthSubject } from '../../domain/operations/health.ts';
import type { Db } from '../database.ts';

/** The state of one subject of a connection, as somebody has just found it. */
export interface HealthReport {
  readonly connectionId: string;
  readonly subject: HealthSubject;
  /** Why it fails; null when it works. */
  readonly problem: { readonly code: string; readonly message: string } | null;
  readonly runId?: string | undefined;
}

/** What fails of which connection, and the alerts that have not been delivered yet. */
export interface HealthStore {
  /** Records a report. The first failure and the recovery leave an alert each, anything else leaves none. */
  record(report: HealthReport): Promise<void>;
  /** Returns whether a connection has alerts that were not delivered. */
  hasAlerts(connectionId: string): Promise<boolean>;
  /** Returns the connections that have some. */
  connectionsWithAlerts(): Promise<string[]>;
  /** Returns the oldest alert that was not delivered, and how many there are. */
  nextAlert(connectionId: string): Promise<{ readonly alert: Alert; readonly waiting: number } | undefined>;
  /** Records that an alert was delivered; without an id, all of the connection, since there is nobody to deliver them to. */
  delivered(connectionId: string, id?: string): Promise<void>;
}

/** Creates the store of health. */
export function createHealthStore(db: Db): HealthStore {
  const alertsOf = (connectionId: string) =>
    db.selectFrom('alerts').where('connection_id', '=', connectionId).where('delivered_at', 'is', null);
  return {
    record: (report) => recordHealth(db, report),
    hasAlerts: async (connectionId) =>
      (await alertsOf(connectionId).select('no').limit(1).executeTakeFirst()) !== undefined,
    async connectionsWithAlerts() {
      const rows = await db
        .selectFrom('alerts')
        .select('connection_id')
        .distinct()
        .where('delivered_at', 'is', null)
        .execute();
      return rows.map((row) => row.connection_id);
    },
    async nextAlert(connectionId) {
      const row = await alertsOf(connectionId).selectAll().orderBy('no').limit(1).executeTakeFirst();
      if (row === undefined) return undefined;
      const count = alertsOf(connectionId).select((eb) => eb.fn.countAll<number>().as('waiting'));
      const alert = {
        id: row.id,
        connectionId,
        subject: row.subject,
        isFailing: row.is_failing,
        code: row.code,
        message: row.message,
        runId: row.run_id,
        at: row.at.toISOString(),
      };
      return { alert, waiting: (await count.executeTakeFirstOrThrow()).waiting };
    },
    async delivered(connectionId, id) {
      await db
        .updateTable('alerts')
        .set({ delivered_at: sql<Date>`now()` })
        .where('connection_id', '=', connectionId)
        .where('delivered_at', 'is', null)
        .$if(id !== undefined, (query) => query.where('id', '=', id ?? ''))
        .execute();
    },
  };
}

/**
 * Records a report inside a transaction of the caller's, so that the change and its alert are there together or not at all. Of
 * several reports of the same change at once, one leaves the alert.
 */
export async function recordHealth(db: Db, report: HealthReport): Promise<void> {
  const { connectionId, subject, problem, runId } = report;
  const changed =
    problem === null
      ? sql`delete from health_problems where connection_id = ${connectionId} and subject = ${subject} returning connection_id`
      : sql`insert into health_problems (connection_id, subject) select id, ${subject} from connections where id = ${connectionId}
          on conflict do nothing returning connection_id`;
  const message = problem?.message ?? recoveryMessage(connectionId, subject);
  await sql`with changed as (${changed})
    insert into alerts (id, connection_id, subject, is_failing, code, message, run_id)
    select ${randomUUID()}, connection_id, ${subject}, ${problem !== null}, ${problem?.code ?? null}, ${message}, ${runId ?? null}
    from changed`.execute(db);
}
