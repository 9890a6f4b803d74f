import { sql, type RawBuilder } from 'kysely';
import { organizationPart, type SeenOrganization } from '../../domain/accounts/organization.ts';
import { externalIdKey } from '../../domain/sync/external-id.ts';
import type { Values } from '../../domain/sync/field-value.ts';
import { pickMapped, type MappedParts } from '../../domain/sync/mapping.ts';
import { nameKey } from '../../domain/sync/record-name.ts';
import type { Db } from '../database.ts';
import { differingFrom } from '../sync/kept-values.ts';
import type { Gone, Seen } from '../sync/seen.ts';
import { checkFieldsAgain } from '../connection/field-checks.ts';
import { recordTagsNotKept } from '../connection/tagging-checks.ts';
import { readFieldsFromStart } from './organization-fields.ts';

/**
 * An organization that we have just written. `written` are the values that were sent (`organizationValues`, or a part
 * of them), `writtenAt` is the time of the write by Zendesk's clock, and `ownTags` are those of our tags that it has.
 * `isShown` means that Zendesk has shown it since the write; what it showed is recorded separately.
 */
export interface WrittenOrganization {
  readonly id: string;
  readonly written: Values;
  readonly writtenAt: string | null;
  readonly ownTags: readonly string[];
  readonly isShown: boolean;
}

/** Changes of the stored organizations that a step has learned from Zendesk. */
export interface OrganizationChanges {
  readonly seen?: Seen<SeenOrganization>;
  readonly gone?: Gone;
  readonly written?: readonly WrittenOrganization[];
  /** True when Zendesk did not keep tags that were written. They are not written any more then. */
  readonly losesTags?: boolean | undefined;
}

/**
 * The organizations in Zendesk, as last shown or written, also those that Ledgerdesk did not create. Ids are decimal
 * texts.
 */
export interface OrganizationStore {
  /**
   * Returns the time from which the incremental export continues, in unix seconds. It is 0 before the first reading,
   * and while the values of one of the fields are not known for every organization.
   */
  cursor(connectionId: string, fields: readonly string[]): Promise<number>;
  /**
   * Records organizations that Zendesk has shown, unless a later answer was recorded before. A deleted organization is
   * forgotten and its account is unlinked. `cursor` is stored in the same transaction.
   */
  record(connectionId: string, seen: Seen<SeenOrganization>, cursor: number): Promise<void>;
  /** Returns up to `limit` ids of organizations that Zendesk last showed in an unexpected form. */
  defectiveIds(connectionId: string, limit: number): Promise<string[]>;
  /** Returns the ids of linked organizations after `after`, for a full comparison. */
  linkedIds(connectionId: string, page: { after: string; limit: number }): Promise<string[]>;
}

/** Creates the store of organizations. */
export function createOrganizationStore(db: Db): OrganizationStore {
  return {
    async cursor(connectionId, fields) {
      await readFieldsFromStart(db, connectionId, fields);
      const row = await db
        .selectFrom('organization_cursors')
        .select('start_time')
        .where('connection_id', '=', connectionId)
        .executeTakeFirst();
      return row?.start_time ?? 0;
    },
    record: (connectionId, seen, cursor) =>
      db.transaction().execute(async (tx) => {
        await recordSeen(tx, connectionId, seen);
        await tx
          .updateTable('organization_cursors')
          .set({ start_time: cursor })
          .where('connection_id', '=', connectionId)
          .execute();
      }),
    async defectiveIds(connectionId, limit) {
      const { rows } = await sql<{ id: string }>`select zendesk_id as id from organizations
        where connection_id = ${connectionId} and defect is not null order by 1 limit ${limit}`.execute(db);
      return rows.map(({ id }) => id);
    },
    async linkedIds(connectionId, { after, limit }) {
      const { rows } = await sql<{
        id: string;
      }>`select zendesk_id as id from records where connection_id = ${connectionId} and target = 'organization'
        and zendesk_id > ${after} and present order by zendesk_id limit ${limit}`.execute(db);
      return rows.map(({ id }) => id);
    },
  };
}

/** Converts a row `o` of `organizations` to a KnownOrganization in JSON. */
const KNOWN = sql`jsonb_build_object('id', o.zendesk_id, 'ownTags', o.own_tags, 'written', o.written,
  'isLatest', coalesce(o.updated_at <= o.written_at, false), 'kept', o.kept, 'defect', o.defect, 'values', o.fields || jsonb_build_object('external_id', o.external_id)
    || case when o.name is null then '{}'::jsonb else jsonb_build_object('name', o.name) end)`;

/** Selects the stored organization with this id. */
export function seenOrganizationById(connectionId: string, id: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`select ${KNOWN} as value from organizations o where o.connection_id = ${connectionId} and o.zendesk_id = ${id}`;
}

