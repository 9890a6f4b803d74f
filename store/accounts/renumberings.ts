import { sql } from 'kysely';
import type { KnownAccount, ReadAccount, Renumberings, UnclearNumber } from '../../domain/accounts/renumbering.ts';
import { externalIdKey } from '../../domain/sync/external-id.ts';
import type { Db } from '../database.ts';
import { IS_READABLE } from '../sync/unreadable.ts';

/** A run that has staged accounts. */
interface Run {
  readonly runId: string;
  readonly connectionId: string;
}

/** One legal entity and kind. */
export interface AccountSlice {
  readonly legalEntity: string;
  readonly kind: string;
}

/**
 * Numbers of one legal entity and kind that a run has read, and whose accounts may have had another one before: those
 * without an organization, and those with another party than before.
 */
export interface Suspects extends AccountSlice {
  readonly fresh: readonly ReadAccount[];
  readonly changed: readonly ReadAccount[];
}

/** Parties and numbers of accounts. */
export interface PartiesAndKeys {
  readonly parties: readonly string[];
  readonly keys: readonly string[];
}

/** What was decided about the new numbers of one legal entity and kind. */
export interface DecidedRenumberings extends AccountSlice, Renumberings {}

/** What the store knows about accounts whose number may have changed. */
export interface RenumberingStore {
  /**
   * Returns the accounts that a run has staged since the last ranking and that may have had another number before,
   * because their party has other known accounts. Usually there are none.
   */
  suspects(run: Run): Promise<readonly Suspects[]>;
  /** Returns the known accounts of these parties and numbers. */
  known(run: Run, slice: AccountSlice, wanted: PartiesAndKeys): Promise<readonly KnownAccount[]>;
  /**
   * Returns, for each of these external ids that an organization has, the number of the account that is linked to it, or
   * null if none is, by the compared form of the external id.
   */
  holders(connectionId: string, externalIds: readonly string[]): Promise<ReadonlyMap<string, string | null>>;
}

/** Creates the store of changed numbers. */
export function createRenumberingStore(db: Db): RenumberingStore {
  return {
    suspects: (run) => suspects(db, run),
    known: (run, slice, wanted) => knownOf(db, run, { slice, wanted }),
    async holders(connectionId, externalIds) {
      const { rows } = await sql<{ key: string; holder: string | null }>`
        select o.external_id_key as key, a.key as holder from organizations o
        left join records a on a.connection_id = o.connection_id and a.target = 'organization'
          and a.zendesk_id = o.zendesk_id
        where o.connection_id = ${connectionId}
          and o.external_id_key = any(${sql.val(externalIds.map(externalIdKey))}::text[])`.execute(db);
      return new Map(rows.map(({ key, holder }) => [key, holder]));
    },
  };
}

/** The key of a staged record `s` and of an account `a`. */
const SAME_ACCOUNT = sql`a.legal_entity = s.legal_entity and a.kind = s.kind and a.key = s.key`;

/** Is true for an account `a` that another running run writes. */
function isBusy(runId: string) {
  return sql<boolean>`(a.claim_run is not null and a.claim_run <> ${runId} and exists (select from runs b
    where b.run_id = a.claim_run and b.status = 'running'))`;
}

/** Is true for an account `a` about whose number nothing is decided. */
export const IS_UNDECIDED = sql<boolean>`exists (select from unclear_renumberings u where u.connection_id = a.connection_id
  and u.legal_entity = a.legal_entity and u.kind = a.kind and u.key = a.key)`;

async function suspects(db: Db, run: Run): Promise<readonly Suspects[]> {
  const { connectionId, runId } = run;
  // A table that was just filled has no statistics, and a query planned without them can take minutes.
  await sql`analyze staged_records`.execute(db);
  const { rows } = await sql<AccountSlice & ReadAccount & { isFresh: boolean }>`
    with read as materialized (select s.legal_entity, s.kind, s.key, s.record->>'party' as party,
        a.zendesk_id is null as is_fresh from staged_records s
      left join records a on a.connection_id = ${connectionId} and ${SAME_ACCOUNT}
      where s.run_id = ${runId} and s.target = 'organization' and s.rank is null and ${IS_READABLE}
        and s.record->>'party' is not null and (a.key is null
          or (a.zendesk_id is null and not ${isBusy(runId)} and (not a.present or ${IS_UNDECIDED}))
          or (a.zendesk_id is not null and a.party <> s.record->>'party')))
    select f.legal_entity as "legalEntity", f.kind, f.key, f.party, f.is_fresh as "isFresh" from read f
    where exists (select from records a where a.connection_id = ${connectionId} and a.target = 'organization'
      and a.party = f.party and a.legal_entity = f.legal_entity and a.kind = f.kind and a.key <> f.key
      and (a.zendesk_id is not null or ${isBusy(runId)}))
    order by 1, 2, 3`.execute(db);
  const slices = new Map<string, Suspects>();
  for (const { legalEntity, kind, isFresh, ...account } of rows) {
    const place = `${legalEntity}/${kind}`;
    const { fresh, changed } = slices.get(place) ?? { fresh: [], changed: [] };
    const read = isFresh ? { fresh: [...fresh, account], changed } : { fresh, changed: [...changed, account] };
    slices.set(place, { legalEntity, kind, ...read });
  }
  return [...slices.values()];
}

