import { sql } from 'kysely';
import { externalIdKey, renderExternalId } from '../../domain/sync/external-id.ts';
import { recordKeyText, type RecordKey } from '../../domain/sync/record.ts';
import type { Contact } from '../../domain/contacts/contact.ts';
import type { ContactSurroundings, PersonRow, TiedAccount } from '../../domain/contacts/reserve-contact.ts';
import type { Db } from '../database.ts';

/** A staged contact that is about to be settled. */
export interface ContactRow {
  readonly record: Contact;
  readonly rank: number;
  readonly email_digest: string | null;
}

/** What surrounds a page of contacts, following those that are settled one after the other. */
export interface ContactsAround {
  of(row: ContactRow): ContactSurroundings;
  /** Notes what a contact holds now: its external id and its address. */
  note(row: ContactRow, now: { externalId: string | null; emailDigest: string | null }): void;
}

/** Reads who holds what around a page of contacts, in four queries whatever its size. */
export async function readContactSurroundings(
  db: Db,
  scope: { connectionId: string; template: string },
  rows: readonly ContactRow[],
): Promise<ContactsAround> {
  const { connectionId, template } = scope;
  const people = await readPeople(db, connectionId, rows);
  const emails = await readHolders(db, connectionId, {
    column: 'email_digest',
    values: rows.flatMap(({ email_digest: digest }) => digest ?? []),
  });
  const externalIds = await readHolders(db, connectionId, {
    column: 'external_id_key',
    values: rows.flatMap(({ record }) => renderedKey(template, record)),
  });
  return {
    of: ({ record, email_digest: digest }) => ({
      person: people.get(personOf(record)) ?? [],
      emailHolder: digest === null ? undefined : emails.get(digest),
      externalIdHolder: (key) => externalIds.get(key),
    }),
    note({ record }, { externalId, emailDigest }) {
      if (emailDigest !== null) emails.set(emailDigest, recordKeyText(record));
      if (externalId !== null) externalIds.set(externalIdKey(externalId), recordKeyText(record));
    },
  };
}

function renderedKey(template: string, contact: Contact): string[] {
  const rendered = renderExternalId(template, contact);
  return 'externalId' in rendered ? [externalIdKey(rendered.externalId)] : [];
}

/** A person by its party; a contact without one is a person of its own. */
function personOf({ personParty, ...key }: RecordKey & { personParty: string }): string {
  return personParty === '' ? `/${recordKeyText(key)}` : personParty;
}

interface PersonRecord {
  readonly legal_entity: string;
  readonly key: string;
  readonly person_party: string | null;
  readonly party: string | null;
  readonly active: boolean;
  readonly external_id: string | null;
  readonly zendesk_id: string | null;
}

async function readPeople(
  db: Db,
  connectionId: string,
  rows: readonly ContactRow[],
): Promise<Map<string, PersonRow[]>> {
  const parties = rows.flatMap(({ record: { personParty } }) => (personParty === '' ? [] : [personParty]));
  const own = rows.map(({ record: { legalEntity, key } }) => ({ legal_entity: legalEntity, key }));
  const columns = sql`c.legal_entity, c.key, c.person_party, c.party, c.present and not c.is_inactive as active,
    c.external_id, c.zendesk_id`;
  const { rows: records } = await sql<PersonRecord>`
    select ${columns} from records c where c.connection_id = ${connectionId} and c.kind = 'contact'
      and c.person_party = any(${sql.val([...new Set(parties)])}::text[])
    union
    select ${columns} from jsonb_to_recordset(${JSON.stringify(own)}::jsonb) as r(legal_entity text, key text)
      join records c on c.connection_id = ${connectionId} and c.legal_entity = r.legal_entity and c.kind = 'contact'
        and c.key = r.key
    order by legal_entity, key`.execute(db);
  const tied = await readTied(db, connectionId, records);
  const people = new Map<string, PersonRow[]>();
  for (const record of records) {
    const row = { legalEntity: record.legal_entity, kind: 'contact' as const, key: record.key };
    const person = personOf({ ...row, personParty: record.person_party ?? '' });
    const accounts = tied.get(`${record.legal_entity}/${record.party ?? ''}`) ?? [];
    const { active: isActive, external_id: externalId, zendesk_id: zendeskId } = record;
    people.set(person, [...(people.get(person) ?? []), { row, isActive, externalId, zendeskId, accounts }]);
  }
  return people;
}

/** The accounts of parties, by legal entity and party: a party can be customer and vendor of one company. */
async function readTied(
  db: Db,
  connectionId: string,
  records: readonly PersonRecord[],
): Promise<Map<string, TiedAccount[]>> {
  const parties = [...new Set(records.flatMap(({ party }) => party ?? []))];
  const { rows } = await sql<{
    legal_entity: string;
    kind: 'customer' | 'vendor';
    key: string;
    party: string;
    zendesk_id: string | null;
  }>`
    select a.legal_entity, a.kind, a.key, a.party, a.zendesk_id from records a
    where a.connection_id = ${connectionId} and a.kind <> 'contact' and a.party = any(${sql.val(parties)}::text[])
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
  const { rows } = await sql<{ value: string; legalEntity: string; key: string }>`
    select c.${sql.ref(column)} as value, c.legal_entity as "legalEntity", c.key from records c
    where c.connection_id = ${connectionId} and c.kind = 'contact'
      and c.${sql.ref(column)} = any(${sql.val([...values])}::text[])`.execute(db);
  return new Map(rows.map(({ value, ...row }) => [value, recordKeyText({ ...row, kind: 'contact' })]));
}