/**
 * Selects the stored organization that an account `a`, staged as `s`, is linked to. For an unlinked account, the external
 * id decides, and else the organization that it will adopt.
 */
export function seenOrganizationOf(connectionId: string): RawBuilder<unknown> {
  return sql`select ${KNOWN} as value from organizations o where o.connection_id = ${connectionId}
      and a.zendesk_id is not null and o.zendesk_id = a.zendesk_id
    union all (select ${KNOWN} as value from organizations o where o.connection_id = ${connectionId}
      and a.zendesk_id is null and o.external_id_key = a.external_id_key and not exists (select from records l
        where l.connection_id = ${connectionId} and l.target = 'organization' and l.zendesk_id = o.zendesk_id) limit 1)
    union all (select ${KNOWN} as value from organizations o where o.connection_id = ${connectionId}
      and a.zendesk_id is null and o.zendesk_id = s.adopt_id and not exists (select from organizations e
        where e.connection_id = ${connectionId} and e.external_id_key = a.external_id_key))`;
}

/** Records changes of organizations within the transaction of the caller. */
export async function recordOrganizations(db: Db, connectionId: string, changes: OrganizationChanges): Promise<void> {
  const { seen, gone, written = [], losesTags = false } = changes;
  if (losesTags) await recordTagsNotKept(db, connectionId, 'organization');
  if (seen) await recordSeen(db, connectionId, seen);
  if (gone) await forgetOrganizations(db, connectionId, gone);
  await recordWritten(db, connectionId, written);
}

async function recordSeen(db: Db, connectionId: string, seen: Seen<SeenOrganization>): Promise<void> {
  const { items: organizations, askedAt } = seen;
  const deleted = organizations.filter((organization) => organization.deleted).map(({ id }) => id);
  await forgetOrganizations(db, connectionId, { ids: deleted, askedAt });
  const live = organizations.filter(({ deleted, defect }) => !deleted && defect === undefined);
  await recordDefective(db, connectionId, seen);
  const rows = [
    ...new Map(live.map((organization) => [organization.id, toSeenRow(organization, seen.mapped)])).values(),
  ];
  if (rows.length === 0) return;
  if (await showsOtherFields(db, connectionId, rows)) await checkFieldsAgain(db, connectionId, 'organization');
  await sql`insert into organizations as o
      (connection_id, zendesk_id, external_id, external_id_key, name, name_key, fields, updated_at, own_tags, noted_at)
    select ${connectionId}, r.zendesk_id, r.external_id, r.external_id_key, r.name, r.name_key, r.fields, r.updated_at,
      array(select jsonb_array_elements_text(r.own_tags)), ${askedAt}
    from ${seenRows(rows)} order by r.zendesk_id
    on conflict (connection_id, zendesk_id) do update set external_id = excluded.external_id,
      external_id_key = excluded.external_id_key, name = excluded.name, name_key = excluded.name_key,
      fields = excluded.fields, updated_at = excluded.updated_at,
      kept = case when excluded.updated_at <= o.written_at then ${differingFrom(sql`o.written`, shownValues('excluded'))} else o.kept end,
      own_tags = excluded.own_tags, noted_at = excluded.noted_at, defect = null
    where o.noted_at <= excluded.noted_at`.execute(db);
}

/** Records organizations that Zendesk shows in an unexpected form. What is known of them stays as it is. */
async function recordDefective(
  db: Db,
  connectionId: string,
  { items, askedAt }: Seen<SeenOrganization>,
): Promise<void> {
  const rows = items.flatMap(({ id, externalId, defect, deleted }) =>
    defect === undefined || deleted
      ? []
      : [{ id, external_id: externalId, key: externalId === null ? null : externalIdKey(externalId), defect }],
  );
  if (rows.length === 0) return;
  await sql`insert into organizations as o (connection_id, zendesk_id, external_id, external_id_key, name_key, defect, noted_at)
    select ${connectionId}, r.id, r.external_id, r.key, '', r.defect, ${askedAt}
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r(id text, external_id text, key text, defect text)
    order by r.id
    on conflict (connection_id, zendesk_id) do update set defect = excluded.defect, noted_at = excluded.noted_at
    where o.noted_at <= excluded.noted_at`.execute(db);
}

/** Returns all values of a row of `organizations`, by the names of `organizationValues`. */
function shownValues(row: 'o' | 'excluded'): RawBuilder<unknown> {
  const column = (name: string): RawBuilder<unknown> => sql.ref(`${row}.${name}`);
  return sql`(${column('fields')} || jsonb_build_object('external_id', ${column('external_id')}, 'name', ${column('name')}))`;
}

interface SeenRow {
  readonly zendesk_id: string;
  readonly external_id: string | null;
  readonly external_id_key: string | null;
  readonly name: string;
  readonly name_key: string;
  readonly fields: Values;
  /** Mapped fields that are missing in the answer of Zendesk. */
  readonly absent: readonly string[];
  readonly updated_at: string;
  readonly own_tags: readonly string[];
}

