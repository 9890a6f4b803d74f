import { sql, type RawBuilder } from 'kysely';
import { userValues, type SeenUser } from '../../domain/contacts/user.ts';
import { externalIdKey } from '../../domain/sync/external-id.ts';
import type { Values } from '../../domain/sync/field-value.ts';
import type { RecordKey } from '../../domain/sync/record.ts';
import { pickMapped, type MappedParts } from '../../domain/sync/mapping.ts';
import { checkFieldsAgain } from '../connection/field-checks.ts';
import type { Db } from '../database.ts';
import { differingFrom } from '../sync/kept-values.ts';
import type { Gone, Seen } from '../sync/seen.ts';
import { emailDigest, valueDigests } from '../digests.ts';
import { readTicketsKeeping, UNSOLVED_OF_USER } from './unsolved-tickets.ts';

/**
 * A user that we have just written; a missing member has not changed. `written` are digests of the values that were
 * sent (`userValues`, or a part of them), and `writtenAt` is the time of the write by Zendesk's clock. `isShown` means
 * that Zendesk has shown the user since the write; what it showed is recorded separately. Organizations are given by
 * their ids.
 */
export interface WrittenUser {
  readonly id: string;
  readonly isStaff: boolean;
  readonly externalId?: string | undefined;
  readonly written?: Values | undefined;
  readonly writtenAt?: string | null | undefined;
  readonly isShown?: boolean | undefined;
  /** Email addresses that are now known to be identities of the user. */
  readonly emails?: readonly string[] | undefined;
  /** Organizations that the user now belongs to; `own` are those to which we added it. */
  readonly joined?: { readonly ids: readonly string[]; readonly own: readonly string[] } | undefined;
  readonly left?: readonly string[] | undefined;
  /** Organizations for which Zendesk refused the membership. */
  readonly refused?: readonly string[] | undefined;
}

/**
 * Changes of the stored users that a step has learned from Zendesk. `unlinked` were deleted and replaced by other
 * users.
 */
export interface UserChanges {
  readonly seen?: Seen<SeenUser>;
  readonly gone?: Gone;
  readonly written?: readonly WrittenUser[];
  readonly unlinked?: readonly string[];
  readonly refusedEmails?: readonly RefusedEmail[];
}

/** An address that Zendesk refused for a contact, by its digest, and the reason without the address. */
export interface RefusedEmail extends RecordKey {
  readonly digest: string;
  readonly reason: string;
}

/** The users in Zendesk that contacts are linked to, as last shown or written. */
export interface UserStore {
  /** Records that we are about to create memberships of a user, so that they count as ours even after a crash. */
  intend(connectionId: string, id: string, organizationIds: readonly string[]): Promise<void>;
  /** Reverts `intend`, because the memberships already existed. */
  disown(connectionId: string, id: string, organizationIds: readonly string[]): Promise<void>;
  /** Returns the ids of linked users after `after`, for a full comparison. */
  linkedIds(connectionId: string, page: { after: string; limit: number }): Promise<string[]>;
  /**
   * Returns the ids of active linked users after `after` of which one of these fields is unknown, or that Zendesk last
   * showed in an unexpected form.
   */
  unknownIds(
    connectionId: string,
    fields: readonly string[],
    page: { after: string; limit: number },
  ): Promise<string[]>;
  /** Records changes of linked users that were learned outside a run. */
  record(connectionId: string, changes: UserChanges): Promise<void>;
  /** Returns those of these users that contacts are linked to. */
  linked(connectionId: string, ids: readonly string[]): Promise<ReadonlySet<string>>;
  /** Returns at most `limit` unsolved tickets that keep users in organizations, as far as the tally knows. */
  ticketsKeeping(connectionId: string, limit: number): Promise<string[]>;
  /** Forgets the memberships that Zendesk refused, so that a full comparison tries them again. */
  forgetRefusals(connectionId: string): Promise<void>;
}

