import type { Db } from '../database.ts';

/** Something that somebody did by the admin API. `subject` is the connection or run it was done to; `detail` holds no secret. */
export interface AuditEntry {
  readonly actor: string;
  readonly action: string;
  readonly subject: string | null;
  readonly detail: string | null;
}

/** An entry as it is listed; the time is ISO-8601 UTC. */
export interface AuditReport extends AuditEntry {
  readonly at: string;
}

/** Who did what, when. */
export interface AuditStore {
  add(entry: AuditEntry): Promise<void>;
  /** Entries, newest first; of one connection when `subject` is given. */
  list(filter: {
    subject?: string | undefined;
    limit?: number | undefined;
  }): Promise<{ items: AuditReport[]; total: number }>;
}

/** Builds the store of the audit. */
export function createAuditStore(db: Db): AuditStore {
  return {
    async add(entry) {
      await db.insertInto('audit').values(entry).execute();
    },
    async list({ subject, limit }) {
      const all = db
        .selectFrom('audit')
        .$if(subject !== undefined, (query) => query.where('subject', '=', subject ?? ''));
      const { total } = await all.select((eb) => eb.fn.countAll<number>().as('total')).executeTakeFirstOrThrow();
      const newest = all.select(['at', 'actor', 'action', 'subject', 'detail']).orderBy('no', 'desc');
      const rows = await (limit === undefined ? newest : newest.limit(limit)).execute();
      return { items: rows.map((row) => ({ ...row, at: row.at.toISOString() })), total };
    },
  };
}
