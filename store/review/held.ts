import { sql } from 'kysely';
import type { Db } from '../database.ts';

/**
 * That a connection writes nothing until a person approves or the next run decides. `planId` and `runId` are null if
 * only writes of events are held. `since` is an ISO-8601 UTC time.
 */
export interface HeldConnection {
  readonly connectionId: string;
  readonly code: string;
  readonly message: string;
  readonly planId: string | null;
  readonly runId: string | null;
  readonly since: string | null;
}

/** The connections whose last run, or whose events, are held. */
export interface HeldStore {
  /** Returns the held connections, or only this one if it is held. */
  list(connectionId?: string): Promise<HeldConnection[]>;
}

/** Creates the store of held connections. */
export function createHeldStore(db: Db): HeldStore {
  return {
    async list(connectionId) {
      const { rows } =
        await sql<Row>`select c.id, r.error_code as code, r.error_message as message, r.plan_id as "planId",
          r.run_id as "runId", r.finished_at as since, coalesce(e.records, 0) as records
        from connections c
        left join lateral (select * from (select * from runs m where m.connection_id = c.id and m.scope = 'master'
            and m.legal_entity is null and m.status <> 'running' order by m.started_at desc limit 1) last
          where last.status = 'held') r on true
        left join lateral (select count(*) as records from records a where a.connection_id = c.id
          and a.state = 'skipped' and a.code = 'held') e on true
        where c.id = coalesce(${connectionId ?? null}, c.id) and (r.run_id is not null or e.records > 0)`.execute(db);
      return rows.map(toHeld);
    },
  };
}

interface Row {
  readonly id: string;
  readonly code: string | null;
  readonly message: string | null;
  readonly planId: string | null;
  readonly runId: string | null;
  readonly since: Date | null;
  readonly records: number;
}

function toHeld({ id, code, message, planId, runId, since, records }: Row): HeldConnection {
  return {
    ...{ connectionId: id, planId, runId },
    code: code ?? 'held',
    message: message ?? `${records} record(s) that events named are not written yet. The next sync decides about them.`,
    since: since?.toISOString() ?? null,
  };
}
