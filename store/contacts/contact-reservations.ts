import { sql } from 'kysely';
import { externalIdKey } from '../../domain/sync/external-id.ts';
import type { RecordKey } from '../../domain/sync/record.ts';
import { settleContact, type ContactPolicy, type ContactSettlement } from '../../domain/contacts/reserve-contact.ts';
import { readContactSurroundings, type ContactRow } from './reservation-context.ts';
import type { Db } from '../database.ts';

/** Which staged contacts to settle, and how the connection wants it. */
export interface ContactSettleRequest extends ContactPolicy {
  readonly runId: string;
  readonly connectionId: string;
}

/** External ids, addresses and accounts of contacts: settled once the accounts have their organizations. */
export interface ContactReservationStore {
  /**
   * Registers the contacts that a run has staged since the last time, lets go of addresses that the ERP has changed, and
   * ranks them: those that have a user first, then by legal entity, then by id.
   */
  prepare(runId: string, connectionId: string): Promise<void>;
  /** Settles the contacts ranked after `after`, at most `limit`; answers the last rank settled, null when none was left. */
  settlePage(request: ContactSettleRequest, after: number, limit: number): Promise<number | null>;
  /** Settles these contacts again. */
  settleAgain(request: ContactSettleRequest, keys: readonly RecordKey[]): Promise<void>;
}

/** Builds the store of the contacts' reservations. */
export function createContactReservationStore(db: Db): ContactReservationStore {
  return {
    prepare: (runId, connectionId) => db.transaction().execute((tx) => prepare(tx, runId, connectionId)),
    async settlePage(request, after, limit) {
      const rows = await staged(db, request, sql`s.rank > ${after} order by s.rank limit ${limit}`);
      await settleRows(db, request, rows);
      return rows.at(-1)?.rank ?? null;
    },
    async settleAgain(request, keys) {
      const wanted = JSON.stringify(keys.map(({ legalEntity, key }) => [legalEntity, key]));
      const isWanted = sql`jsonb_build_array(s.legal_entity, s.key) in
        (select jsonb_array_elements(${wanted}::jsonb)) order by s.rank, s.key`;
      await settleRows(db, request, await staged(db, request, isWanted));
    },
  };
}

async function prepare(db: Db, runId: string, connectionId: string): Promise<void> {
  await sql`insert into records as a (connection_id, legal_entity, kind, key, plain_name, plain_name_key,
      plain_name_read_at, party, person_party, is_inactive)
    select ${connectionId}, s.legal_entity, s.kind, s.key, s.plain_name, s.plain_name_key, s.read_at,
      nullif(s.record->>'accountParty', ''), nullif(s.record->>'personParty', ''), (s.record->>'isInactive')::boolean
    from staged_records s where s.run_id = ${runId} and s.kind = 'contact' and s.rank is null order by 2, 4
    on conflict (connection_id, legal_entity, kind, key) do update set present = true, plain_name = excluded.plain_name,
      plain_name_key = excluded.plain_name_key, plain_name_read_at = excluded.plain_name_read_at, party = excluded.party,
      person_party = excluded.person_party, is_inactive = excluded.is_inactive
    where (not a.present or a.plain_name is distinct from excluded.plain_name or a.party is distinct from excluded.party
        or a.person_party is distinct from excluded.person_party or a.is_inactive <> excluded.is_inactive)
      and (a.plain_name_read_at is null or a.plain_name_read_at <= excluded.plain_name_read_at)`.execute(db);
  await sql`update records a set email_digest = null from staged_records s
    where s.run_id = ${runId} and s.kind = 'contact' and s.rank is null and a.connection_id = ${connectionId}
      and a.legal_entity = s.legal_entity and a.kind = s.kind and a.key = s.key and a.email_digest is not null
      and a.email_digest is distinct from s.email_digest`.execute(db);
  await sql`with ranked as (
      select s.ctid as place, row_number() over (order by a.zendesk_id is null, a.external_id_key is null,
        s.legal_entity collate "C", s.key collate "C") as rank
      from staged_records s join records a on a.connection_id = ${connectionId}
        and a.legal_entity = s.legal_entity and a.kind = s.kind and a.key = s.key
      where s.run_id = ${runId} and s.kind = 'contact')
    update staged_records s set rank = ranked.rank, adopt_id = null, settled = null
    from ranked where s.ctid = ranked.place and s.rank is null`.execute(db);
  // Tables that have just been filled have no statistics yet, and a plan made without any can take minutes.
  await sql`analyze staged_records, records, users`.execute(db);
}

