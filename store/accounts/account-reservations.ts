import { sql } from 'kysely';
import { nameCandidates } from '../../domain/accounts/organization-name.ts';
import { externalIdKey, renderExternalId } from '../../domain/sync/external-id.ts';
import { nameKey, plainName } from '../../domain/sync/record-name.ts';
import { keyOf, recordKeyText, type ErpRecord, type RecordKey } from '../../domain/sync/record.ts';
import type { Rejection } from '../../domain/sync/rejection.ts';
import {
  reserveAccount,
  type HeldReservation,
  type NamedOrganization,
  type ReservationPolicy,
  type ReservationResult,
} from '../../domain/accounts/reserve-account.ts';
import type { Db } from '../database.ts';
import { planFromBeginning } from '../sync/planning.ts';
import { SEEN_AGAIN } from '../sync/presence.ts';
import { IS_READABLE, registerUnreadable } from '../sync/unreadable.ts';
import {
  countToPlan,
  forgetRefusedNames,
  lockReservations,
  mayGiveBack,
  releaseGoneNames,
} from './given-back-names.ts';
import { applyRenumberings, IS_UNDECIDED, recordUnclear, type DecidedRenumberings } from './renumberings.ts';
import { readRejectedAccounts, type RejectedAccounts } from './rejected-accounts.ts';
import { readReservationContext, type MutableReservationContext } from './reservation-context.ts';

/**
 * A request to reserve for the staged accounts of a run. `kinds` are the connection's kinds in the order of their rank.
 */
export interface ReservationRequest extends ReservationPolicy {
  readonly runId: string;
  readonly connectionId: string;
  readonly kinds: readonly string[];
  /** Legal entities that could not be read, or never were. Adoption by name waits for them. */
  readonly incompleteEntities: readonly string[];
}

/**
 * The reserved external ids and names of accounts. Each is unique within a connection. An account keeps what it holds.
 */
export interface ReservationStore {
  /**
   * Registers the accounts that a run has staged since the last call, releases the names of accounts that were renamed
   * in the ERP, and ranks the accounts: holders of an external id first, then by kind, legal entity and account number.
   * A reading that is older than the stored name releases nothing. Before that, accounts with a new number keep their
   * record, as decided in `renumberings`.
   */
  prepare(
    run: Pick<ReservationRequest, 'runId' | 'connectionId' | 'kinds'>,
    renumberings?: readonly DecidedRenumberings[],
  ): Promise<void>;
  /** Reserves for at most `limit` accounts ranked after `after`. Returns the last rank, or null when none was left. */
  reservePage(request: ReservationRequest, after: number, limit: number): Promise<number | null>;
  /**
   * Reserves again for these accounts, in the order of their rank, without the names that Zendesk refused. Then reserves
   * again for the accounts of the run that share a name with one of them and are not planned yet, because whether the
   * name is ambiguous concerns them all.
   */
  reserveAgain(request: ReservationRequest, keys: readonly RecordKey[], refusedNames: readonly string[]): Promise<void>;
  /**
   * Reserves again for the accounts of a slice that are done and have a name with a suffix, but whose plain name nobody
   * has any more. They are planned again, once in a run. Returns how many linked accounts of the slice are to be planned
   * again, also those of an interrupted attempt.
   */
  giveBack(request: ReservationRequest, slice: Pick<RecordKey, 'legalEntity' | 'kind'>): Promise<number>;
  /** Returns the unlinked accounts of a run that were rejected before, and what they could belong to. */
  rejected(
    run: Pick<ReservationRequest, 'runId' | 'connectionId'>,
    wanted: { asked: boolean },
  ): Promise<RejectedAccounts>;
}

/** Creates the store of the reservations of accounts. */
export function createReservationStore(db: Db): ReservationStore {
  return {
    prepare: (run, renumberings = []) =>
      db.transaction().execute(async (tx) => {
        await applyRenumberings(tx, run, renumberings);
        await prepare(tx, run);
        for (const slice of renumberings) await recordUnclear(tx, run, { slice, numbers: slice.unclear });
        await rank(tx, run);
      }),
    rejected: (run, wanted) => readRejectedAccounts(db, run, wanted),
    reservePage: (request, after, limit) =>
      db.transaction().execute(async (tx) => {
        await lockReservations(tx, request.connectionId);
        const rows = await staged(tx, request, sql`s.rank > ${after} order by s.rank limit ${limit}`);
        await reserveRows(tx, request, { rows, refusedNames: [], again: false });
        return rows.at(-1)?.rank ?? null;
      }),
    reserveAgain: (request, keys, refusedNames) =>
      db.transaction().execute(async (tx) => {
        await lockReservations(tx, request.connectionId);
        const wanted = JSON.stringify(keys.map(({ legalEntity, kind, key }) => [legalEntity, kind, key]));
        const isWanted = sql`jsonb_build_array(s.legal_entity, s.kind, s.key) in (select jsonb_array_elements(${wanted}::jsonb))`;
        const isNamesake = sql`s.outcome is null and s.operation is null and a.zendesk_id is null and s.rank is not null
        and s.plain_name_key in (select s.plain_name_key from staged_records s where s.run_id = ${request.runId} and ${isWanted})`;
        const condition = sql`(${isWanted} or (${isNamesake})) order by (${isWanted}) desc, s.rank, s.key`;
        const rows = await staged(tx, request, condition);
        await reserveRows(tx, request, { rows, refusedNames: refusedNames.map(nameKey), again: true });
      }),
    giveBack: (request, slice) => db.transaction().execute((tx) => giveBack(tx, request, slice)),
  };
}

