import type { Contact } from '../../domain/contacts/contact.ts';
import { legalEntityKey } from '../../domain/sync/record.ts';
import { pageOf, textsOf, type Row, type RowSource } from './rows.ts';

const KEY_COLUMN = 'ContactPersonId';

/** Members that both contact sets have (CSDL of 10.0.47; `AssociatedPartyNumber` of the CDS set: CDM). */
const SHARED_COLUMNS = [
  'dataAreaId',
  KEY_COLUMN,
  'ContactPersonPartyNumber',
  'AssociatedPartyNumber',
  'FirstName',
  'MiddleName',
  'LastName',
  'PrimaryEmailAddress',
  'PrimaryPhoneNumber',
  'IsInactive',
];

/** Members of `ContactPersons` alone. */
const PERSON_COLUMNS = ['ContactPersonName', 'KnownAsName', 'SearchName', 'EmploymentJobTitle'];

/** The set that shows a person once per account and has neither a whole name nor a job title; its key has an enum. */
const CDS_SET = 'CDSContactPersonsV2';
const CDS_KEY = ['dataAreaId', 'ContactPersonPartyNumber', 'AssociatedContactType', 'AssociatedContactNumber'];

/**
 * Makes the source of contacts. A set of another name than the CDS one is taken to have the members of `ContactPersons`.
 * The rows of one person in the CDS set differ in the account number only, which is not read: they are one contact.
 */
export function contactSource(entitySet: string): RowSource<Contact> {
  const isCds = entitySet === CDS_SET;
  const columns = isCds ? SHARED_COLUMNS : [...SHARED_COLUMNS, ...PERSON_COLUMNS];
  return {
    entitySet,
    columns,
    order: isCds ? CDS_KEY : ['dataAreaId', KEY_COLUMN],
    keyColumn: KEY_COLUMN,
    page: pageOf(columns, KEY_COLUMN),
    read: readContact,
    keyOf: ({ key }) => key,
  };
}

function readContact(row: Row): Contact {
  const text = textsOf(row);
  return {
    legalEntity: legalEntityKey(row['dataAreaId'] ?? ''),
    kind: 'contact',
    key: row[KEY_COLUMN] ?? '',
    name: nameOf(text),
    personParty: text('ContactPersonPartyNumber'),
    accountParty: text('AssociatedPartyNumber'),
    email: text('PrimaryEmailAddress'),
    phone: text('PrimaryPhoneNumber'),
    jobTitle: text('EmploymentJobTitle'),
    isInactive: text('IsInactive').toLowerCase() === 'yes',
  };
}

function nameOf(text: (name: string) => string): string {
  const parts = ['FirstName', 'MiddleName', 'LastName'].map(text).filter((part) => part !== '');
  const names = [text('ContactPersonName'), parts.join(' '), text('KnownAsName'), text('SearchName')];
  return names.find((name) => name !== '') ?? '';
}
