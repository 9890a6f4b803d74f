import { sql } from 'kysely';
import type { RecordKey } from '../domain/record.ts';
import type { Outcome } from '../domain/outcome.ts';
import type { Db } from './database.ts';

/** A record with its outcome in the last run that read it. `key` is the account number as F&O writes it. */
export interface RecordReport {
  readonly connectionId: string;
  readonly legalEntity: string;
  readonly kind: string;
  readonly key: string;
  readonly externalId: string | null;
  readonly state: Outcome | null;
  readonly code: string | null;
  readonly message: string | null;
  readonly action: string | null;
  readonly zendeskId: string | null;
  readonly attempts: number;
  readonly firstSeenAt: string;
  readonly lastSyncedAt: string | null;
}

/** Which records to list; all of the connection's by default. */
export interface RecordFilter {
  readonly state?: string | undefined;
  readonly kind?: string | undefined;
  readonly code?: string | undefined;
  readonly limit?: number | undefined;
}

/** Which rejected records to try again: with this code, or these keys (an account number, or entity/kind/number). */
export interface RetryFilter {
  readonly code?: string | undefined;
  readonly keys: readonly string[];
}

/** The records of a connection and their outcomes. */
export interface RecordStore {
  /** Records, the ones that were synchronised or seen last first. */
  list(connectionId: string, filter: RecordFilter): Promise<{ items: RecordReport[]; total: number }>;
  /** Lets rejected records be tried again even though nothing about them has changed; answers which. */
  allowRetry(connectionId: string, filter: RetryFilter): Promise<RecordKey[]>;
}

/** Builds the store of records. */
export function createRecordStore(db: Db): RecordStore {
  return {
    list: (connectionId, filter) => list(db, connectionId, filter),
    allowRetry: (connectionId, filter) => allowRetry(db, connectionId, filter),
  };
}

async function list(
  db: Db,
  connectionId: string,
  filter: RecordFilter,
): Promise<{ items: RecordReport[]; total: number }> {
  const condition = sql`connection_id = ${connectionId} and state is not null
    and (${filter.state ?? null}::text is null or state = ${filter.state ?? null})
    and (${filter.kind ?? null}::text is null or kind = ${filter.kind ?? null})
    and (${filter.code ?? null}::text is null or code = ${filter.code ?? null})`;
  const { rows: counted } = await sql<{
    total: number;
  }>`select count(*) as total from records where ${condition}`.execute(db);
  const { rows } = await sql<RawRecord>`select connection_id as "connectionId", legal_entity as "legalEntity", kind,
      key as key, external_id as "externalId", state, code, message, action, zendesk_id as "zendeskId", attempts,
      first_seen_at as "firstSeenAt", last_synced_at as "lastSyncedAt"
    from records where ${condition}
    order by coalesce(last_synced_at, first_seen_at) desc, legal_entity, kind, key
    limit ${filter.limit ?? null}`.execute(db);
  return { items: rows.map(toReport), total: counted[0]?.total ?? 0 };
}

type RawRecord = Omit<RecordReport, 'firstSeenAt' | 'lastSyncedAt'> & { firstSeenAt: Date; lastSyncedAt: Date | null };

function toReport(row: RawRecord): RecordReport {
  return { ...row, firstSeenAt: row.firstSeenAt.toISOString(), lastSyncedAt: row.lastSyncedAt?.toISOString() ?? null };
}

async function allowRetry(db: Db, connectionId: string, filter: RetryFilter): Promise<RecordKey[]> {
  const keys = sql.val([...filter.keys]);
  const { rows } = await sql<RecordKey>`update records set refused_attempt = null,
      zendesk_id = case when code = 'user_deleted' then null else zendesk_id end
    where connection_id = ${connectionId} and state = 'rejected'
      and (${filter.code ?? null}::text is null or code = ${filter.code ?? null})
      and (${filter.keys.length} = 0 or key = any(${keys}::text[])
        or legal_entity || '/' || kind || '/' || key = any(${keys}::text[]))
    returning legal_entity as "legalEntity", kind, key as "key"`.execute(db);
  return rows;
}