async function knownOf(
  db: Db,
  { connectionId, runId }: Run,
  { slice: { legalEntity, kind }, wanted }: { slice: AccountSlice; wanted: PartiesAndKeys },
): Promise<readonly KnownAccount[]> {
  const { rows } = await sql<KnownAccount>`
    select a.key, a.party, a.zendesk_id is not null as "isLinked", ${isBusy(runId)} as "isBusy" from records a
    where a.connection_id = ${connectionId} and a.legal_entity = ${legalEntity} and a.kind = ${kind}
      and a.party is not null and (a.zendesk_id is not null or ${isBusy(runId)} or (a.present and not ${IS_UNDECIDED}))
      and (a.party = any(${sql.val([...wanted.parties])}::text[]) or a.key = any(${sql.val([...wanted.keys])}::text[]))
    order by a.key`.execute(db);
  return rows;
}

/**
 * Applies what was decided, before the staged accounts are registered. A move keeps the record with its link, and gives
 * it the new number. Staged accounts that F&O does not have any more are dropped.
 */
export async function applyRenumberings(db: Db, run: Run, decided: readonly DecidedRenumberings[]): Promise<void> {
  const { connectionId, runId } = run;
  await sql`delete from unclear_renumberings u where u.connection_id = ${connectionId} and (exists (select
      from staged_records s where s.run_id = ${runId} and s.target = 'organization' and s.rank is null
        and s.legal_entity = u.legal_entity and s.kind = u.kind and s.key = u.key)
    or exists (select from records a where a.connection_id = u.connection_id and a.legal_entity = u.legal_entity
      and a.kind = u.kind and a.key = u.key and not a.present))`.execute(db);
  for (const slice of decided) {
    for (const move of slice.moves) await moveAccount(db, run, { slice, ...move });
    await sql`delete from staged_records where run_id = ${runId} and legal_entity = ${slice.legalEntity}
      and kind = ${slice.kind} and key = any(${sql.val([...slice.vanished])}::text[])`.execute(db);
    await recordUnclear(db, run, { slice, numbers: slice.held });
  }
}

/** Records numbers about which nothing was decided. Call it when they are registered. */
export async function recordUnclear(
  db: Db,
  { connectionId }: Run,
  { slice, numbers }: { slice: AccountSlice; numbers: readonly UnclearNumber[] },
): Promise<void> {
  const pairs = numbers.flatMap(({ key, formerKeys }) => formerKeys.map((formerKey) => ({ key, former: formerKey })));
  if (pairs.length === 0) return;
  await sql`insert into unclear_renumberings (connection_id, legal_entity, kind, key, former_key)
    select ${connectionId}, ${slice.legalEntity}, ${slice.kind}, r.key, r.former
    from jsonb_to_recordset(${JSON.stringify(pairs)}::jsonb) as r(key text, former text)
    on conflict do nothing`.execute(db);
}

interface AccountMove {
  readonly slice: AccountSlice;
  readonly from: string;
  readonly to: string;
}

/** Gives an account another number, unless another run has changed one of the two numbers meanwhile. */
async function moveAccount(db: Db, { connectionId, runId }: Run, { slice, from, to }: AccountMove): Promise<void> {
  const { legalEntity, kind } = slice;
  const isIt = (key: string) =>
    sql`a.connection_id = ${connectionId} and a.legal_entity = ${legalEntity} and a.kind = ${kind} and a.key = ${key}`;
  await sql`delete from unclear_renumberings a where ${isIt(from)} or ${isIt(to)}`.execute(db);
  await sql`delete from records a where ${isIt(to)} and a.zendesk_id is null and a.claim_run is null`.execute(db);
  const { rows } = await sql<{ no: number }>`select 1 as no from records a where ${isIt(from)}
    and a.zendesk_id is not null and not ${isBusy(runId)}
    and not exists (select from records a where ${isIt(to)}) for update`.execute(db);
  if (rows.length === 0) return;
  const support = await takeSupport(db, isIt(from));
  // The external id is reserved again, and so is a name that contains the former number.
  await sql`update records a set key = ${to}, renumbered_from = ${from}, present = true, absences = 0,
      external_id = null, external_id_key = null,
      name = case when a.name_key = a.plain_name_key then a.name end,
      name_key = case when a.name_key = a.plain_name_key then a.name_key end
    where ${isIt(from)}`.execute(db);
  await sql`insert into account_support select r.* from jsonb_array_elements(${JSON.stringify(support)}::jsonb) x,
    jsonb_populate_record(null::account_support, x || jsonb_build_object('key', ${to}::text)) r`.execute(db);
  // Another run may have staged the former number. The account has its outcome in this run.
  await sql`update staged_records a set outcome = 'unchanged', operation_state = 'done'
    where a.legal_entity = ${legalEntity} and a.kind = ${kind} and a.key = ${from} and a.run_id <> ${runId}
      and a.outcome is null and a.operation is null and exists (select from runs b where b.run_id = a.run_id
        and b.connection_id = ${connectionId})`.execute(db);
}

/**
 * Deletes the support of an account, which refers to its number, and returns it. Where the account has tickets, the lines
 * count as not written, so that they are compared with the ERP once, which may not have kept the text.
 */
async function takeSupport(db: Db, isIt: ReturnType<typeof sql>): Promise<readonly object[]> {
  const { rows } = await sql<{ row: object }>`select to_jsonb(a) || case when exists (select from records r
      join tickets t on t.connection_id = r.connection_id and t.organization_id = r.zendesk_id
      where r.connection_id = a.connection_id and r.legal_entity = a.legal_entity and r.kind = a.kind and r.key = a.key)
    then '{"written": null}'::jsonb else '{}' end as row from account_support a where ${isIt}`.execute(db);
  await sql`delete from account_support a where ${isIt}`.execute(db);
  await sql`delete from annotation_wakes a where ${isIt}`.execute(db);
  return rows.map(({ row }) => row);
}