function toSeenRow({ id, externalId, name, fields, tags, updatedAt }: SeenOrganization, mapped: MappedParts): SeenRow {
  const { values, absent, ownTags } = pickMapped({ fields, tags }, mapped);
  return {
    zendesk_id: id,
    external_id: externalId,
    external_id_key: externalId === null ? null : externalIdKey(externalId),
    name,
    name_key: nameKey(name),
    fields: values,
    absent,
    updated_at: updatedAt,
    own_tags: ownTags,
  };
}

function seenRows(rows: readonly SeenRow[]) {
  return sql`jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r(zendesk_id text, external_id text, external_id_key text,
    name text, name_key text, fields jsonb, absent jsonb, updated_at timestamptz, own_tags jsonb)`;
}

/**
 * Returns whether the custom fields in Zendesk seem to have changed. That is so when a field that had a value is
 * missing, or when Zendesk shows, for the first time, another value than we wrote although the organization was not
 * changed since.
 */
async function showsOtherFields(db: Db, connectionId: string, rows: readonly SeenRow[]): Promise<boolean> {
  const { rows: found } = await sql<{ differs: boolean }>`select exists (select from ${seenRows(rows)}
    join organizations o on o.connection_id = ${connectionId} and o.zendesk_id = r.zendesk_id
    where exists (select from jsonb_array_elements_text(r.absent) a (key) where o.fields ->> a.key is not null)
      or (r.updated_at <= o.written_at and exists (select from jsonb_each(r.fields) f
        where o.written ? f.key and o.written -> f.key <> f.value and o.fields -> f.key is distinct from f.value))) as differs`.execute(
    db,
  );
  return found[0]?.differs === true;
}

async function recordWritten(db: Db, connectionId: string, written: readonly WrittenOrganization[]): Promise<void> {
  if (written.length === 0) return;
  const rows = written.map(({ id, written: values, writtenAt, ownTags, isShown }) => {
    const { externalId, name, fields = {} } = organizationPart(values);
    return {
      zendesk_id: id,
      external_id: externalId ?? null,
      external_id_key: externalId === undefined ? null : externalIdKey(externalId),
      name: name ?? null,
      name_key: name === undefined ? null : nameKey(name),
      fields,
      written: values,
      written_at: writtenAt,
      own_tags: ownTags,
      is_shown: isShown,
    };
  });
  const set = sql`jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r(zendesk_id text, external_id text,
    external_id_key text, name text, name_key text, fields jsonb, written jsonb, written_at timestamptz, own_tags jsonb,
    is_shown boolean)`;
  await sql`insert into organizations (connection_id, zendesk_id, name_key, noted_at)
    select ${connectionId}, r.zendesk_id, coalesce(r.name_key, ''), clock_timestamp() from ${set}
    where not r.is_shown order by r.zendesk_id on conflict do nothing`.execute(db);
  await sql`update organizations o set written = coalesce(o.written, '{}') || r.written, written_at = coalesce(r.written_at, o.written_at),
      external_id = case when r.is_shown then o.external_id else coalesce(r.external_id, o.external_id) end,
      external_id_key = case when r.is_shown then o.external_id_key else coalesce(r.external_id_key, o.external_id_key) end,
      name = case when r.is_shown then o.name else coalesce(r.name, o.name) end,
      name_key = case when r.is_shown then o.name_key else coalesce(r.name_key, o.name_key) end,
      fields = case when r.is_shown then o.fields else o.fields || r.fields end,
      kept = (o.kept - array(select jsonb_object_keys(r.written)))
        || case when r.is_shown then ${differingFrom(sql`r.written`, shownValues('o'))} else '{}' end,
      own_tags = case when r.is_shown then o.own_tags else array(select jsonb_array_elements_text(r.own_tags)) end,
      noted_at = case when r.is_shown then o.noted_at else clock_timestamp() end
    from ${set} where o.connection_id = ${connectionId} and o.zendesk_id = r.zendesk_id`.execute(db);
}

/** Forgets organizations that did not exist in Zendesk at `askedAt`, and unlinks their accounts. */
async function forgetOrganizations(db: Db, connectionId: string, gone: Gone): Promise<void> {
  if (gone.ids.length === 0) return;
  const ids = sql.val([...gone.ids]);
  await sql`delete from organizations where connection_id = ${connectionId} and zendesk_id = any(${ids}::text[])
    and noted_at <= ${gone.askedAt}`.execute(db);
  await sql`update records a set zendesk_id = null where a.connection_id = ${connectionId}
    and a.target = 'organization' and a.zendesk_id = any(${ids}::text[]) and not exists (select from organizations o
      where o.connection_id = a.connection_id and o.zendesk_id = a.zendesk_id)`.execute(db);
}
