import { sql } from 'kysely';
import type { RecordKey } from '../../domain/sync/record.ts';
import type { Db } from '../database.ts';

/** An account whose annotation is to be woken, and in how many milliseconds it is to begin. */
export interface AnnotationToWake extends RecordKey {
  readonly delayMs: number;
}

/** Which annotations have been woken and have not looked at their tickets since: they will see whatever has been noted by now. */
export interface AnnotationWakeStore {
  /** The accounts of these organizations whose annotation nobody has woken since it last looked. `askedAt`: the database's time. */
  due(connectionId: string, organizationIds: readonly string[], askedAt: Date): Promise<AnnotationToWake[]>;
  /** Notes that these have been woken, by whoever asked for them at that time. */
  woken(connectionId: string, keys: readonly RecordKey[], askedAt: Date): Promise<void>;
  /** Notes that the annotation of an account is about to look at its tickets. */
  looks(connectionId: string, key: RecordKey): Promise<void>;
}

/** Changes that come so close to the first one are written with it. */
const QUIET_MS = 3_000;
/** An account is looked at no more often than this. */
const GAP_MS = 10_000;
/** Whoever has been woken and has not looked by then is woken again: Temporal may have been restored meanwhile. */
const LONGEST_WAKE_MS = 60_000;

/** Builds the store of wakes. */
export function createAnnotationWakeStore(db: Db): AnnotationWakeStore {
  return {
    due: (connectionId, organizationIds, askedAt) => due(db, connectionId, { organizationIds, askedAt }),
    async woken(connectionId, keys, askedAt) {
      await sql`insert into annotation_wakes as w (connection_id, legal_entity, kind, key, woken_at)
        select ${connectionId}, r."legalEntity", r.kind, r.key, ${askedAt}
          from jsonb_to_recordset(${JSON.stringify(keys)}::jsonb) as r("legalEntity" text, kind text, key text)
        on conflict (connection_id, legal_entity, kind, key) do update
          set woken_at = greatest(w.woken_at, excluded.woken_at)`.execute(db);
    },
    async looks(connectionId, { legalEntity, kind, key }) {
      await sql`insert into annotation_wakes (connection_id, legal_entity, kind, key, looked_at)
        values (${connectionId}, ${legalEntity}, ${kind}, ${key}, clock_timestamp())
        on conflict (connection_id, legal_entity, kind, key) do update set looked_at = excluded.looked_at`.execute(db);
    },
  };
}

async function due(
  db: Db,
  connectionId: string,
  { organizationIds, askedAt }: { organizationIds: readonly string[]; askedAt: Date },
): Promise<AnnotationToWake[]> {
  const { rows } = await sql<AnnotationToWake>`select a.legal_entity as "legalEntity", a.kind, a.key,
      greatest(${QUIET_MS}, ${GAP_MS} - coalesce(1000 * extract(epoch from ${askedAt}::timestamptz - w.looked_at), ${GAP_MS}))::int as "delayMs"
    from records a left join annotation_wakes w on w.connection_id = a.connection_id and w.legal_entity = a.legal_entity
      and w.kind = a.kind and w.key = a.key
    where a.connection_id = ${connectionId} and a.target = 'organization'
      and a.zendesk_id = any(${sql.val([...organizationIds])}::text[])
      and (w.woken_at is null or w.woken_at <= w.looked_at
        or w.woken_at < ${askedAt}::timestamptz - make_interval(secs => ${LONGEST_WAKE_MS / 1_000}))`.execute(db);
  return rows;
}
