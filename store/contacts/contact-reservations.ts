import { sql } from 'kysely';
import { externalIdKey } from '../../domain/sync/external-id.ts';
import type { RecordKey } from '../../domain/sync/record.ts';
import {
  reserveContact,
  type ContactPolicy,
  type ContactReservationResult,
} from '../../domain/contacts/reserve-contact.ts';
import type { Db } from '../database.ts';
import { SEEN_AGAIN } from '../sync/presence.ts';
import { IS_READABLE, registerUnreadable } from '../sync/unreadable.ts';
import { readContactContext, type ContactRow } from './reservation-context.ts';

/** A request to reserve for the staged contacts of a run. */
export interface ContactReservationRequest extends ContactPolicy {
  readonly runId: string;
  readonly connectionId: string;
}

/** The reserved external ids, email addresses and accounts of contacts. Accounts have their organizations by then. */
export interface ContactReservationStore {
  /**
   * Registers the contacts that a run has staged since the last call, releases email addresses that were changed in the
   * ERP, and ranks the contacts: those that have a user first, then by legal entity and id.
   */
  prepare(run: Pick<ContactReservationRequest, 'runId' | 'connectionId'>): Promise<void>;
  /** Reserves for at most `limit` contacts ranked after `after`. Returns the last rank, or null when none was left. */
  reservePage(request: ContactReservationRequest, after: number, limit: number): Promise<number | null>;
  /** Reserves again for these contacts, in the order of their rank. */
  reserveAgain(request: ContactReservationRequest, keys: readonly RecordKey[]): Promise<void>;
}

/** Creates the store of the reservations of contacts. */
export function createContactReservationStore(db: Db): ContactReservationStore {
  return {
    prepare: (run) => db.transaction().execute((tx) => prepare(tx, run)),
    async reservePage(request, after, limit) {
      const rows = await staged(db, request, sql`s.rank > ${after} order by s.rank limit ${limit}`);
      await reserveRows(db, request, rows);
      return rows.at(-1)?.rank ?? null;
    },
    async reserveAgain(request, keys) {
      const wanted = JSON.stringify(keys.map(({ legalEntity, kind, key }) => [legalEntity, kind, key]));
      const isWanted = sql`jsonb_build_array(s.legal_entity, s.kind, s.key) in
        (select jsonb_array_elements(${wanted}::jsonb)) order by s.rank, s.key`;
      await reserveRows(db, request, await staged(db, request, isWanted));
    },
  };
}

async function prepare(
  db: Db,
  { runId, connectionId }: Pick<ContactReservationRequest, 'runId' | 'connectionId'>,
): Promise<void> {
  await sql`insert into records as a (connection_id, legal_entity, kind, key, target, plain_name, plain_name_key,
      plain_name_read_at, party, person_party, is_inactive)
    select ${connectionId}, s.legal_entity, s.kind, s.key, s.target, s.plain_name, s.plain_name_key, s.read_at,
      s.record->>'party', s.record->>'person', (s.record->>'isInactive')::boolean
    from staged_records s where s.run_id = ${runId} and s.target = 'user' and s.rank is null and ${IS_READABLE}
    order by 2, 3, 4
    on conflict (connection_id, legal_entity, kind, key) do update set ${SEEN_AGAIN}, plain_name = excluded.plain_name,
      plain_name_key = excluded.plain_name_key, plain_name_read_at = excluded.plain_name_read_at, party = excluded.party,
      person_party = excluded.person_party, is_inactive = excluded.is_inactive
    where (not a.present or a.plain_name is distinct from excluded.plain_name or a.party is distinct from excluded.party
        or a.person_party is distinct from excluded.person_party or a.is_inactive <> excluded.is_inactive)
      and (a.plain_name_read_at is null or a.plain_name_read_at <= excluded.plain_name_read_at)`.execute(db);
  await registerUnreadable(db, { runId, connectionId, target: 'user' });
  await sql`update records a set email_digest = null from staged_records s
    where s.run_id = ${runId} and s.target = 'user' and s.rank is null and ${IS_READABLE} and a.connection_id = ${connectionId}
      and a.legal_entity = s.legal_entity and a.kind = s.kind and a.key = s.key and a.email_digest is not null
      and a.email_digest is distinct from s.email_digest`.execute(db);
  await sql`with ranked as (
      select s.ctid as place, row_number() over (order by a.zendesk_id is null, a.external_id_key is null,
        s.legal_entity collate "C", s.kind, s.key collate "C") as rank
      from staged_records s join records a on a.connection_id = ${connectionId}
        and a.legal_entity = s.legal_entity and a.kind = s.kind and a.key = s.key
      where s.run_id = ${runId} and s.target = 'user')
    update staged_records s set rank = ranked.rank, adopt_id = null, reservation = null
    from ranked where s.ctid = ranked.place and s.rank is null`.execute(db);
  // A table that was just filled has no statistics, and a query planned without them can take minutes.
  await sql`analyze staged_records, records, users`.execute(db);
}

