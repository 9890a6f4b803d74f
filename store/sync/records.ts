import { sql } from 'kysely';
import { FORMER_OF_UNCLEAR } from '../../domain/accounts/renumbering-remarks.ts';
import { externalIdKey } from '../../domain/sync/external-id.ts';
import { parseRecordKey, recordKeyText, type RecordKey, type StoredMembers } from '../../domain/sync/record.ts';
import type { Outcome, RecordState } from '../../domain/sync/outcome.ts';
import { GONE_FROM_ERP } from '../../domain/sync/rejection.ts';
import type { Db } from '../database.ts';
import { IS_FORMER_OF_UNCLEAR, STATE_OF_RECORD } from './presence.ts';

/**
 * A record with its outcome in the last run that read it, or `gone` when the last accepted reading did not contain it.
 * `key` is the account number or contact id as F&O writes it.
 * Contacts that are the same person have the same `zendeskId`.
 */
export interface RecordReport {
  readonly connectionId: string;
  readonly legalEntity: string;
  readonly kind: string;
  readonly key: string;
  readonly externalId: string | null;
  readonly state: RecordState | null;
  readonly code: string | null;
  readonly message: string | null;
  readonly action: string | null;
  readonly zendeskId: string | null;
  readonly attempts: number;
  readonly firstSeenAt: string;
  readonly lastSyncedAt: string | null;
}

/** Restricts the records to list. By default, all records of the connection are listed. */
export interface RecordFilter {
  readonly state?: string | undefined;
  readonly kind?: string | undefined;
  readonly code?: string | undefined;
  readonly limit?: number | undefined;
}

/** Restricts the rejected records to retry: by code, or by keys (a number or id, or entity/kind/number). */
export interface RetryFilter {
  readonly code?: string | undefined;
  readonly keys: readonly string[];
  /** The kinds that a key can contain. */
  readonly kinds: readonly string[];
}

/** The records of a connection and their outcomes. */
export interface RecordStore {
  /** Returns records, the most recently synchronized or first seen ones first. */
  list(connectionId: string, filter: RecordFilter): Promise<{ items: RecordReport[]; total: number }>;
  /**
   * Allows rejected records, and contacts whose address was refused, to be retried although nothing about them has
   * changed. Returns their keys.
   */
  allowRetry(connectionId: string, filter: RetryFilter): Promise<RecordKey[]>;
  /** Returns the outcome of a record in the last run that read it; undefined when there is none. */
  outcomeOf(connectionId: string, key: RecordKey): Promise<Outcome | undefined>;
  /** Returns the stored members of those of these records that were read before, by the text of their key. */
  storedMembers(connectionId: string, keys: readonly RecordKey[]): Promise<ReadonlyMap<string, StoredMembers>>;
  /** Returns which of the external ids are reserved by accounts of the connection, in their compared form. */
  reservedExternalIds(connectionId: string, externalIds: readonly string[]): Promise<ReadonlySet<string>>;
}

/** Creates the store of records. */
export function createRecordStore(db: Db): RecordStore {
  return {
    list: (connectionId, filter) => list(db, connectionId, filter),
    allowRetry: (connectionId, filter) => allowRetry(db, connectionId, filter),
    async outcomeOf(connectionId, { legalEntity, kind, key }) {
      const of = db.selectFrom('records').select('state').where('connection_id', '=', connectionId);
      const row = await of
        .where('legal_entity', '=', legalEntity)
        .where('kind', '=', kind)
        .where('key', '=', key)
        .executeTakeFirst();
      return row?.state ?? undefined;
    },
    storedMembers: (connectionId, keys) => storedMembers(db, connectionId, keys),
    async reservedExternalIds(connectionId, externalIds) {
      const { rows } = await sql<{ key: string }>`select external_id_key as key from records
        where connection_id = ${connectionId} and target = 'organization'
        and external_id_key = any(${externalIds.map(externalIdKey)})`.execute(db);
      return new Set(rows.map(({ key }) => key));
    },
  };
}

/** The code of a record `r` as it is listed. */
const CODE_OF_RECORD = remarkOfRecord('code');

/** Returns a member of the remark on a record `r` as it is listed. */
function remarkOfRecord(member: 'code' | 'message' | 'action') {
  return sql<string>`case when r.present then ${sql.ref(`r.${member}`)} when ${IS_FORMER_OF_UNCLEAR}
    then ${FORMER_OF_UNCLEAR[member]} else ${GONE_FROM_ERP[member]} end`;
}

