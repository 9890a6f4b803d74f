import { sql } from 'kysely';
import { externalIdKey } from '../../domain/sync/external-id.ts';
import type { KnownUser } from '../../domain/contacts/plan-user.ts';
import { canonicalUser, type SeenUser, type UserForm } from '../../domain/contacts/user.ts';
import type { Db } from '../database.ts';
import { contentHash } from '../connection/sealing.ts';
import { emailDigest } from '../sync/staging.ts';

/** What we have written of a user; absent members are as they were. Emails are addresses, organizations ids. */
export interface WrittenUser {
  readonly id: string;
  readonly isStaff: boolean;
  readonly form?: UserForm | undefined;
  /** Addresses that are now known to be its identities. */
  readonly emails?: readonly string[] | undefined;
  /** Organizations that it is known to belong to by now; `own` are those that we put it in. */
  readonly joined?: { readonly ids: readonly string[]; readonly own: readonly string[] } | undefined;
  readonly left?: readonly string[] | undefined;
  /** Organizations that Zendesk did not let us put it in. */
  readonly refused?: readonly string[] | undefined;
}

/** What is known of the users in Zendesk that contacts are linked to. */
export interface UserStore {
  /** Notes that we are about to put a user into organizations, so that a crash does not make the membership another's. */
  intend(connectionId: string, id: string, organizationIds: readonly string[]): Promise<void>;
  /** Takes back such an intention: somebody else had put the user there. */
  disown(connectionId: string, id: string, organizationIds: readonly string[]): Promise<void>;
  /** Ids of linked users after `after`, for a full comparison. */
  linkedIds(connectionId: string, page: { after: string; limit: number }): Promise<string[]>;
  /** Notes what Zendesk has shown of linked users outside a run, and those that it did not have. */
  note(
    connectionId: string,
    found: {
      readonly seenUsers: { readonly users: readonly SeenUser[]; readonly askedAt: Date };
      readonly goneUsers: { readonly ids: readonly string[]; readonly askedAt: Date };
    },
  ): Promise<void>;
  /** Those of these users that contacts are linked to. */
  linked(connectionId: string, ids: readonly string[]): Promise<ReadonlySet<string>>;
  /** Forgets what Zendesk once refused of users, so that a full comparison tries it again. */
  forgetRefusals(connectionId: string): Promise<void>;
}

/** Hash of a user's form, of ours or of Zendesk's: equal hashes mean that nothing needs to be written. */
export function userHash(form: Parameters<typeof canonicalUser>[0], isStaff: boolean): string {
  return contentHash(canonicalUser(form, isStaff));
}

/** A row of `users` under the alias `at` as a KnownUser in JSON; null where the join found none. */
export function knownUser(at: ReturnType<typeof sql>) {
  return sql<KnownUser | null>`case when ${at}.zendesk_id is not null then jsonb_build_object('id', ${at}.zendesk_id,
    'formHash', ${at}.form_hash, 'isStaff', ${at}.is_staff, 'isActive', ${at}.is_active, 'isSuspended', ${at}.is_suspended,
    'emailDigests', ${at}.email_digests, 'organizationIds', ${at}.organization_ids,
    'ownOrganizationIds', ${at}.own_organization_ids, 'refusedOrganizationIds', ${at}.refused_organization_ids) end`;
}

/** Builds the store of seen users. */
export function createUserStore(db: Db): UserStore {
  return {
    async intend(connectionId, id, organizationIds) {
      const ids = sql.val([...organizationIds]);
      await sql`update users set own_organization_ids = array(select distinct unnest(own_organization_ids || ${ids}::text[]))
        where connection_id = ${connectionId} and zendesk_id = ${id}`.execute(db);
    },
    async disown(connectionId, id, organizationIds) {
      const ids = sql.val([...organizationIds]);
      await sql`update users set own_organization_ids = array(select x from unnest(own_organization_ids) x
        where x <> all(${ids}::text[])) where connection_id = ${connectionId} and zendesk_id = ${id}`.execute(db);
    },
    async linkedIds(connectionId, { after, limit }) {
      const { rows } = await sql<{
        id: string;
      }>`select zendesk_id as id from records where connection_id = ${connectionId}
        and kind = 'contact' and zendesk_id > ${after} and present order by zendesk_id limit ${limit}`.execute(db);
      return rows.map(({ id }) => id);
    },
    note: (connectionId, { seenUsers, goneUsers }) =>
      db.transaction().execute(async (tx) => {
        await noteSeenUsers(tx, connectionId, seenUsers);
        await noteGoneUsers(tx, connectionId, goneUsers);
      }),
    async linked(connectionId, ids) {
      const { rows } = await sql<{
        id: string;
      }>`select zendesk_id as id from records where connection_id = ${connectionId}
        and kind = 'contact' and zendesk_id = any(${sql.val([...ids])}::text[])`.execute(db);
      return new Set(rows.map(({ id }) => id));
    },
    async forgetRefusals(connectionId) {
      await sql`update users set refused_organization_ids = '{}' where connection_id = ${connectionId}
        and refused_organization_ids <> '{}'`.execute(db);
    },
  };
}

