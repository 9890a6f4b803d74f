import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { recoveryMessage, type Alert, type HealthSubject } from '../../domain/operations/health.ts';
import type { Db } from '../database.ts';

/** The state of one subject of a connection, as it was just observed. */
export interface HealthReport {
  readonly connectionId: string;
  readonly subject: HealthSubject;
  /** The reason why it fails; null when it works. */
  readonly problem: { readonly code: string; readonly message: string } | null;
  readonly runId?: string | undefined;
}

/** The health problems of connections, and the alerts that are not delivered yet. */
export interface HealthStore {
  /** Records a report. The first failure and the recovery store an alert each; other reports store none. */
  record(report: HealthReport): Promise<void>;
  /** Returns whether a connection has alerts that are not delivered. */
  hasAlerts(connectionId: string): Promise<boolean>;
  /** Returns the ids of the connections that have such alerts. */
  connectionsWithAlerts(): Promise<string[]>;
  /** Returns the oldest alert that is not delivered, and how many there are; undefined when there is none. */
  nextAlert(connectionId: string): Promise<{ readonly alert: Alert; readonly waiting: number } | undefined>;
  /**
   * Marks an alert as delivered, or, without an id, all alerts of the connection, because no receiver is configured.
   */
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
 * Records that the syncs of a connection are held. As long as the cause is the same, this stores one alert.
 */
export async function recordHeld(db: Db, report: HealthReport): Promise<void> {
  const held: HealthReport = { ...report, subject: 'held' };
  await sql`delete from health_problems where connection_id = ${report.connectionId} and subject = 'held'
    and ${report.problem?.code ?? null} is distinct from (select code from alerts
      where connection_id = ${report.connectionId} and subject = 'held' and is_failing order by no desc limit 1)`.execute(
    db,
  );
  await recordHealth(db, held);
}

/**
 * Records a report within the transaction of the caller, so that a change is stored together with its alert. If several
 * processes report the same change at once, one alert is stored.
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