async function giveBack(
  db: Db,
  request: ReservationRequest,
  slice: Pick<RecordKey, 'legalEntity' | 'kind'>,
): Promise<number> {
  await lockReservations(db, request.connectionId);
  const rows = await staged(db, request, mayGiveBack(slice));
  const moved = await reserveRows(db, request, { rows, refusedNames: [], again: true });
  await planFromBeginning(db, request.runId, moved);
  return countToPlan(db, request, slice);
}

async function prepare(
  db: Db,
  { runId, connectionId }: Pick<ReservationRequest, 'runId' | 'connectionId'>,
): Promise<void> {
  // A table that was just filled has no statistics, and a query planned without them can take minutes.
  await sql`analyze staged_records`.execute(db);
  await sql`insert into records as a
      (connection_id, legal_entity, kind, key, target, plain_name, plain_name_key, plain_name_read_at, party)
    select ${connectionId}, s.legal_entity, s.kind, s.key, s.target, s.plain_name, s.plain_name_key, s.read_at,
      s.record->>'party'
    from staged_records s where s.run_id = ${runId} and s.target = 'organization' and s.rank is null and ${IS_READABLE}
    order by 2, 3, 4
    on conflict (connection_id, legal_entity, kind, key) do update set
      ${SEEN_AGAIN}, plain_name = excluded.plain_name, plain_name_key = excluded.plain_name_key,
      plain_name_read_at = excluded.plain_name_read_at, party = excluded.party,
      name = case when a.plain_name = excluded.plain_name then a.name end,
      name_key = case when a.plain_name = excluded.plain_name then a.name_key end,
      plain_refused = a.plain_refused and a.plain_name = excluded.plain_name
    where (not a.present or a.plain_name is distinct from excluded.plain_name or a.party is distinct from excluded.party)
      and (a.plain_name_read_at is null or a.plain_name_read_at <= excluded.plain_name_read_at)
      and not (a.zendesk_id is not null and ${IS_UNDECIDED})`.execute(db);
  await registerUnreadable(db, { runId, connectionId, target: 'organization' });
  await releaseGoneNames(db, connectionId);
  await forgetRefusedNames(db, { runId, connectionId });
  await sql`analyze records, organizations`.execute(db);
}

async function rank(
  db: Db,
  { runId, connectionId, kinds }: Pick<ReservationRequest, 'runId' | 'connectionId' | 'kinds'>,
): Promise<void> {
  await sql`with ranked as (
      select s.ctid as place, row_number() over (order by a.external_id_key is null,
        array_position(${sql.val([...kinds])}::text[], s.kind), s.legal_entity collate "C", s.key collate "C") as rank
      from staged_records s join records a on a.connection_id = ${connectionId}
        and a.legal_entity = s.legal_entity and a.kind = s.kind and a.key = s.key
      where s.run_id = ${runId} and s.target = 'organization')
    update staged_records s set rank = ranked.rank, adopt_id = null, rejection = null
    from ranked where s.ctid = ranked.place and s.rank is null`.execute(db);
}

interface StagedRow {
  readonly record: ErpRecord;
  readonly rank: number;
  readonly external_id: string | null;
  readonly name: string | null;
  readonly zendesk_id: string | null;
  readonly former_keys: readonly string[];
  readonly organization: NamedOrganization | null;
  readonly plain_refused: boolean;
}

async function staged(db: Db, request: ReservationRequest, condition: ReturnType<typeof sql>): Promise<StagedRow[]> {
  const { rows } = await sql<StagedRow>`select s.record, s.rank, a.external_id, a.name, a.zendesk_id, a.plain_refused,
      array(select u.former_key from unclear_renumberings u where u.connection_id = a.connection_id
        and u.legal_entity = a.legal_entity and u.kind = a.kind and u.key = a.key order by 1) as former_keys,
      case when o.zendesk_id is not null then jsonb_build_object('id', o.zendesk_id, 'name', coalesce(o.name, ''),
        'externalId', o.external_id, 'linkedTo', null) end as organization
    from staged_records s join records a on a.connection_id = ${request.connectionId}
      and a.legal_entity = s.legal_entity and a.kind = s.kind and a.key = s.key
    left join organizations o on o.connection_id = a.connection_id and o.zendesk_id = a.zendesk_id
    where s.run_id = ${request.runId} and s.target = 'organization' and ${condition}`.execute(db);
  return rows;
}