/** Creates the store of users. */
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
        and target = 'user' and zendesk_id > ${after} and present order by zendesk_id limit ${limit}`.execute(db);
      return rows.map(({ id }) => id);
    },
    async unknownIds(connectionId, fields, { after, limit }) {
      const { rows } = await sql<{ id: string }>`select u.zendesk_id as id from users u
        join records a on a.connection_id = u.connection_id and a.target = 'user' and a.zendesk_id = u.zendesk_id
        where u.connection_id = ${connectionId} and u.zendesk_id > ${after} and a.present and u.is_active
          and (u.defect is not null or not u.digests ?& ${sql.val([...fields])}::text[]) order by u.zendesk_id limit ${limit}`.execute(
        db,
      );
      return rows.map(({ id }) => id);
    },
    record: (connectionId, changes) => db.transaction().execute((tx) => recordUsers(tx, connectionId, changes)),
    async linked(connectionId, ids) {
      const { rows } = await sql<{
        id: string;
      }>`select zendesk_id as id from records where connection_id = ${connectionId}
        and target = 'user' and zendesk_id = any(${sql.val([...ids])}::text[])`.execute(db);
      return new Set(rows.map(({ id }) => id));
    },
    ticketsKeeping: (connectionId, limit) => readTicketsKeeping(db, connectionId, limit),
    async forgetRefusals(connectionId) {
      await sql`update users set refused_organization_ids = '{}' where connection_id = ${connectionId}
        and refused_organization_ids <> '{}'`.execute(db);
    },
  };
}

/**
 * The organizations of a user `u` to which we added it, without those that no account is linked to. Such an organization
 * was lost or replaced in Zendesk, which is not a word of F&O that would end a membership.
 */
const OWN_OF_ACCOUNTS = sql`array(select x from unnest(u.own_organization_ids) x where exists (select from records o
  where o.connection_id = u.connection_id and o.target = 'organization' and o.zendesk_id = x))`;

/** Converts a row `u` of `users` to a KnownUser in JSON. */
const KNOWN = sql`jsonb_build_object('id', u.zendesk_id, 'values', u.digests, 'written', u.written,
  'isLatest', coalesce(u.updated_at <= u.written_at, false), 'kept', u.kept, 'isStaff', u.is_staff, 'isActive', u.is_active,
  'isSuspended', u.is_suspended, 'defect', u.defect, 'emailDigests', u.email_digests, 'organizationIds', u.organization_ids,
  'ownOrganizationIds', ${OWN_OF_ACCOUNTS}, 'refusedOrganizationIds', u.refused_organization_ids,
  'unsolvedOrganizationIds', ${UNSOLVED_OF_USER})`;

/** Selects the stored user with this id. */
export function seenUserById(connectionId: string, id: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`select ${KNOWN} as value from users u where u.connection_id = ${connectionId} and u.zendesk_id = ${id}`;
}

/**
 * Selects the stored user that a contact `a`, staged as `s`, is linked to or will adopt. If there is none, selects the
 * active user that has its external id.
 */
export function seenUserOf(connectionId: string): RawBuilder<unknown> {
  return sql`select ${KNOWN} as value from users u where u.connection_id = ${connectionId}
      and u.zendesk_id = coalesce(a.zendesk_id, s.adopt_id)
    union all (select ${KNOWN} as value from users u where u.connection_id = ${connectionId}
      and coalesce(a.zendesk_id, s.adopt_id) is null and u.is_active and u.external_id_key = a.external_id_key limit 1)`;
}

/** Records changes of users within the transaction of the caller. */
export async function recordUsers(db: Db, connectionId: string, changes: UserChanges): Promise<void> {
  const { seen, gone, written = [], unlinked = [], refusedEmails = [] } = changes;
  if (seen) await recordSeen(db, connectionId, seen);
  if (gone) await recordGone(db, connectionId, gone);
  await recordWritten(db, connectionId, written);
  await unlinkUsers(db, connectionId, unlinked);
  await recordRefusedEmails(db, connectionId, refusedEmails);
}

async function recordRefusedEmails(db: Db, connectionId: string, refused: readonly RefusedEmail[]): Promise<void> {
  if (refused.length === 0) return;
  const rows = refused.map(({ legalEntity, kind, key, digest, reason }) => ({
    ...{ legal_entity: legalEntity, kind, key, digest, reason },
  }));
  await sql`update records a set refused_email = r.digest, refused_email_reason = r.reason
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r(legal_entity text, kind text, key text, digest text,
      reason text)
    where a.connection_id = ${connectionId} and a.legal_entity = r.legal_entity and a.kind = r.kind
      and a.key = r.key`.execute(db);
}

/**
 * Zendesk shows only the primary address and the default organization of a user, so they are added to those that are
 * known. If it shows an unknown default organization, or none, the known organizations are out of date and are
 * replaced.
 */
async function recordSeen(db: Db, connectionId: string, { items, askedAt, mapped }: Seen<SeenUser>): Promise<void> {
  await recordDefective(db, connectionId, { items, askedAt });
  const users = items.filter(({ defect }) => defect === undefined);
  if (users.length === 0) return;
  const rows = [...new Map(users.map((user) => [user.id, toSeenRow(user, mapped)])).values()];
  if (await showsOtherFields(db, connectionId, { rows, keys: mapped.fields }))
    await checkFieldsAgain(db, connectionId, 'user');
  await sql`insert into users as u (connection_id, zendesk_id, external_id_key, digests, updated_at, is_staff, is_active,
      is_suspended, email_digests, organization_ids, noted_at)
    select ${connectionId}, r.zendesk_id, r.external_id_key, r.digests, r.updated_at, r.is_staff, r.is_active, r.is_suspended,
      array(select jsonb_array_elements_text(r.emails)), array(select jsonb_array_elements_text(r.organizations)), ${askedAt}
    from ${seenRows(rows)} order by r.zendesk_id
    on conflict (connection_id, zendesk_id) do update set external_id_key = excluded.external_id_key,
      digests = excluded.digests, updated_at = excluded.updated_at,
      kept = case when excluded.updated_at <= u.written_at then ${differingFrom(sql`u.written`, sql`excluded.digests`)}
        else u.kept end, is_staff = excluded.is_staff,
      is_active = excluded.is_active, is_suspended = excluded.is_suspended,
      email_digests = array(select distinct unnest(u.email_digests || excluded.email_digests)),
      organization_ids = case when excluded.organization_ids <@ u.organization_ids and excluded.organization_ids <> '{}'
        then u.organization_ids else excluded.organization_ids end,
      noted_at = excluded.noted_at, defect = null
    where u.noted_at <= excluded.noted_at`.execute(db);
}

/** Records users that Zendesk shows in an unexpected form. What is known of them stays as it is. */
async function recordDefective(
  db: Db,
  connectionId: string,
  { items, askedAt }: Pick<Seen<SeenUser>, 'items' | 'askedAt'>,
): Promise<void> {
  const rows = items.flatMap(({ id, externalId, role, isActive, defect }) =>
    defect === undefined
      ? []
      : [
          {
            id,
            key: externalId === null ? null : externalIdKey(externalId),
            staff: role !== 'end-user',
            isActive,
            defect,
          },
        ],
  );
  if (rows.length === 0) return;
  await sql`insert into users as u (connection_id, zendesk_id, external_id_key, is_staff, is_active, is_suspended, defect,
      noted_at)
    select ${connectionId}, r.id, r.key, r.staff, r."isActive", false, r.defect, ${askedAt}
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r(id text, key text, staff boolean, "isActive" boolean,
      defect text) order by r.id
    on conflict (connection_id, zendesk_id) do update set defect = excluded.defect, noted_at = excluded.noted_at
    where u.noted_at <= excluded.noted_at`.execute(db);
}

interface SeenRow {
  readonly zendesk_id: string;
  readonly external_id_key: string | null;
  readonly digests: Values;
  /** Mapped fields that are missing in the answer of Zendesk. */
  readonly absent: readonly string[];
  readonly updated_at: string | null;
  readonly is_staff: boolean;
  readonly is_active: boolean;
  readonly is_suspended: boolean;
  readonly emails: readonly string[];
  readonly organizations: readonly string[];
}

function toSeenRow(user: SeenUser, mapped: MappedParts): SeenRow {
  const { values: fields, absent } = pickMapped({ fields: user.fields, tags: [] }, mapped);
  return {
    zendesk_id: user.id,
    external_id_key: user.externalId === null ? null : externalIdKey(user.externalId),
    digests: valueDigests(userValues({ ...user, fields }, false)),
    absent,
    updated_at: user.updatedAt,
    is_staff: user.role !== 'end-user',
    is_active: user.isActive,
    is_suspended: user.isSuspended,
    emails: user.email === null ? [] : [emailDigest(user.email)],
    organizations: user.organizationId === null ? [] : [user.organizationId],
  };
}

function seenRows(rows: readonly SeenRow[]) {
  return sql`jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r(zendesk_id text, external_id_key text, digests jsonb,
    absent jsonb, updated_at timestamptz, is_staff boolean, is_active boolean, is_suspended boolean, emails jsonb,
    organizations jsonb)`;
}

/**
 * Returns whether the custom fields of users in Zendesk seem to have changed, as in `store/accounts/organizations.ts`.
 */
async function showsOtherFields(
  db: Db,
  connectionId: string,
  { rows, keys }: { rows: readonly SeenRow[]; keys: readonly string[] },
): Promise<boolean> {
  const { rows: found } = await sql<{ differs: boolean }>`select exists (select from ${seenRows(rows)}
    join users u on u.connection_id = ${connectionId} and u.zendesk_id = r.zendesk_id
    where exists (select from jsonb_array_elements_text(r.absent) a (key) where u.digests ->> a.key is not null)
      or (r.updated_at <= u.written_at and exists (select from jsonb_each(r.digests) f
        where f.key = any(${sql.val([...keys])}::text[]) and u.written ? f.key and u.written -> f.key <> f.value and u.digests -> f.key is distinct from f.value))) as differs`.execute(
    db,
  );
  return found[0]?.differs === true;
}

async function recordWritten(db: Db, connectionId: string, written: readonly WrittenUser[]): Promise<void> {
  if (written.length === 0) return;
  const rows = written.map((user) => ({
    zendesk_id: user.id,
    external_id_key: user.externalId === undefined ? null : externalIdKey(user.externalId),
    written: user.written ?? null,
    written_at: user.writtenAt ?? null,
    is_shown: user.isShown ?? false,
    is_staff: user.isStaff,
    emails: (user.emails ?? []).map(emailDigest),
    joined: user.joined?.ids ?? [],
    own: user.joined?.own ?? [],
    left: user.left ?? [],
    refused: user.refused ?? [],
  }));
  const added = (column: string, more: string) =>
    sql`array(select distinct unnest(u.${sql.ref(column)} || array(select jsonb_array_elements_text(r.${sql.ref(more)}))))`;
  const set = sql`jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r(zendesk_id text, external_id_key text, written jsonb,
    written_at timestamptz, is_shown boolean, is_staff boolean, emails jsonb, joined jsonb, own jsonb, "left" jsonb,
    refused jsonb)`;
  await sql`insert into users (connection_id, zendesk_id, is_staff, is_active, is_suspended, noted_at)
    select ${connectionId}, r.zendesk_id, r.is_staff, true, false, clock_timestamp() from ${set}
    where not r.is_shown order by r.zendesk_id on conflict do nothing`.execute(db);
  await sql`update users u set external_id_key = coalesce(r.external_id_key, u.external_id_key),
      written = case when r.written is null then u.written else coalesce(u.written, '{}') || r.written end,
      written_at = case when r.written is null then u.written_at else coalesce(r.written_at, u.written_at) end,
      digests = case when r.written is null or r.is_shown then u.digests else u.digests || r.written end,
      kept = case when r.written is null then u.kept else (u.kept - array(select jsonb_object_keys(r.written)))
        || case when r.is_shown then ${differingFrom(sql`r.written`, sql`u.digests`)} else '{}' end end,
      email_digests = ${added('email_digests', 'emails')},
      organization_ids = array(select x from unnest(${added('organization_ids', 'joined')}) x where not r.left ? x),
      own_organization_ids = array(select x from unnest(${added('own_organization_ids', 'own')}) x where not r.left ? x),
      refused_organization_ids = array(select x from unnest(${added('refused_organization_ids', 'refused')}) x where not r.joined ? x),
      noted_at = case when r.is_shown then u.noted_at else clock_timestamp() end
    from ${set} where u.connection_id = ${connectionId} and u.zendesk_id = r.zendesk_id`.execute(db);
}

async function recordGone(db: Db, connectionId: string, gone: Gone): Promise<void> {
  if (gone.ids.length === 0) return;
  await sql`update users set is_active = false, noted_at = ${gone.askedAt} where connection_id = ${connectionId}
    and zendesk_id = any(${sql.val([...gone.ids])}::text[]) and noted_at <= ${gone.askedAt}`.execute(db);
}

async function unlinkUsers(db: Db, connectionId: string, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await sql`update records set zendesk_id = null where connection_id = ${connectionId}
    and target = 'user' and zendesk_id = any(${sql.val([...ids])}::text[])`.execute(db);
}
