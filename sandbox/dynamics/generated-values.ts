import type { EntityType, Value } from './entity-type.ts';

type Generator = (ordinal: number) => Value;

const pick = (items: readonly string[], ordinal: number): string => items[ordinal % items.length] ?? '';

const FIRST = ['Adventure', 'Blue Yonder', 'Coho', 'Fabrikam', 'Fourth Coffee', 'Litware', 'Northwind', 'Tailspin'];
const SECOND = ['Traders', 'Retail', 'Wholesale', 'Supplies', 'Logistics', 'Partners', 'Stores'];
const CITIES = ['Seattle', 'Lyon', 'Denver', 'Nantes', 'Portland', 'Lille', ''];
const COUNTRIES = ['USA', 'FRA'];
const GIVEN = ['Ada', 'Bruno', 'Chloé', 'Dmitri', 'Elena', 'Farid', 'Grace', 'Hugo'];
const FAMILY = ['Moreau', 'Lindqvist', "O'Neil", 'Petrov', 'Sato', 'Nguyen', 'Weber'];

/** Names are distinct, because a run over many rows tests volume, not collisions. */
const nameOf: Generator = (n) => `${pick(FIRST, n)} ${pick(SECOND, n)} ${n}`;
const cityOf: Generator = (n) => pick(CITIES, n);
const countryOf: Generator = (n) => pick(COUNTRIES, n);
const groupOf: Generator = (n) => pick(['10', '20', '30'], n);
const currencyOf: Generator = (n) => pick(['USD', 'EUR'], n);
const holdOf: Generator = (n) => (n % 50 === 0 ? 'All' : 'No');

const GENERATORS: Readonly<Record<string, Readonly<Record<string, Generator>>>> = {
  CustomerV3: {
    PartyNumber: (n) => partyNumberOf('customer', n),
    PartyType: () => 'Organization',
    OrganizationName: nameOf,
    NameAlias: nameOf,
    CustomerGroupId: groupOf,
    SalesCurrencyCode: currencyOf,
    LanguageId: () => 'en-US',
    OnHoldStatus: holdOf,
    AddressCity: cityOf,
    AddressCountryRegionId: countryOf,
    PrimaryContactEmail: (n) => `office${n}@customer${n}.example`,
  },
  VendorV2: {
    VendorPartyNumber: (n) => partyNumberOf('vendor', n),
    VendorPartyType: () => 'Organization',
    VendorOrganizationName: (n) => `${nameOf(n)} Supply`,
    VendorSearchName: nameOf,
    VendorGroupId: groupOf,
    CurrencyCode: currencyOf,
    LanguageId: () => 'en-US',
    OnHoldStatus: holdOf,
    AddressCity: cityOf,
    AddressCountryRegionId: countryOf,
    PrimaryEmailAddress: (n) => `office${n}@vendor${n}.example`,
  },
  ContactPerson: {
    ContactPersonPartyNumber: (n) => partyNumberOf('contact', n),
    ContactPersonPartyType: () => 'Person',
    ContactPersonName: (n) => `${pick(GIVEN, n)} ${pick(FAMILY, n)}`,
    FirstName: (n) => pick(GIVEN, n),
    LastName: (n) => pick(FAMILY, n),
    PrimaryEmailAddress: (n) => `person${n}@contacts.example`,
    PrimaryPhoneNumber: (n) => `+1 425 555 ${String(n % 10_000).padStart(4, '0')}`,
    EmploymentJobTitle: (n) => pick(['Buyer', 'Accountant', 'Site manager'], n),
  },
};

/** Returns a value of a generated row. It is not stored, so that a hundred thousand rows need little memory. */
export function generatedValue(type: EntityType, property: string, ordinal: number): Value | undefined {
  return GENERATORS[type.name]?.[property]?.(ordinal);
}

/** Returns the party number of a generated row. Other rows have party numbers of nine digits. */
function partyNumberOf(kind: 'customer' | 'vendor' | 'contact', ordinal: number): string {
  const range = { customer: 1, vendor: 2, contact: 3 }[kind];
  return `${range}${String(ordinal).padStart(9, '0')}`;
}

/** Returns the key of a generated row. */
export function generatedKey(kind: 'customer' | 'vendor' | 'contact', ordinal: number): string {
  const prefix = { customer: 'C', vendor: 'V', contact: 'CP' }[kind];
  return `${prefix}-${String(ordinal).padStart(6, '0')}`;
}
