import type { Random } from '../core/random.ts';
import { deriveCdsContacts } from './cds-contacts.ts';
import { COMPANY_TYPE, LEGAL_ENTITY_TYPE } from './company-types.ts';
import { CDS_CONTACT_TYPE, CONTACT_TYPE } from './contact-types.ts';
import { CUSTOMER_TYPE } from './customer-type.ts';
import type { Records, RecordsOptions, StoredRecord } from './records.ts';
import { createRecords } from './records.ts';
import type { EdmType, Property } from './entity-type.ts';
import { extensible } from './entity-type.ts';
import type { RowTable, RowWatcher, Values } from './row-table.ts';
import { createRowTable } from './row-table.ts';
import { VENDOR_TYPE } from './vendor-type.ts';

/** The environment's data. */
export interface DynamicsState {
  /** Returns the ids of the companies in lower case. */
  companies(): string[];
  /** Does nothing when the company exists. */
  addCompany(company: string, name: string): void;
  customers(): StoredRecord[];
  vendors(): StoredRecord[];
  contacts(): StoredRecord[];
  /**
   * Creates the record or sets the values; its etag changes in either case. Throws a RangeError for an unknown
   * property.
   */
  upsertCustomer(company: string, account: string, patch: Values): StoredRecord;
  upsertVendor(company: string, account: string, patch: Values): StoredRecord;
  upsertContact(company: string, contactId: string, patch: Values): StoredRecord;
  /** Returns false when there is no such record. */
  removeCustomer(company: string, account: string): boolean;
  removeVendor(company: string, account: string): boolean;
  removeContact(company: string, contactId: string): boolean;
  /** Renames the primary key of a record (`Records.rename`). */
  renameCustomer: Records['rename'];
  renameVendor: Records['rename'];
  renameContact: Records['rename'];
  /** Gives an account, or the person of a contact, another party (`Records.changeParty`). */
  changeCustomerParty: Records['changeParty'];
  changeVendorParty: Records['changeParty'];
  changeContactParty: Records['changeParty'];
  /** Merges two parties of the address book. Returns the number of records that refer to the remaining one since. */
  mergeParties(from: string, into: string): number;
  /** Adds `count` organizations numbered from `from`, by default after the last one. Returns the first number. */
  generateCustomers(company: string, count: number, from?: number): number;
  generateVendors(company: string, count: number, from?: number): number;
  /** Adds contacts, distributed over the company's customers. */
  generateContacts(company: string, count: number, from?: number): number;
  /** Calls the watcher for every change of a customer, vendor or contact from now on. */
  watch(watcher: RowWatcher): void;
  /** Adds a field to customers, vendors or contacts, as an extension does. Returns false for any other set. */
  addField(entitySet: string, field: ExtensionField): boolean;
  /** Returns the table of an entity set; undefined when there is no such set. */
  table(entitySet: string): RowTable | undefined;
  tables(): RowTable[];
  /** Returns the records of a table that can be written; undefined for the other tables. */
  recordsOf(table: RowTable): Records | undefined;
}

/** A field of an extension. */
export interface ExtensionField {
  readonly name: string;
  readonly type: EdmType;
  /** Only for texts. */
  readonly maxLength?: number;
}

/** Creates an environment without companies. `random` chooses the versions in etags. */
export function createDynamicsState(random: Random): DynamicsState {
  const nextVersion = (): number => 2 + Math.floor(random() * 2_000_000_000);
  const nextRecordId = counter(68_719_480_000);
  const companies = createCompanies(nextVersion, nextRecordId);
  const { customers, vendors, contacts, addField } = createAllRecords({
    nextVersion,
    nextRecordId,
    addCompany: companies.ensure,
  });
  const writable = [customers, vendors, contacts];
  const cdsContacts = deriveCdsContacts({
    customers: customers.table,
    vendors: vendors.table,
    contacts: contacts.table,
  });
  const fixed = [...writable.map(({ table }) => table), ...companies.tables];
  return {
    companies: companies.ids,
    addCompany: companies.add,
    customers: customers.list,
    vendors: vendors.list,
    contacts: contacts.list,
    upsertCustomer: customers.upsert,
    upsertVendor: vendors.upsert,
    upsertContact: contacts.upsert,
    removeCustomer: customers.remove,
    removeVendor: vendors.remove,
    removeContact: contacts.remove,
    renameCustomer: customers.rename,
    renameVendor: vendors.rename,
    renameContact: contacts.rename,
    changeCustomerParty: customers.changeParty,
    changeVendorParty: vendors.changeParty,
    changeContactParty: contacts.changeParty,
    mergeParties: (from, into) => writable.reduce((sum, records) => sum + records.mergeParty(from, into), 0),
    generateCustomers: customers.generate,
    generateVendors: vendors.generate,
    generateContacts: contacts.generate,
    table: (entitySet) =>
      entitySet === CDS_CONTACT_TYPE.entitySet ? cdsContacts() : fixed.find(({ type }) => type.entitySet === entitySet),
    tables: () => [...fixed, cdsContacts()],
    watch: (watcher) => writable.forEach(({ table }) => table.watch(watcher)),
    addField,
    recordsOf: (table) => writable.find((records) => records.table === table),
  };
}

