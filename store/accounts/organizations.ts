import { sql } from 'kysely';
import { externalIdKey } from '../../domain/sync/external-id.ts';
import { nameKey } from '../../domain/accounts/organization-name.ts';
import { canonicalForm, type OrganizationForm, type SeenOrganization } from '../../domain/accounts/organization.ts';
import type { Db } from '../database.ts';
import { contentHash } from '../connection/sealing.ts';

/** An organization that we have just written: its id, the form it now has, and which of our tags it carries. */
export interface WrittenOrganization {
  readonly id: string;
  readonly form: OrganizationForm;
  readonly ownTags: readonly string[];
}

/** What is known of the organizations in Zendesk, whoever made them. Ids are decimal texts. */
export interface OrganizationStore {
  /** Where the incremental export goes on: a time in unix seconds, 0 before the first reading. */
  cursor(connectionId: string): Promise<number>;
  /**
   * Notes organizations that Zendesk has shown to a request made at `askedAt`; one that was noted later stays as it is.
   * A deleted one is forgotten and its account unlinked. `cursor` is stored in the same transaction when given.
   */
  note(
    connectionId: string,
    seen: readonly SeenOrganization[],
    at: { askedAt: Date; cursor?: number | undefined },
  ): Promise<void>;
  /** Ids of linked organizations after `after`, for a full comparison. */
  linkedIds(connectionId: string, page: { after: string; limit: number }): Promise<string[]>;
}

/** Hash of a form, of ours or of Zendesk's: equal hashes mean that nothing needs to be written. */
export function formHash(form: Parameters<typeof canonicalForm>[0]): string {
  return contentHash(canonicalForm(form));
}

/** Builds the store of seen organizations. */
export function createOrganizationStore(db: Db): OrganizationStore {
  return {
    async cursor(connectionId) {
      const row = await db
        .selectFrom('organization_cursors')
        .select('start_time')
        .where('connection_id', '=', connectionId)
        .executeTakeFirst();
      return row?.start_time ?? 0;
    },
    note: (connectionId, seen, at) => db.transaction().execute((tx) => noteSeen(tx, connectionId, { seen, ...at })),
    async linkedIds(connectionId, { after, limit }) {
      const { rows } = await sql<{
        id: string;
      }>`select zendesk_id as id from records where connection_id = ${connectionId} and kind <> 'contact'
        and zendesk_id > ${after} and present order by zendesk_id limit ${limit}`.execute(db);
      return rows.map(({ id }) => id);
    },
  };
}

/** Notes what we have written ourselves, so that the export does not seem to differ from it. */
export async function noteWritten(
  db: Db,
  connectionId: string,
  written: readonly WrittenOrganization[],
): Promise<void> {
  await upsert(db, connectionId, { rows: written.map(({ id, form, ownTags }) => toRow({ id, ...form, ownTags })) });
}

/** Notes organizations as `OrganizationStore.note` does, inside a transaction of the caller's. */
export async function noteSeen(
  db: Db,
  connectionId: string,
  page: { seen: readonly SeenOrganization[]; askedAt: Date; cursor?: number | undefined },
): Promise<void> {
  const deleted = page.seen.filter((organization) => organization.deleted).map(({ id }) => id);
  await forgetOrganizations(db, connectionId, { ids: deleted, askedAt: page.askedAt });
  const live = page.seen.filter((organization) => !organization.deleted);
  await upsert(db, connectionId, { rows: live.map(toRow), askedAt: page.askedAt });
  if (page.cursor === undefined) return;
  const row = { start_time: page.cursor };
  await db
    .insertInto('organization_cursors')
    .values({ connection_id: connectionId, ...row })
    .onConflict((conflict) => conflict.column('connection_id').doUpdateSet(row))
    .execute();
}

interface SeenRow {
  readonly zendesk_id: string;
  readonly external_id: string | null;
  readonly external_id_key: string | null;
  readonly name_key: string;
  readonly form_hash: string;
  readonly own_tags: readonly string[];
}

function toRow(seen: Omit<SeenOrganization, 'updatedAt' | 'deleted'>): SeenRow {
  const externalId = (seen.externalId ?? '') === '' ? null : seen.externalId;
  return {
    zendesk_id: seen.id,
    external_id: externalId,
    external_id_key: externalId === null ? null : externalIdKey(externalId),
    name_key: nameKey(seen.name),
    form_hash: formHash(seen),
    own_tags: seen.ownTags,
  };
}

/** `askedAt` undefined: we know it now, for we wrote it ourselves. */
async function upsert(
  db: Db,
  connectionId: string,
  { rows, askedAt }: { rows: readonly SeenRow[]; askedAt?: Date },
): Promise<void> {
  if (rows.length === 0) return;
  const unique = [...new Map(rows.map((row) => [row.zendesk_id, row])).values()];
  await sql`insert into organizations as o
      (connection_id, zendesk_id, external_id, external_id_key, name_key, form_hash, own_tags, noted_at)
    select ${connectionId}, r.zendesk_id, r.external_id, r.external_id_key, r.name_key, r.form_hash,
      array(select jsonb_array_elements_text(r.own_tags)), coalesce(${askedAt ?? null}::timestamptz, clock_timestamp())
    from jsonb_to_recordset(${JSON.stringify(unique)}::jsonb) as r(zendesk_id text, external_id text, external_id_key text,
      name_key text, form_hash text, own_tags jsonb) order by r.zendesk_id
    on conflict (connection_id, zendesk_id) do update set external_id = excluded.external_id,
      external_id_key = excluded.external_id_key, name_key = excluded.name_key, form_hash = excluded.form_hash,
      own_tags = excluded.own_tags, noted_at = excluded.noted_at
    where o.noted_at <= excluded.noted_at`.execute(db);
}

/** Forgets organizations that Zendesk did not have at `askedAt`, and unlinks their accounts. */
export async function forgetOrganizations(
  db: Db,
  connectionId: string,
  gone: { ids: readonly string[]; askedAt: Date },
): Promise<void> {
  if (gone.ids.length === 0) return;
  const ids = sql.val([...gone.ids]);
  await sql`delete from organizations where connection_id = ${connectionId} and zendesk_id = any(${ids}::text[])
    and noted_at <= ${gone.askedAt}`.execute(db);
  await sql`update records a set zendesk_id = null, written_hash = null where a.connection_id = ${connectionId}
    and a.kind <> 'contact' and a.zendesk_id = any(${ids}::text[]) and not exists (select from organizations o
      where o.connection_id = a.connection_id and o.zendesk_id = a.zendesk_id)`.execute(db);
}
