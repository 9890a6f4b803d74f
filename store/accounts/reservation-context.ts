import { sql } from 'kysely';
import { externalIdKey } from '../../domain/sync/external-id.ts';
import type { HeldReservation, NamedOrganization, ReservationContext } from '../../domain/accounts/reserve-account.ts';
import { nameKey } from '../../domain/sync/record-name.ts';
import type { Db } from '../database.ts';
import { MAX_ABSENCES } from '../sync/presence.ts';

/** A context that is kept up to date while accounts reserve one after the other. */
export interface MutableReservationContext extends ReservationContext {
  /** Replaces what an account held before by what it holds now. */
  move(self: string, before: HeldReservation, now: { externalId: string | null; name: string | null }): void;
}

/** The external ids and names, in their compared form, that the accounts of a page may reserve. */
export interface ContextRequest {
  readonly externalIdKeys: readonly string[];
  readonly nameKeys: readonly string[];
  /** Names that Zendesk refused, in their compared form. */
  readonly refusedNames: readonly string[];
}

const KEY_TEXT = sql<string>`a.legal_entity || '/' || a.kind || '/' || a.key`;

/**
 * Reads which records and organizations hold the external ids and names of a page, in five queries for any page size.
 */
export async function readReservationContext(
  db: Db,
  scope: { connectionId: string; incompleteEntities: readonly string[] },
  request: ContextRequest,
): Promise<MutableReservationContext> {
  const { connectionId } = scope;
  const externalIds = await readHolders(db, { connectionId, column: 'external_id_key', keys: request.externalIdKeys });
  const names = await readHolders(db, { connectionId, column: 'name_key', keys: request.nameKeys });
  const named = await readOrganizations(db, { connectionId, column: 'name_key', keys: request.nameKeys });
  const found = await readOrganizations(db, { connectionId, column: 'external_id_key', keys: request.externalIdKeys });
  const sharing = await countSharing(db, connectionId, request.nameKeys);
  return {
    incompleteEntities: scope.incompleteEntities,
    externalIdHolder: (key) => externalIds.get(key),
    nameHolder: (key) => names.get(key),
    organizationsNamed: (key) => named.get(key) ?? [],
    organizationWithExternalId: (key) => found.get(key)?.[0],
    accountsNamed: (key) => sharing.get(key) ?? 0,
    refused: (key) => request.refusedNames.includes(key),
    move(self, before, now) {
      moveHolding(externalIds, self, {
        before: before.externalId === null ? null : externalIdKey(before.externalId),
        now: now.externalId === null ? null : externalIdKey(now.externalId),
      });
      moveHolding(names, self, {
        before: before.name === null ? null : nameKey(before.name),
        now: now.name === null ? null : nameKey(now.name),
      });
    },
  };
}

function moveHolding(
  holders: Map<string, string>,
  self: string,
  keys: { before: string | null; now: string | null },
): void {
  if (keys.before !== null && holders.get(keys.before) === self) holders.delete(keys.before);
  if (keys.now !== null) holders.set(keys.now, self);
}

interface Lookup {
  readonly connectionId: string;
  readonly column: 'external_id_key' | 'name_key';
  readonly keys: readonly string[];
}

async function readHolders(db: Db, { connectionId, column, keys }: Lookup): Promise<Map<string, string>> {
  const { rows } = await sql<{ key: string; holder: string }>`select a.${sql.ref(column)} as key, ${KEY_TEXT} as holder
    from records a where a.connection_id = ${connectionId} and a.target = 'organization' and a.${sql.ref(column)} = any(${sql.val([...keys])}::text[])`.execute(
    db,
  );
  return new Map(rows.map(({ key, holder }) => [key, holder]));
}

/** Reads organizations. An external id that the linked account has left, because it has a new number, counts as free. */
async function readOrganizations(
  db: Db,
  { connectionId, column, keys }: Lookup,
): Promise<Map<string, NamedOrganization[]>> {
  const { rows } = await sql<NamedOrganization & { key: string }>`
    select o.${sql.ref(column)} as key, o.zendesk_id as id, coalesce(o.name, '') as name, o.external_id as "externalId", ${KEY_TEXT} as "linkedTo"
    from organizations o left join records a on a.connection_id = o.connection_id and a.target = 'organization'
      and a.zendesk_id = o.zendesk_id
    where o.connection_id = ${connectionId} and o.${sql.ref(column)} = any(${sql.val([...keys])}::text[])
      and (${column === 'name_key'} or a.renumbered_from is null
        or a.external_id_key is not distinct from o.external_id_key)`.execute(db);
  const byKey = new Map<string, NamedOrganization[]>();
  for (const { key, ...organization } of rows) byKey.set(key, [...(byKey.get(key) ?? []), organization]);
  return byKey;
}

/**
 * Counts accounts by name, without those whose organization has the plain name. One that only the last reading did not
 * contain still counts.
 */
async function countSharing(db: Db, connectionId: string, keys: readonly string[]): Promise<Map<string, number>> {
  const { rows } = await sql<{ key: string; accounts: number }>`select a.plain_name_key as key, count(*) as accounts
    from records a where a.connection_id = ${connectionId} and a.target = 'organization'
      and (a.zendesk_id is null or a.name_key is distinct from a.plain_name_key)
      and (a.present or a.absences < ${MAX_ABSENCES}) and a.plain_name_key = any(${sql.val([...keys])}::text[]) group by 1`.execute(
    db,
  );
  return new Map(rows.map(({ key, accounts }) => [key, accounts]));
}