interface Companies {
  readonly tables: readonly RowTable[];
  readonly ids: () => string[];
  readonly add: (company: string, name: string) => void;
  readonly ensure: (company: string) => void;
}

/** Companies are in two sets: as legal entities with ids in upper case, and in short form with ids in lower case. */
function createCompanies(nextVersion: () => number, nextRecordId: () => number): Companies {
  const short = createRowTable(COMPANY_TYPE, nextVersion);
  const long = createRowTable(LEGAL_ENTITY_TYPE, nextVersion);
  const add = (company: string, name: string): void => {
    const key = company.toLowerCase();
    if (short.get('', key)) return;
    const names = { Name: name, LanguageId: 'en-US' };
    short.add({ company: '', key, recordId: nextRecordId(), values: { ...names } });
    const values = { ...names, CompanyName: name, NameAlias: name };
    long.add({ company: '', key: key.toUpperCase(), recordId: nextRecordId(), values });
  };
  return {
    tables: [long, short],
    ids: () => short.rows().map(({ key }) => key),
    add,
    ensure: (company) => add(company, company.toUpperCase()),
  };
}

function createAllRecords(options: {
  readonly nextVersion: () => number;
  readonly nextRecordId: () => number;
  readonly addCompany: (company: string) => void;
}): Record<'customers' | 'vendors' | 'contacts', Records> & Pick<DynamicsState, 'addField'> {
  const lastParty = counter(90_000);
  const shared: Pick<RecordsOptions, 'nextRecordId' | 'nextParty' | 'addCompany'> = {
    nextRecordId: options.nextRecordId,
    nextParty: () => String(lastParty()).padStart(9, '0'),
    addCompany: options.addCompany,
  };
  const [customerType, vendorType, contactType] = [CUSTOMER_TYPE, VENDOR_TYPE, CONTACT_TYPE].map(extensible) as [
    Extensible,
    Extensible,
    Extensible,
  ];
  const customers = createRowTable(customerType.type, options.nextVersion);
  const partyOf = (property: string, type: string, further: readonly string[] = []) => ({
    partyProperty: property,
    partyTypeProperty: type,
    partyProperties: [property, ...further],
  });
  const party = partyOf('PartyNumber', 'PartyType');
  const vendorParty = partyOf('VendorPartyNumber', 'VendorPartyType');
  const personParty = partyOf('ContactPersonPartyNumber', 'ContactPersonPartyType', ['AssociatedPartyNumber']);
  const vendors = createRowTable(vendorType.type, options.nextVersion);
  const contacts = createRowTable(contactType.type, options.nextVersion);
  const valuesFor = (company: string): ((ordinal: number) => Values) => {
    const ofCompany = customers.rows().filter((row) => row.company === company);
    const parties = ofCompany.map((row) => customers.read(row, 'PartyNumber'));
    return (ordinal) =>
      parties.length === 0 ? {} : { AssociatedPartyNumber: parties[ordinal % parties.length] ?? '' };
  };
  return {
    customers: createRecords({ ...shared, ...party, kind: 'customer', table: customers }),
    vendors: createRecords({ ...shared, ...vendorParty, kind: 'vendor', table: vendors }),
    contacts: createRecords({ ...shared, ...personParty, kind: 'contact', table: contacts, valuesFor }),
    addField: (entitySet, field) => {
      const found = [customerType, vendorType, contactType].find(({ type }) => type.entitySet === entitySet);
      found?.add(propertyOf(field));
      return found !== undefined;
    },
  };
}

type Extensible = ReturnType<typeof extensible>;

function propertyOf({ name, type, maxLength }: ExtensionField): Property {
  const plain = { name, type, isKey: false, isMandatory: false, allowEdit: true, isMemo: false };
  const isText = type === 'Edm.String' || type === 'Edm.DateTimeOffset';
  const initial = type === 'Edm.DateTimeOffset' ? '1900-01-01T00:00:00Z' : isText ? '' : 0;
  return { ...plain, initial, ...(maxLength === undefined ? {} : { maxLength }) };
}

function counter(from: number): () => number {
  let last = from;
  return () => (last += 1);
}
