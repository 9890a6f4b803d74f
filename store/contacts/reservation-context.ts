import { sql } from 'kysely';
import type { ContactContext, ContactPolicy, PersonRow, TiedAccount } from '../../domain/contacts/reserve-contact.ts';
import { externalIdKey, renderExternalId } from '../../domain/sync/external-id.ts';
import { recordKeyText, type ErpRecord, type RecordKey } from '../../domain/sync/record.ts';
import type { Db } from '../database.ts';

/** A staged contact for which an external id and an address are to be reserved. */
export interface ContactRow {
  readonly record: ErpRecord;
  readonly rank: number;
  readonly email_digest: string | null;
  /** The reason why Zendesk refused this address for this contact; null if it did not. */
  readonly email_refusal: string | null;
}

/** The contexts of a page of contacts, kept up to date while contacts reserve one after the other. */
export interface ContactContexts {
  /** Returns the context of a contact. */
  of(row: ContactRow): ContactContext;
  /** Records the external id and the email address that a contact holds now. */
  hold(row: ContactRow, now: { externalId: string | null; emailDigest: string | null }): void;
}

/**
 * Reads which records hold the external ids and addresses of a page, and the people in it, in four queries for any page
 * size.
 */
export async function readContactContext(
  db: Db,
  scope: { connectionId: string } & Pick<ContactPolicy, 'templates'>,
  rows: readonly ContactRow[],
): Promise<ContactContexts> {
  const { connectionId, templates } = scope;
  const people = await readPeople(db, connectionId, rows);
  const emails = await readHolders(db, connectionId, {
    column: 'email_digest',
    values: rows.flatMap(({ email_digest: digest }) => digest ?? []),
  });
  const externalIds = await readHolders(db, connectionId, {
    column: 'external_id_key',
    values: rows.flatMap(({ record }) => renderedKey(templates, record)),
  });
  return {
    of: ({ record, email_digest: digest, email_refusal: emailRefusal }) => ({
      person: people.get(personOf(record, record.person)) ?? [],
      emailHolder: digest === null ? undefined : emails.get(digest),
      emailRefusal,
      externalIdHolder: (key) => externalIds.get(key),
    }),
    hold({ record }, { externalId, emailDigest }) {
      if (emailDigest !== null) emails.set(emailDigest, recordKeyText(record));
      if (externalId !== null) externalIds.set(externalIdKey(externalId), recordKeyText(record));
    },
  };
}

function renderedKey(templates: ContactPolicy['templates'], contact: ErpRecord): string[] {
  const rendered = renderExternalId(templates, contact);
  return 'externalId' in rendered ? [externalIdKey(rendered.externalId)] : [];
}

/**
 * Returns the key of the person that a contact stands for: its party. A contact without a party is a person of its own.
 */
function personOf(key: RecordKey, party: string | null): string {
  return party ?? `/${recordKeyText(key)}`;
}

interface PersonRecord {
  readonly legal_entity: string;
  readonly kind: string;
  readonly key: string;
  readonly person_party: string | null;
  readonly party: string | null;
  readonly active: boolean;
  readonly unseen: boolean;
  readonly external_id: string | null;
  readonly zendesk_id: string | null;
  readonly user_gone: boolean;
}

