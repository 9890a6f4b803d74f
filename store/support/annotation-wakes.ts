import { sql } from 'kysely';
import type { RecordKey } from '../../domain/sync/record.ts';
import type { Db } from '../database.ts';

/** An account whose annotation workflow is to be woken, and the delay with which it starts. */
export interface AnnotationToWake extends RecordKey {
  readonly delayMs: number;
}

/**
 * The wakes of annotation workflows. An annotation that was woken and has not read its tickets since needs no further
 * wake: it will read everything that is in the tally by then.
 */
export interface AnnotationWakeStore {
  /** Returns the accounts of these organizations that need a wake. `askedAt` is the time of the database. */
  due(connectionId: string, organizationIds: readonly string[], askedAt: Date): Promise<AnnotationToWake[]>;
  /** Records that the annotations of these accounts were woken for a request made at `askedAt`. */
  recordWakes(connectionId: string, keys: readonly RecordKey[], askedAt: Date): Promise<void>;
  /** Records that the annotation of an account is about to read its tickets. */
  recordReading(connectionId: string, key: RecordKey): Promise<void>;
}

/** Changes within this time after the first one are written together with it. */
const QUIET_MS = 3_000;
/** The shortest time between two annotations of one account. */
const GAP_MS = 10_000;
/** After this time without a reading, a wake is repeated, because Temporal may have been restored from a backup. */
const WAKE_LIFETIME_MS = 60_000;

/** Creates the store of wakes. */
export function createAnnotationWakeStore(db: Db): AnnotationWakeStore {
  return {
    due: (connectionId, organizationIds, askedAt) => due(db, connectionId, { organizationIds, askedAt }),
    async recordWakes(connectionId, keys, askedAt) {
      await sql`insert into annotation_wakes as w (connection_id, legal_entity, kind, key, woken_at)
        select ${connectionId}, r."legalEntity", r.kind, r.key, ${askedAt}
          from jsonb_to_recordset(${JSON.stringify(keys)}::jsonb) as r("legalEntity" text, kind text, key text)
        on conflict (connection_id, legal_entity, kind, key) do update
          set woken_at = greatest(w.woken_at, excluded.woken_at)`.execute(db);
    },
    async recordReading(connectionId, { legalEntity, kind, key }) {
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
        or w.woken_at < ${askedAt}::timestamptz - make_interval(secs => ${WAKE_LIFETIME_MS / 1_000}))`.execute(db);
  return rows;
}
