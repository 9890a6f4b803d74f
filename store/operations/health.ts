import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { recoveryMessage, type Alert, type TroubleSubject } from '../../domain/operations/health.ts';
import type { Db } from '../database.ts';

/** What is found out about one subject of a connection. */
export interface Finding {
  readonly connectionId: string;
  readonly subject: TroubleSubject;
  /** Why it fails; null when it works. */
  readonly problem: { readonly code: string; readonly message: string } | null;
  readonly runId?: string | undefined;
}

/** What fails of which connection, and the alerts that an operator has not been told yet. */
export interface TroubleStore {
  /** Notes what was found out; the first failure and the recovery leave an alert each, anything else leaves none. */
  note(finding: Finding): Promise<void>;
  /** Whether a connection has alerts that were not told. */
  isUntold(connectionId: string): Promise<boolean>;
  /** Connections that have some. */
  untold(): Promise<string[]>;
  /** The oldest alert that was not told, and how many there are. */
  next(connectionId: string): Promise<{ readonly alert: Alert; readonly untold: number } | undefined>;
  /** An alert was told; without an id, all of the connection count as told, since there is nobody to tell. */
  told(connectionId: string, id?: string): Promise<void>;
}

/** Builds the store of troubles. */
export function createTroubleStore(db: Db): TroubleStore {
  const untoldOf = (connectionId: string) =>
    db.selectFrom('alerts').where('connection_id', '=', connectionId).where('told_at', 'is', null);
  return {
    note: (finding) => noteTrouble(db, finding),
    isUntold: async (connectionId) =>
      (await untoldOf(connectionId).select('no').limit(1).executeTakeFirst()) !== undefined,
    async untold() {
      const rows = await db
        .selectFrom('alerts')
        .select('connection_id')
        .distinct()
        .where('told_at', 'is', null)
        .execute();
      return rows.map((row) => row.connection_id);
    },
    async next(connectionId) {
      const row = await untoldOf(connectionId).selectAll().orderBy('no').limit(1).executeTakeFirst();
      if (row === undefined) return undefined;
      const count = untoldOf(connectionId).select((eb) => eb.fn.countAll<number>().as('untold'));
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
      return { alert, untold: (await count.executeTakeFirstOrThrow()).untold };
    },
    async told(connectionId, id) {
      await db
        .updateTable('alerts')
        .set({ told_at: sql<Date>`now()` })
        .where('connection_id', '=', connectionId)
        .where('told_at', 'is', null)
        .$if(id !== undefined, (query) => query.where('id', '=', id ?? ''))
        .execute();
    },
  };
}

/**
 * Notes what was found out, in the transaction of whoever found it, so that neither the change nor its alert is ever there
 * without the other. Of several who find the same out at once, one makes the alert.
 */
export async function noteTrouble(db: Db, finding: Finding): Promise<void> {
  const { connectionId, subject, problem, runId } = finding;
  const changed =
    problem === null
      ? sql`delete from troubles where connection_id = ${connectionId} and subject = ${subject} returning connection_id`
      : sql`insert into troubles (connection_id, subject) select id, ${subject} from connections where id = ${connectionId}
          on conflict do nothing returning connection_id`;
  const message = problem?.message ?? recoveryMessage(connectionId, subject);
  await sql`with changed as (${changed})
    insert into alerts (id, connection_id, subject, is_failing, code, message, run_id)
    select ${randomUUID()}, connection_id, ${subject}, ${problem !== null}, ${problem?.code ?? null}, ${message}, ${runId ?? null}
    from changed`.execute(db);
}
