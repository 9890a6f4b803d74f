import type { Db } from '../database.ts';

/**
 * An action that a person took through the admin API. `subject` is the connection or run. `detail` contains no secret.
 */
export interface AuditEntry {
  readonly actor: string;
  readonly action: string;
  readonly subject: string | null;
  readonly detail: string | null;
}

/** A listed entry. The time is ISO-8601 UTC. */
export interface AuditReport extends AuditEntry {
  readonly at: string;
}

/** The audit of the admin API. */
export interface AuditStore {
  /** Adds an entry. */
  add(entry: AuditEntry): Promise<void>;
  /** Returns entries, the newest first, by default those of all subjects. */
  list(filter: {
    subject?: string | undefined;
    limit?: number | undefined;
  }): Promise<{ items: AuditReport[]; total: number }>;
}

/** Creates the store of the audit. */
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
