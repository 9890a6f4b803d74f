import type { Account, AccountKind } from '../../domain/accounts/account.ts';
import { legalEntityKey } from '../../domain/sync/record.ts';
import { pageOf, textsOf, type Row, type RowSource } from './rows.ts';

/** What is read of an account set, by the names that this set gives its members. */
type AccountColumns = Readonly<
  Record<'number' | 'party' | 'partyType' | 'name' | 'knownAs' | 'alias' | 'group' | 'currency', string>
>;

/** Members that both account sets name alike (CSDL of 10.0.47). */
const SHARED_COLUMNS = [
  'PersonFirstName',
  'PersonMiddleName',
  'PersonLastNamePrefix',
  'PersonLastName',
  'OnHoldStatus',
  'AddressCity',
  'AddressCountryRegionId',
];

/** The members of `CustomersV3` and `VendorsV2` (CSDL of 10.0.47). */
const ACCOUNT_COLUMNS: Readonly<Record<AccountKind, AccountColumns>> = {
  customer: {
    number: 'CustomerAccount',
    party: 'PartyNumber',
    partyType: 'PartyType',
    name: 'OrganizationName',
    knownAs: 'KnownAs',
    alias: 'NameAlias',
    group: 'CustomerGroupId',
    currency: 'SalesCurrencyCode',
  },
  vendor: {
    number: 'VendorAccountNumber',
    party: 'VendorPartyNumber',
    partyType: 'VendorPartyType',
    name: 'VendorOrganizationName',
    knownAs: 'VendorKnownAsName',
    alias: 'VendorSearchName',
    group: 'VendorGroupId',
    currency: 'CurrencyCode',
  },
};

/** The member that holds the account number; with the company it is the key of the account sets and of their extensions. */
export function accountKeyColumn(kind: AccountKind): string {
  return ACCOUNT_COLUMNS[kind].number;
}

/** Makes the source of the accounts of one kind. */
export function accountSource(kind: AccountKind, entitySet: string): RowSource<Account> {
  const columns = ['dataAreaId', ...Object.values(ACCOUNT_COLUMNS[kind]), ...SHARED_COLUMNS];
  const keyColumn = accountKeyColumn(kind);
  return {
    entitySet,
    columns,
    order: ['dataAreaId', keyColumn],
    keyColumn,
    page: pageOf(columns, keyColumn),
    read: (row) => readAccount(kind, row),
    keyOf: ({ key }) => key,
  };
}

function readAccount(kind: AccountKind, row: Row): Account {
  const columns = ACCOUNT_COLUMNS[kind];
  const text = textsOf(row);
  return {
    legalEntity: legalEntityKey(row['dataAreaId'] ?? ''),
    kind,
    key: row[columns.number] ?? '',
    name: nameOf(kind, text),
    partyNumber: text(columns.party),
    group: text(columns.group),
    onHold: text('OnHoldStatus'),
    currency: text(columns.currency),
    city: text('AddressCity'),
    country: text('AddressCountryRegionId'),
  };
}

function nameOf(kind: AccountKind, text: (name: string) => string): string {
  const columns = ACCOUNT_COLUMNS[kind];
  const personParts = ['PersonFirstName', 'PersonMiddleName', 'PersonLastNamePrefix', 'PersonLastName'].map(text);
  const person = personParts.filter((part) => part !== '').join(' ');
  const isPerson = text(columns.partyType).toLowerCase() === 'person';
  const names = [...(isPerson ? [person] : []), text(columns.name), text(columns.knownAs), text(columns.alias)];
  return names.find((name) => name !== '') ?? '';
}