async function staged(
  db: Db,
  request: ContactReservationRequest,
  condition: ReturnType<typeof sql>,
): Promise<ContactRow[]> {
  const { rows } = await sql<ContactRow>`select s.record, s.rank, s.email_digest,
      case when a.refused_email = s.email_digest then a.refused_email_reason end as email_refusal
    from staged_records s join records a on a.connection_id = ${request.connectionId}
      and a.legal_entity = s.legal_entity and a.kind = s.kind and a.key = s.key
    where s.run_id = ${request.runId} and s.target = 'user' and ${condition}`.execute(db);
  return rows;
}

interface ReservedRow {
  readonly row: ContactRow;
  readonly result: ContactReservationResult;
}

async function reserveRows(db: Db, request: ContactReservationRequest, rows: readonly ContactRow[]): Promise<void> {
  if (rows.length === 0) return;
  const context = await readContactContext(db, request, rows);
  const reserved = rows.map((row): ReservedRow => {
    const result = reserveContact(row.record, { context: context.of(row), policy: request });
    context.hold(row, heldAfter(row, result));
    return { row, result };
  });
  await db.transaction().execute((tx) => saveReserved(tx, request, reserved));
}

/**
 * Returns what a contact holds after the decision. Nulls of a contact that is not written leave its reservations as
 * they are.
 */
function heldAfter(
  row: ContactRow,
  result: ContactReservationResult,
): { externalId: string | null; emailDigest: string | null } {
  if (!('organizationIds' in result)) return { externalId: null, emailDigest: null };
  return { externalId: result.externalId, emailDigest: result.email === null ? null : row.email_digest };
}

async function saveReserved(
  db: Db,
  request: ContactReservationRequest,
  reserved: readonly ReservedRow[],
): Promise<void> {
  const rows = reserved.map(toSavedRow);
  const ofRecords = sql`a.connection_id = ${request.connectionId} and a.legal_entity = r.legal_entity
    and a.kind = r.kind and a.key = r.key`;
  await handOver(db, request.connectionId, reserved);
  // Unique indexes are checked row by row, so an address must be released before another contact takes it.
  await sql`update records a set email_digest = null from ${recordset(rows)} where ${ofRecords}
    and a.email_digest is not null and a.email_digest is distinct from r.email_digest
    and (r.is_user or a.zendesk_id is null)`.execute(db);
  await sql`update records a set external_id = coalesce(r.external_id, a.external_id),
      external_id_key = coalesce(r.external_id_key, a.external_id_key), email_digest = coalesce(r.email_digest, a.email_digest),
      follows_entity = r.follows_entity, follows_key = r.follows_key
    from ${recordset(rows)} where ${ofRecords} and (a.external_id is distinct from coalesce(r.external_id, a.external_id)
      or a.email_digest is distinct from coalesce(r.email_digest, a.email_digest)
      or a.follows_key is distinct from r.follows_key or a.follows_entity is distinct from r.follows_entity)`.execute(
    db,
  );
  await sql`update staged_records s set reservation = r.reservation from ${recordset(rows)}
    where s.run_id = ${request.runId} and s.legal_entity = r.legal_entity and s.kind = r.kind and s.key = r.key`.execute(
    db,
  );
}

/** Moves the user of a person to the record from which it is written now. */
async function handOver(db: Db, connectionId: string, reserved: readonly ReservedRow[]): Promise<void> {
  for (const { row, result } of reserved) {
    if (!('takesOver' in result) || result.takesOver === null) continue;
    const { legalEntity, kind, key } = result.takesOver;
    const { rows } = await sql<{
      external_id: string;
      external_id_key: string;
      zendesk_id: string | null;
    }>`
      with former as (select external_id, external_id_key, zendesk_id from records
        where connection_id = ${connectionId} and legal_entity = ${legalEntity} and kind = ${kind} and key = ${key})
      update records a set external_id = null, external_id_key = null, zendesk_id = null, email_digest = null
      from former where a.connection_id = ${connectionId} and a.legal_entity = ${legalEntity} and a.kind = ${kind}
        and a.key = ${key} returning former.*`.execute(db);
    const [former] = rows;
    if (former === undefined) continue;
    const { legalEntity: ownEntity, kind: ownKind, key: ownKey } = row.record;
    const own = db.updateTable('records').set(former).where('connection_id', '=', connectionId);
    await own.where('legal_entity', '=', ownEntity).where('kind', '=', ownKind).where('key', '=', ownKey).execute();
  }
}

function toSavedRow({ row, result }: ReservedRow) {
  const { legalEntity, kind, key } = row.record;
  const { externalId, emailDigest } = heldAfter(row, result);
  const follows = 'follows' in result ? result.follows : null;
  return {
    legal_entity: legalEntity,
    kind,
    key,
    external_id: externalId,
    external_id_key: externalId === null ? null : externalIdKey(externalId),
    email_digest: emailDigest,
    is_user: 'organizationIds' in result,
    follows_entity: follows?.legalEntity ?? null,
    follows_key: follows?.key ?? null,
    reservation: result,
  };
}

function recordset(rows: readonly ReturnType<typeof toSavedRow>[]) {
  return sql`jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r(legal_entity text, kind text, key text, external_id text,
    external_id_key text, email_digest text, is_user boolean, follows_entity text, follows_key text, reservation jsonb)`;
}