async function storedMembers(
  db: Db,
  connectionId: string,
  keys: readonly RecordKey[],
): Promise<ReadonlyMap<string, StoredMembers>> {
  const wanted = JSON.stringify(keys.map(({ legalEntity, kind, key }) => ({ legal_entity: legalEntity, kind, key })));
  const { rows } = await sql<RecordKey & StoredMembers>`select a.legal_entity as "legalEntity", a.kind, a.key,
      a.plain_name as name, a.party, a.person_party as person, a.is_inactive as "isInactive"
    from jsonb_to_recordset(${wanted}::jsonb) as r(legal_entity text, kind text, key text)
    join records a on a.connection_id = ${connectionId} and a.legal_entity = r.legal_entity and a.kind = r.kind
      and a.key = r.key where a.plain_name is not null`.execute(db);
  return new Map(
    rows.map(({ name, party, person, isInactive, ...key }) => [
      recordKeyText(key),
      { name, party, person, isInactive },
    ]),
  );
}

async function list(
  db: Db,
  connectionId: string,
  filter: RecordFilter,
): Promise<{ items: RecordReport[]; total: number }> {
  const condition = sql`r.connection_id = ${connectionId} and ${STATE_OF_RECORD} is not null
    and (${filter.state ?? null}::text is null or ${STATE_OF_RECORD} = ${filter.state ?? null})
    and (${filter.kind ?? null}::text is null or r.kind = ${filter.kind ?? null})
    and (${filter.code ?? null}::text is null or ${CODE_OF_RECORD} = ${filter.code ?? null})`;
  const { rows: counted } = await sql<{
    total: number;
  }>`select count(*) as total from records r where ${condition}`.execute(db);
  const { rows } =
    await sql<RawRecord>`select r.connection_id as "connectionId", r.legal_entity as "legalEntity", r.kind,
      r.key as key, r.external_id as "externalId", ${STATE_OF_RECORD} as state, ${CODE_OF_RECORD} as code,
      ${remarkOfRecord('message')} as message, ${remarkOfRecord('action')} as action,
      coalesce(f.zendesk_id, r.zendesk_id) as "zendeskId", r.attempts,
      r.first_seen_at as "firstSeenAt", r.last_synced_at as "lastSyncedAt"
    from records r left join records f on f.connection_id = r.connection_id and f.legal_entity = r.follows_entity
      and f.kind = r.kind and f.key = r.follows_key
    where ${condition}
    order by coalesce(r.last_synced_at, r.first_seen_at) desc, r.legal_entity, r.kind, r.key
    limit ${filter.limit ?? null}`.execute(db);
  return { items: rows.map(toReport), total: counted[0]?.total ?? 0 };
}

type RawRecord = Omit<RecordReport, 'firstSeenAt' | 'lastSyncedAt'> & { firstSeenAt: Date; lastSyncedAt: Date | null };

function toReport(row: RawRecord): RecordReport {
  return { ...row, firstSeenAt: row.firstSeenAt.toISOString(), lastSyncedAt: row.lastSyncedAt?.toISOString() ?? null };
}

async function allowRetry(db: Db, connectionId: string, filter: RetryFilter): Promise<RecordKey[]> {
  const keys = sql.val(filter.keys.flatMap((key) => asStored(key, filter.kinds)));
  const { rows } = await sql<RecordKey>`update records set refused_attempt = null, retry_asked = true,
      refused_email = null, refused_email_reason = null,
      zendesk_id = case when code = 'user_deleted' then null else zendesk_id end
    where connection_id = ${connectionId} and (state = 'rejected' or code = 'email_refused') and present
      and (${filter.code ?? null}::text is null or code = ${filter.code ?? null})
      and (${filter.keys.length} = 0 or key = any(${keys}::text[])
        or legal_entity || '/' || kind || '/' || key = any(${keys}::text[]))
    returning legal_entity as "legalEntity", kind, key as "key"`.execute(db);
  return rows;
}

/**
 * Returns the key as typed, and, if it contains an entity and a kind, also as stored: F&O ignores the case of entities.
 */
function asStored(typed: string, kinds: readonly string[]): string[] {
  const parsed = parseRecordKey(typed, kinds);
  return parsed === undefined ? [typed] : [typed, recordKeyText(parsed)];
}