interface Reserved {
  readonly record: ErpRecord;
  readonly held: HeldReservation;
  readonly result: ReservationResult;
  /** True when Zendesk has just refused the plain name. */
  readonly isPlainRefused: boolean;
}

/** Reserves for rows. Returns the keys of those that have another name now. */
async function reserveRows(
  db: Db,
  request: ReservationRequest,
  page: { rows: readonly StagedRow[]; refusedNames: readonly string[]; again: boolean },
): Promise<readonly RecordKey[]> {
  const { rows } = page;
  if (rows.length === 0) return [];
  const context = await readReservationContext(db, request, {
    externalIdKeys: rows.flatMap(({ record }) => renderedKeys(request.templates, record)),
    nameKeys: rows.flatMap(({ record, name }) =>
      [...nameCandidates(record), ...(name === null ? [] : [name])].map(nameKey),
    ),
    refusedNames: page.refusedNames,
  });
  const reserved = rows.map((row) => reserveRow(row, context, request));
  await saveReserved(db, request, { reserved, again: page.again });
  const moved = reserved.filter(({ held, result }) => heldAfter(result).name !== held.name);
  return moved.map(({ record }) => keyOf(record));
}

function renderedKeys(templates: ReservationPolicy['templates'], account: ErpRecord): string[] {
  const rendered = renderExternalId(templates, account);
  return 'externalId' in rendered ? [externalIdKey(rendered.externalId)] : [];
}

function reserveRow(row: StagedRow, context: MutableReservationContext, policy: ReservationPolicy): Reserved {
  const held: HeldReservation = {
    externalId: row.external_id,
    name: row.name,
    zendeskId: row.zendesk_id,
    formerKeys: row.former_keys,
    organization: row.organization,
    isPlainRefused: row.plain_refused,
  };
  const result = reserveAccount(row.record, held, { context, policy });
  context.move(recordKeyText(row.record), held, heldAfter(result));
  return { record: row.record, held, result, isPlainRefused: context.refused(nameKey(plainName(row.record))) };
}

/** Returns what an account holds after the decision. Most rejected accounts lose their name. */
function heldAfter(result: ReservationResult): { externalId: string | null; name: string | null } {
  return 'reservation' in result ? result.reservation : { externalId: result.externalId, name: result.name ?? null };
}

interface SavedRow {
  legal_entity: string;
  kind: string;
  key: string;
  external_id: string | null;
  external_id_key: string | null;
  name: string | null;
  name_key: string | null;
  adopt_id: string | null;
  rejection: Rejection | null;
  plain_refused: boolean;
}

async function saveReserved(
  db: Db,
  request: ReservationRequest,
  { reserved, again }: { reserved: readonly Reserved[]; again: boolean },
): Promise<void> {
  const rows = reserved.map(toRow);
  const moved = rows.filter((row, index) => isMoved(row, reserved[index]?.held));
  const ofAccounts = sql`a.connection_id = ${request.connectionId} and a.legal_entity = r.legal_entity
    and a.kind = r.kind and a.key = r.key`;
  if (moved.length > 0) {
    // Unique indexes are checked row by row, so a name must be released before another account takes it.
    await sql`update records a set external_id = null, external_id_key = null, name = null, name_key = null
      from ${recordset(moved)} where ${ofAccounts}`.execute(db);
    await sql`update records a set external_id = r.external_id, external_id_key = r.external_id_key,
      name = r.name, name_key = r.name_key, plain_refused = a.plain_refused or r.plain_refused from ${recordset(moved)} where ${ofAccounts}`.execute(
      db,
    );
  }
  const decided = rows.filter(({ adopt_id, rejection }) => again || adopt_id !== null || rejection !== null);
  if (decided.length > 0) {
    await sql`update staged_records s set adopt_id = r.adopt_id, rejection = r.rejection from ${recordset(decided)}
      where s.run_id = ${request.runId} and s.legal_entity = r.legal_entity and s.kind = r.kind
        and s.key = r.key`.execute(db);
  }
}

function toRow({ record: account, result, isPlainRefused }: Reserved): SavedRow {
  const { externalId, name } = heldAfter(result);
  return {
    legal_entity: account.legalEntity,
    kind: account.kind,
    key: account.key,
    external_id: externalId,
    external_id_key: externalId === null ? null : externalIdKey(externalId),
    name,
    name_key: name === null ? null : nameKey(name),
    adopt_id: 'reservation' in result ? result.reservation.adoptId : null,
    rejection: 'rejection' in result ? result.rejection : null,
    plain_refused: isPlainRefused,
  };
}

function isMoved(row: SavedRow, held: HeldReservation | undefined): boolean {
  return row.external_id !== (held?.externalId ?? null) || row.name !== (held?.name ?? null);
}

function recordset(rows: readonly SavedRow[]) {
  return sql`jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r(legal_entity text, kind text, key text,
    external_id text, external_id_key text, name text, name_key text, adopt_id text, rejection jsonb,
    plain_refused boolean)`;
}
