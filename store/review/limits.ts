import { sql } from 'kysely';
import type { CompletedSlice, LimitBasis, SliceSize } from '../../domain/review/limits.ts';
import type { Db } from '../database.ts';

/** A legal entity and kind of a connection. */
export interface SliceOfConnection {
  readonly connectionId: string;
  readonly legalEntity: string;
  readonly kind: string;
}

/** What the limits of runs and events are judged by. */
export interface LimitStore {
  /** Returns the numbers of records that a run has read, by legal entity and kind. */
  sizes(run: { readonly runId: string; readonly connectionId: string }): Promise<SliceSize[]>;
  /** Counts the linked records in the completed slices of a connection, and what events have written since. */
  basis(connectionId: string): Promise<LimitBasis>;
  /** Returns a slice of which a run has completed, or undefined. */
  completed(slice: SliceOfConnection): Promise<CompletedSlice | undefined>;
  /** Records that a run may write, as far as limits are concerned. */
  judged(runId: string): Promise<void>;
  /** Returns about how many records events have written since the last master run. One record may count repeatedly. */
  writesOfEvents(connectionId: string): Promise<number>;
}

/** Creates the store of limits. */
export function createLimitStore(db: Db): LimitStore {
  return {
    async sizes({ runId, connectionId }) {
      const { rows } = await sql<SliceSize>`select s.legal_entity as "legalEntity", s.kind,
          count(a.zendesk_id) as linked, count(*) - count(a.zendesk_id) as unlinked,
          exists (select from completed_slices c where c.connection_id = ${connectionId}
            and c.legal_entity = s.legal_entity and c.kind = s.kind) as "isCompleted"
        from staged_records s left join records a on a.connection_id = ${connectionId}
          and a.legal_entity = s.legal_entity and a.kind = s.kind and a.key = s.key
        where s.run_id = ${runId} group by s.legal_entity, s.kind order by 1, 2`.execute(db);
      return rows;
    },
    basis: (connectionId) => readBasis(db, connectionId),
    completed: (slice) => readCompleted(db, slice),
    async judged(runId) {
      await db
        .updateTable('runs')
        .set({ judged_at: sql<Date>`now()` })
        .where('run_id', '=', runId)
        .execute();
    },
    async writesOfEvents(connectionId) {
      const { rows } = await sql<{
        writes: number;
      }>`select coalesce(sum(p.created + p.updated + p.adopted), 0)::float8 as writes
        from runs r join run_phases p using (run_id)
        where r.connection_id = ${connectionId} and r.scope = 'account'
          and r.started_at >= coalesce((${lastMasterRun(connectionId)}), '-infinity')`.execute(db);
      return rows[0]?.writes ?? 0;
    },
  };
}

/** A held run has decided nothing, so events are still counted from the run before it. */
function lastMasterRun(connectionId: string) {
  return sql`select max(finished_at) from runs where connection_id = ${connectionId} and scope = 'master'
    and status in ('completed', 'failed', 'cancelled')`;
}

async function readBasis(db: Db, connectionId: string): Promise<LimitBasis> {
  const { rows } = await sql<{ linked: number; created: number; updated: number }>`
    with since as (select coalesce((${lastMasterRun(connectionId)}), 'infinity') as at)
    select count(*) as linked,
      count(*) filter (where a.last_synced_at > since.at and a.first_seen_at > since.at) as created,
      count(*) filter (where a.last_synced_at > since.at and a.first_seen_at <= since.at) as updated
    from since, records a join completed_slices c using (connection_id, legal_entity, kind)
    where a.connection_id = ${connectionId} and a.zendesk_id is not null`.execute(db);
  const { linked, created, updated } = rows[0] ?? { linked: 0, created: 0, updated: 0 };
  return { linked, byEvents: { create: created, update: updated, retire: 0 } };
}

async function readCompleted(
  db: Db,
  { connectionId, legalEntity, kind }: SliceOfConnection,
): Promise<CompletedSlice | undefined> {
  const { rows } = await sql<{ keys: string[] | null }>`select array_agg(a.key) filter (where a.key is not null) as keys
    from completed_slices c left join records a on a.connection_id = c.connection_id and a.legal_entity = c.legal_entity
      and a.kind = c.kind and a.zendesk_id is null and a.state = 'rejected' and a.first_seen_at <= c.completed_at
    where c.connection_id = ${connectionId} and c.legal_entity = ${legalEntity} and c.kind = ${kind}
    group by c.connection_id`.execute(db);
  const [row] = rows;
  return row && { leftOver: new Set(row.keys ?? []) };
}