async function readPeople(
  db: Db,
  connectionId: string,
  rows: readonly ContactRow[],
): Promise<Map<string, PersonRow[]>> {
  const parties = rows.flatMap(({ record: { person } }) => person ?? []);
  const own = rows.map(({ record: { legalEntity, kind, key } }) => ({ legal_entity: legalEntity, kind, key }));
  const columns = sql`c.legal_entity, c.kind, c.key, c.person_party, c.party, c.present and not c.is_inactive as active,
    not c.present and not c.is_inactive as unseen,
    c.external_id, c.zendesk_id, exists (select from users u where u.connection_id = c.connection_id
      and u.zendesk_id = c.zendesk_id and not u.is_active) as user_gone`;
  const { rows: records } = await sql<PersonRecord>`
    select ${columns} from records c where c.connection_id = ${connectionId} and c.target = 'user'
      and c.person_party = any(${sql.val([...new Set(parties)])}::text[])
    union
    select ${columns} from jsonb_to_recordset(${JSON.stringify(own)}::jsonb) as r(legal_entity text, kind text, key text)
      join records c on c.connection_id = ${connectionId} and c.legal_entity = r.legal_entity and c.kind = r.kind
        and c.key = r.key
    order by legal_entity, kind, key`.execute(db);
  const tied = await readTied(db, connectionId, records);
  const accountsOf = ({ legal_entity: entity, party }: PersonRecord) => tied.get(`${entity}/${party ?? ''}`) ?? [];
  const untied = records.filter((record) => accountsOf(record).length === 0);
  const memberships = await readMemberships(db, connectionId, untied);
  const people = new Map<string, PersonRow[]>();
  for (const record of records) {
    const row = { legalEntity: record.legal_entity, kind: record.kind, key: record.key };
    const person = personOf(row, record.person_party);
    const { active: isActive, unseen: isUnseen, external_id: externalId, zendesk_id: zendeskId } = record;
    people.set(person, [
      ...(people.get(person) ?? []),
      {
        ...{ row, isActive, isUnseen, externalId, zendeskId, isUserGone: record.user_gone },
        ...{ memberOf: memberships.get(zendeskId ?? '') ?? [], accounts: accountsOf(record) },
      },
    ]);
  }
  return people;
}

/** Reads of which accounts the users of contacts are members through us, by user. */
async function readMemberships(
  db: Db,
  connectionId: string,
  records: readonly PersonRecord[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const users = records.flatMap(({ zendesk_id: id }) => id ?? []);
  if (users.length === 0) return new Map();
  const { rows } = await sql<{ user: string; accounts: string[] }>`select u.zendesk_id as user,
      array_agg(a.legal_entity || '/' || a.kind || '/' || a.key order by a.legal_entity, a.kind, a.key) as accounts
    from users u join records a on a.connection_id = u.connection_id and a.target = 'organization'
      and a.zendesk_id = any(u.own_organization_ids)
    where u.connection_id = ${connectionId} and u.zendesk_id = any(${sql.val(users)}::text[]) and u.is_active
    group by 1`.execute(db);
  return new Map(rows.map(({ user, accounts }) => [user, accounts]));
}

/** Reads accounts by legal entity and party. One party can have several accounts in a legal entity. */
async function readTied(
  db: Db,
  connectionId: string,
  records: readonly PersonRecord[],
): Promise<Map<string, TiedAccount[]>> {
  const parties = [...new Set(records.flatMap(({ party }) => party ?? []))];
  const { rows } = await sql<{
    legal_entity: string;
    kind: string;
    key: string;
    party: string;
    zendesk_id: string | null;
  }>`
    select a.legal_entity, a.kind, a.key, a.party, a.zendesk_id from records a
    where a.connection_id = ${connectionId} and a.target = 'organization' and a.party = any(${sql.val(parties)}::text[])
    order by a.legal_entity, a.kind, a.key`.execute(db);
  const tied = new Map<string, TiedAccount[]>();
  for (const { legal_entity: legalEntity, kind, key, party, zendesk_id: organizationId } of rows) {
    const place = `${legalEntity}/${party}`;
    tied.set(place, [
      ...(tied.get(place) ?? []),
      { account: recordKeyText({ legalEntity, kind, key }), organizationId },
    ]);
  }
  return tied;
}

async function readHolders(
  db: Db,
  connectionId: string,
  { column, values }: { column: 'email_digest' | 'external_id_key'; values: readonly string[] },
): Promise<Map<string, string>> {
  const { rows } = await sql<{ value: string; legalEntity: string; kind: string; key: string }>`
    select c.${sql.ref(column)} as value, c.legal_entity as "legalEntity", c.kind, c.key from records c
    where c.connection_id = ${connectionId} and c.target = 'user'
      and c.${sql.ref(column)} = any(${sql.val([...values])}::text[])`.execute(db);
  return new Map(rows.map(({ value, ...row }) => [value, recordKeyText(row)]));
}