/**
 * Notes users that Zendesk has shown to a request made at `askedAt`. The primary address and the default organization that
 * it shows are added to what is known; without its known default, all that was known of its organizations is void.
 */
export async function noteSeenUsers(
  db: Db,
  connectionId: string,
  { users, askedAt }: { users: readonly SeenUser[]; askedAt: Date },
): Promise<void> {
  if (users.length === 0) return;
  const rows = users.map((user) => ({
    zendesk_id: user.id,
    external_id_key: user.externalId === null ? null : externalIdKey(user.externalId),
    form_hash: userHash(user, user.role !== 'end-user'),
    is_staff: user.role !== 'end-user',
    is_active: user.isActive,
    is_suspended: user.isSuspended,
    emails: user.email === null ? [] : [emailDigest(user.email)],
    organizations: user.organizationId === null ? [] : [user.organizationId],
  }));
  await sql`insert into users as u (connection_id, zendesk_id, external_id_key, form_hash, is_staff, is_active, is_suspended,
      email_digests, organization_ids, noted_at)
    select ${connectionId}, r.zendesk_id, r.external_id_key, r.form_hash, r.is_staff, r.is_active, r.is_suspended,
      array(select jsonb_array_elements_text(r.emails)), array(select jsonb_array_elements_text(r.organizations)), ${askedAt}
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r(zendesk_id text, external_id_key text, form_hash text,
      is_staff boolean, is_active boolean, is_suspended boolean, emails jsonb, organizations jsonb) order by r.zendesk_id
    on conflict (connection_id, zendesk_id) do update set external_id_key = excluded.external_id_key,
      form_hash = excluded.form_hash, is_staff = excluded.is_staff, is_active = excluded.is_active,
      is_suspended = excluded.is_suspended,
      email_digests = array(select distinct unnest(u.email_digests || excluded.email_digests)),
      organization_ids = case when excluded.organization_ids <@ u.organization_ids and excluded.organization_ids <> '{}'
        then u.organization_ids else excluded.organization_ids end,
      noted_at = excluded.noted_at
    where u.noted_at <= excluded.noted_at`.execute(db);
}

/** Notes what we have written of users ourselves. */
export async function noteWrittenUsers(db: Db, connectionId: string, written: readonly WrittenUser[]): Promise<void> {
  if (written.length === 0) return;
  const rows = written.map(({ id, isStaff, form, emails = [], joined, left = [], refused = [] }) => ({
    zendesk_id: id,
    external_id_key: form === undefined ? null : externalIdKey(form.externalId),
    form_hash: form === undefined ? null : userHash(form, isStaff),
    is_staff: isStaff,
    emails: emails.map(emailDigest),
    joined: joined?.ids ?? [],
    own: joined?.own ?? [],
    left,
    refused,
  }));
  const added = (column: string, more: string) =>
    sql`array(select distinct unnest(u.${sql.ref(column)} || array(select jsonb_array_elements_text(r.${sql.ref(more)}))))`;
  const set = sql`jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r(zendesk_id text, external_id_key text, form_hash text,
    is_staff boolean, emails jsonb, joined jsonb, own jsonb, "left" jsonb, refused jsonb)`;
  await sql`insert into users (connection_id, zendesk_id, form_hash, is_staff, is_active, is_suspended, noted_at)
    select ${connectionId}, r.zendesk_id, coalesce(r.form_hash, ''), r.is_staff, true, false, clock_timestamp() from ${set}
    order by r.zendesk_id on conflict do nothing`.execute(db);
  await sql`update users u set external_id_key = coalesce(r.external_id_key, u.external_id_key),
      form_hash = coalesce(r.form_hash, u.form_hash), email_digests = ${added('email_digests', 'emails')},
      organization_ids = array(select x from unnest(${added('organization_ids', 'joined')}) x where not r.left ? x),
      own_organization_ids = array(select x from unnest(${added('own_organization_ids', 'own')}) x where not r.left ? x),
      refused_organization_ids = array(select x from unnest(${added('refused_organization_ids', 'refused')}) x where not r.joined ? x),
      noted_at = clock_timestamp()
    from ${set} where u.connection_id = ${connectionId} and u.zendesk_id = r.zendesk_id`.execute(db);
}

/** Notes that Zendesk no longer had these users at `askedAt`. */
export async function noteGoneUsers(
  db: Db,
  connectionId: string,
  gone: { ids: readonly string[]; askedAt: Date },
): Promise<void> {
  if (gone.ids.length === 0) return;
  await sql`update users set is_active = false, noted_at = ${gone.askedAt} where connection_id = ${connectionId}
    and zendesk_id = any(${sql.val([...gone.ids])}::text[]) and noted_at <= ${gone.askedAt}`.execute(db);
}

/** Takes users from the contacts that were linked to them. */
export async function unlinkUsers(db: Db, connectionId: string, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await sql`update records set zendesk_id = null, written_hash = null where connection_id = ${connectionId}
    and kind = 'contact' and zendesk_id = any(${sql.val([...ids])}::text[])`.execute(db);
}
