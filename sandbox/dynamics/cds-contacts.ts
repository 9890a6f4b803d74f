import { CDS_CONTACT_TYPE } from './contact-types.ts';
import type { Value } from './entity-type.ts';
import { KEY_SEPARATOR } from './key-predicate.ts';
import type { Row, RowTable, Values } from './row-table.ts';
import { createRowTable } from './row-table.ts';

/** The tables from which the set is derived. */
export interface ContactSources {
  readonly customers: RowTable;
  readonly vendors: RowTable;
  readonly contacts: RowTable;
}

/**
 * Creates the function that returns CDSContactPersonsV2: every contact once per account of its party and company. The
 * table is rebuilt after changes.
 */
export function deriveCdsContacts(sources: ContactSources): () => RowTable {
  let built: { readonly table: RowTable; readonly stamp: string } | undefined;
  return () => {
    const stamp = Object.values(sources)
      .map((table: RowTable) => table.changes())
      .join();
    if (built?.stamp !== stamp) built = { table: build(sources), stamp };
    return built.table;
  };
}

interface Association {
  readonly type: 'Customer' | 'Vendor';
  readonly account: string;
}

function build({ customers, vendors, contacts }: ContactSources): RowTable {
  const table = createRowTable(CDS_CONTACT_TYPE, () => 1);
  const accounts = new Map<string, Association[]>();
  const associate = (row: Row, party: Value, type: Association['type']): void => {
    const key = partyKeyOf(row.company, party);
    accounts.set(key, [...(accounts.get(key) ?? []), { type, account: row.key }]);
  };
  for (const row of customers.rows()) associate(row, customers.read(row, 'PartyNumber'), 'Customer');
  for (const row of vendors.rows()) associate(row, vendors.read(row, 'VendorPartyNumber'), 'Vendor');
  for (const contact of contacts.rows()) {
    const party = contacts.read(contact, 'AssociatedPartyNumber');
    for (const association of accounts.get(partyKeyOf(contact.company, party)) ?? [])
      add(table, { contacts, contact }, association);
  }
  return table;
}

function partyKeyOf(company: string, party: Value): string {
  return `${company}/${party}`;
}

function add(
  table: RowTable,
  { contacts, contact }: { contacts: RowTable; contact: Row },
  { type, account }: Association,
): void {
  const shared = [...CDS_CONTACT_TYPE.properties.keys()].filter((name) => contacts.type.properties.has(name));
  const values: Values = {
    ...Object.fromEntries(shared.map((name) => [name, contacts.read(contact, name)])),
    AssociatedContactType: type,
    AssociatedContactNumber: account,
  };
  const key = [String(values['ContactPersonPartyNumber']), type, account].join(KEY_SEPARATOR);
  const { company, recordId, version } = contact;
  if (!table.get(company, key)) table.add({ company, key, recordId, values }).version = version;
}
