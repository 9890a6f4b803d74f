import { sql, type RawBuilder } from 'kysely';
import type { RecordKey } from '../../domain/sync/record.ts';
import type { Db } from '../database.ts';
import { MAX_ABSENCES } from '../sync/presence.ts';

interface RunOfConnection {
  readonly runId: string;
  readonly connectionId: string;
}

type SliceOfRun = Pick<RecordKey, 'legalEntity' | 'kind'>;

/** Accounts that give their suffix back in one step. */
const AT_ONCE = 1_000;

/**
 * Locks the reservations of a connection until the transaction ends. Slices reserve side by side, and only one of them at
 * a time may look for a free name and take it.
 */
export async function lockReservations(db: Db, connectionId: string): Promise<void> {
  await sql`select id from connections where id = ${connectionId} for no key update`.execute(db);
}

/**
 * Selects the staged accounts `s` of a slice, registered as `a`, that are done and have a name with a suffix although
 * nobody has their plain name: no account has reserved it, and no other organization is called so. A run that applies a
 * plan selects none, because a second change of a name was not approved. The next run does.
 */
export function mayGiveBack({ legalEntity, kind }: SliceOfRun): RawBuilder<unknown> {
  return sql`s.legal_entity = ${legalEntity} and s.kind = ${kind}
    and s.outcome in ('created', 'adopted', 'updated', 'unchanged') and s.prior_outcome is null
    and a.zendesk_id is not null and a.name_key <> a.plain_name_key and not a.plain_refused
    and not exists (select from plans p where p.apply_run_id = s.run_id)
    and not exists (select from records h where h.connection_id = a.connection_id and h.target = 'organization'
      and h.name_key = a.plain_name_key)
    and not exists (select from organizations n where n.connection_id = a.connection_id
      and n.name_key = a.plain_name_key and n.zendesk_id <> a.zendesk_id)
    order by s.rank, s.key limit ${AT_ONCE}`;
}

/** Counts the linked accounts of a slice that have had an outcome in the run and have no plan now. */
export async function countToPlan(
  db: Db,
  { runId, connectionId }: RunOfConnection,
  { legalEntity, kind }: SliceOfRun,
): Promise<number> {
  const { rows } = await sql<{ accounts: number }>`select count(*) as accounts from staged_records s
    join records a on a.connection_id = ${connectionId} and a.legal_entity = s.legal_entity and a.kind = s.kind
      and a.key = s.key
    where s.run_id = ${runId} and s.legal_entity = ${legalEntity} and s.kind = ${kind} and a.zendesk_id is not null
      and s.prior_outcome is not null and s.outcome is null and s.operation is null`.execute(db);
  return rows[0]?.accounts ?? 0;
}

/** Releases the names of accounts that neither F&O nor Zendesk has any more. */
export async function releaseGoneNames(db: Db, connectionId: string): Promise<void> {
  await sql`update records set name = null, name_key = null where connection_id = ${connectionId}
    and target = 'organization' and name_key is not null and zendesk_id is null and not present
    and absences >= ${MAX_ABSENCES}`.execute(db);
}

/**
 * Forgets that Zendesk refused plain names without a visible reason: when an organization is known by now that has the
 * name, and in every full run.
 */
export async function forgetRefusedNames(db: Db, { runId, connectionId }: RunOfConnection): Promise<void> {
  await sql`update records a set plain_refused = false where a.connection_id = ${connectionId} and a.plain_refused
    and (exists (select from runs where run_id = ${runId} and full_comparison)
      or exists (select from organizations o where o.connection_id = a.connection_id and o.name_key = a.plain_name_key
        and o.zendesk_id is distinct from a.zendesk_id))`.execute(db);
}