async function staged(db: Db, request: ContactSettleRequest, condition: ReturnType<typeof sql>): Promise<ContactRow[]> {
  const { rows } = await sql<ContactRow>`select s.record, s.rank, s.email_digest from staged_records s
    where s.run_id = ${request.runId} and s.kind = 'contact' and ${condition}`.execute(db);
  return rows;
}

interface SettledRow {
  readonly row: ContactRow;
  readonly settlement: ContactSettlement;
}

async function settleRows(db: Db, request: ContactSettleRequest, rows: readonly ContactRow[]): Promise<void> {
  if (rows.length === 0) return;
  const around = await readContactSurroundings(db, request, rows);
  const settled = rows.map((row): SettledRow => {
    const settlement = settleContact(row.record, { around: around.of(row), policy: request });
    around.note(row, reservedBy(row, settlement));
    return { row, settlement };
  });
  await db.transaction().execute((tx) => saveSettled(tx, request, settled));
}

/** What a contact holds once settled; one that is not written keeps what it has. */
function reservedBy(
  row: ContactRow,
  settlement: ContactSettlement,
): { externalId: string | null; emailDigest: string | null } {
  if (!('organizationIds' in settlement)) return { externalId: null, emailDigest: null };
  return { externalId: settlement.externalId, emailDigest: settlement.email === null ? null : row.email_digest };
}

async function saveSettled(db: Db, request: ContactSettleRequest, settled: readonly SettledRow[]): Promise<void> {
  const rows = settled.map(toSavedRow);
  const ofRecords = sql`a.connection_id = ${request.connectionId} and a.legal_entity = r.legal_entity
    and a.kind = 'contact' and a.key = r.key`;
  await handOver(db, request.connectionId, settled);
  // Unique indexes are checked row by row, so what is given up must be gone before anybody else takes it.
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
  await sql`update staged_records s set settled = r.settled from ${recordset(rows)}
    where s.run_id = ${request.runId} and s.legal_entity = r.legal_entity and s.kind = 'contact' and s.key = r.key`.execute(
    db,
  );
}

/** Gives the user of a person to the row that it is written from now on. */
async function handOver(db: Db, connectionId: string, settled: readonly SettledRow[]): Promise<void> {
  for (const { row, settlement } of settled) {
    if (!('takesOver' in settlement) || settlement.takesOver === null) continue;
    const { legalEntity, key } = settlement.takesOver;
    const { rows } = await sql<{
      external_id: string;
      external_id_key: string;
      zendesk_id: string | null;
      written_hash: string | null;
    }>`
      with former as (select external_id, external_id_key, zendesk_id, written_hash from records
        where connection_id = ${connectionId} and legal_entity = ${legalEntity} and kind = 'contact' and key = ${key})
      update records a set external_id = null, external_id_key = null, zendesk_id = null, written_hash = null, email_digest = null
      from former where a.connection_id = ${connectionId} and a.legal_entity = ${legalEntity} and a.kind = 'contact'
        and a.key = ${key} returning former.*`.execute(db);
    const [former] = rows;
    if (former === undefined) continue;
    const own = db
      .updateTable('records')
      .set(former)
      .where('connection_id', '=', connectionId)
      .where('kind', '=', 'contact');
    await own.where('legal_entity', '=', row.record.legalEntity).where('key', '=', row.record.key).execute();
  }
}

function toSavedRow({ row, settlement }: SettledRow) {
  const { legalEntity, key } = row.record;
  const { externalId, emailDigest } = reservedBy(row, settlement);
  const follows = 'follows' in settlement ? settlement.follows : null;
  return {
    legal_entity: legalEntity,
    key,
    external_id: externalId,
    external_id_key: externalId === null ? null : externalIdKey(externalId),
    email_digest: emailDigest,
    is_user: 'organizationIds' in settlement,
    follows_entity: follows?.legalEntity ?? null,
    follows_key: follows?.key ?? null,
    settled: settlement,
  };
}

function recordset(rows: readonly ReturnType<typeof toSavedRow>[]) {
  return sql`jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r(legal_entity text, key text, external_id text,
    external_id_key text, email_digest text, is_user boolean, follows_entity text, follows_key text, settled jsonb)`;
}
