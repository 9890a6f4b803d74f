import { sql } from 'kysely';
import type { Account, AccountKind } from '../../domain/accounts/account.ts';
import { recordKeyText, type RecordKey } from '../../domain/sync/record.ts';
import { externalIdKey, renderExternalId } from '../../domain/sync/external-id.ts';
import { nameCandidates, nameKey } from '../../domain/accounts/organization-name.ts';
import type { Rejection } from '../../domain/sync/rejection.ts';
import {
  settleAccount,
  type HeldReservation,
  type SettlePolicy,
  type Settlement,
} from '../../domain/accounts/reserve-account.ts';
import type { Db } from '../database.ts';
import { readSurroundings, type MutableSurroundings } from './reservation-context.ts';

/** Which staged accounts to settle next, and what settling must know besides the store. */
export interface SettleRequest extends SettlePolicy {
  readonly runId: string;
  readonly connectionId: string;
  /** Legal entities that could not be read, or never were: adoption by name waits for them. */
  readonly unread: readonly string[];
}

/** External ids and names of accounts, each unique within a connection: who holds one keeps it. */
export interface ReservationStore {
  /**
   * Registers the accounts that a run has staged since the last time, lets go of names whose ERP name has changed, and ranks
   * them: holders of an external id first, then customers before vendors, by legal entity, by account number. A reading older
   * than the one that the name came from lets go of nothing.
   */
  prepare(runId: string, connectionId: string): Promise<void>;
  /** Settles the accounts ranked after `after`, at most `limit`; answers the last rank settled, null when none was left. */
  settlePage(request: SettleRequest, after: number, limit: number): Promise<number | null>;
  /** Settles these accounts again after Zendesk refused the names given, in the order in which they come. */
  settleAgain(request: SettleRequest, keys: readonly RecordKey[], refusedNames: readonly string[]): Promise<void>;
}

/** Builds the store of reservations. */
export function createReservationStore(db: Db): ReservationStore {
  return {
    prepare: (runId, connectionId) => db.transaction().execute((tx) => prepare(tx, runId, connectionId)),
    async settlePage(request, after, limit) {
      const rows = await staged(db, request, sql`s.rank > ${after} order by s.rank limit ${limit}`);
      await settleRows(db, request, { rows, refusedNames: [], again: false });
      return rows.at(-1)?.rank ?? null;
    },
    async settleAgain(request, keys, refusedNames) {
      const wanted = JSON.stringify(keys.map(({ legalEntity, kind, key }) => [legalEntity, kind, key]));
      const isWanted = sql`jsonb_build_array(s.legal_entity, s.kind, s.key) in
        (select jsonb_array_elements(${wanted}::jsonb)) order by s.rank, s.key`;
      const rows = await staged(db, request, isWanted);
      await settleRows(db, request, { rows, refusedNames: refusedNames.map(nameKey), again: true });
    },
  };
}

async function prepare(db: Db, runId: string, connectionId: string): Promise<void> {
  // Tables that have just been filled have no statistics yet, and a plan made without any can take minutes.
  await sql`analyze staged_records`.execute(db);
  await sql`insert into records as a
      (connection_id, legal_entity, kind, key, plain_name, plain_name_key, plain_name_read_at, party)
    select ${connectionId}, s.legal_entity, s.kind, s.key, s.plain_name, s.plain_name_key, s.read_at,
      nullif(s.record->>'partyNumber', '')
    from staged_records s where s.run_id = ${runId} and s.kind <> 'contact' and s.rank is null order by 2, 3, 4
    on conflict (connection_id, legal_entity, kind, key) do update set
      present = true, plain_name = excluded.plain_name, plain_name_key = excluded.plain_name_key,
      plain_name_read_at = excluded.plain_name_read_at, party = excluded.party,
      name = case when a.plain_name = excluded.plain_name then a.name end,
      name_key = case when a.plain_name = excluded.plain_name then a.name_key end
    where (not a.present or a.plain_name is distinct from excluded.plain_name or a.party is distinct from excluded.party)
      and (a.plain_name_read_at is null or a.plain_name_read_at <= excluded.plain_name_read_at)`.execute(db);
  await sql`analyze records, organizations`.execute(db);
  await sql`with ranked as (
      select s.ctid as place, row_number() over (order by a.external_id_key is null,
        s.kind, s.legal_entity collate "C", s.key collate "C") as rank
      from staged_records s join records a on a.connection_id = ${connectionId}
        and a.legal_entity = s.legal_entity and a.kind = s.kind and a.key = s.key
      where s.run_id = ${runId} and s.kind <> 'contact')
    update staged_records s set rank = ranked.rank, adopt_id = null, rejection = null
    from ranked where s.ctid = ranked.place and s.rank is null`.execute(db);
}

interface StagedRow {
  readonly record: Account;
  readonly rank: number;
  readonly external_id: string | null;
  readonly name: string | null;
  readonly zendesk_id: string | null;
}

async function staged(db: Db, request: SettleRequest, condition: ReturnType<typeof sql>): Promise<StagedRow[]> {
  const { rows } = await sql<StagedRow>`select s.record, s.rank, a.external_id, a.name, a.zendesk_id
    from staged_records s join records a on a.connection_id = ${request.connectionId}
      and a.legal_entity = s.legal_entity and a.kind = s.kind and a.key = s.key
    where s.run_id = ${request.runId} and s.kind <> 'contact' and ${condition}`.execute(db);
  return rows;
}

interface Settled {
  readonly record: Account;
  readonly held: HeldReservation;
  readonly settlement: Settlement;
}

async function settleRows(
  db: Db,
  request: SettleRequest,
  page: { rows: readonly StagedRow[]; refusedNames: readonly string[]; again: boolean },
): Promise<void> {
  const { rows } = page;
  if (rows.length === 0) return;
  const around = await readSurroundings(db, request, {
    externalIdKeys: rows.flatMap(({ record }) => renderedKeys(request.template, record)),
    nameKeys: rows.flatMap(({ record, name }) =>
      [...nameCandidates(record), ...(name === null ? [] : [name])].map(nameKey),
    ),
    refusedNames: page.refusedNames,
  });
  const settled = rows.map((row) => settleRow(row, around, request));
  await db.transaction().execute((tx) => saveSettled(tx, request, { settled, again: page.again }));
}

function renderedKeys(template: string, account: Account): string[] {
  const rendered = renderExternalId(template, account);
  return 'externalId' in rendered ? [externalIdKey(rendered.externalId)] : [];
}

function settleRow(row: StagedRow, around: MutableSurroundings, policy: SettlePolicy): Settled {
  const held = { externalId: row.external_id, name: row.name, zendeskId: row.zendesk_id };
  const settlement = settleAccount(row.record, held, { around, policy });
  around.note(recordKeyText(row.record), held, reservedBy(settlement));
  return { record: row.record, held, settlement };
}

/** What an account holds once settled: a rejected one may keep an external id, never a name. */
function reservedBy(settlement: Settlement): { externalId: string | null; name: string | null } {
  return 'reservation' in settlement ? settlement.reservation : { externalId: settlement.externalId, name: null };
}

interface SavedRow {
  legal_entity: string;
  kind: AccountKind;
  key: string;
  external_id: string | null;
  external_id_key: string | null;
  name: string | null;
  name_key: string | null;
  adopt_id: string | null;
  rejection: Rejection | null;
}

async function saveSettled(
  db: Db,
  request: SettleRequest,
  { settled, again }: { settled: readonly Settled[]; again: boolean },
): Promise<void> {
  const rows = settled.map(toRow);
  const moved = rows.filter((row, index) => isMoved(row, settled[index]?.held));
  const ofAccounts = sql`a.connection_id = ${request.connectionId} and a.legal_entity = r.legal_entity
    and a.kind = r.kind and a.key = r.key`;
  if (moved.length > 0) {
    // Unique indexes are checked row by row, so what is given up must be gone before anybody else takes it.
    await sql`update records a set external_id = null, external_id_key = null, name = null, name_key = null
      from ${recordset(moved)} where ${ofAccounts}`.execute(db);
    await sql`update records a set external_id = r.external_id, external_id_key = r.external_id_key,
      name = r.name, name_key = r.name_key from ${recordset(moved)} where ${ofAccounts}`.execute(db);
  }
  const noted = rows.filter(({ adopt_id, rejection }) => again || adopt_id !== null || rejection !== null);
  if (noted.length > 0) {
    await sql`update staged_records s set adopt_id = r.adopt_id, rejection = r.rejection from ${recordset(noted)}
      where s.run_id = ${request.runId} and s.legal_entity = r.legal_entity and s.kind = r.kind
        and s.key = r.key`.execute(db);
  }
}

function toRow({ record: account, settlement }: Settled): SavedRow {
  const { externalId, name } = reservedBy(settlement);
  return {
    legal_entity: account.legalEntity,
    kind: account.kind,
    key: account.key,
    external_id: externalId,
    external_id_key: externalId === null ? null : externalIdKey(externalId),
    name,
    name_key: name === null ? null : nameKey(name),
    adopt_id: 'reservation' in settlement ? settlement.reservation.adoptId : null,
    rejection: 'rejection' in settlement ? settlement.rejection : null,
  };
}

function isMoved(row: SavedRow, held: HeldReservation | undefined): boolean {
  return row.external_id !== (held?.externalId ?? null) || row.name !== (held?.name ?? null);
}

function recordset(rows: readonly SavedRow[]) {
  return sql`jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r(legal_entity text, kind text, key text,
    external_id text, external_id_key text, name text, name_key text, adopt_id text, rejection jsonb)`;
}
