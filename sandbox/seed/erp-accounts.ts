import type { DynamicsState } from '../dynamics/state.ts';
import type { AccountLine } from './account-line.ts';
import { FRENCH_CUSTOMERS } from './french-customers.ts';
import { US_CUSTOMERS } from './us-customers.ts';
import { FRENCH_VENDORS, US_VENDORS } from './vendor-lines.ts';

/** An account that contacts can belong to. */
export interface SeededAccount {
  readonly company: string;
  readonly party: string;
  readonly name: string;
  readonly country: string;
}

/** Creates the customers and vendors of both companies. Returns them in the order of the lines. */
export function seedAccounts(state: DynamicsState): SeededAccount[] {
  return [
    ...seedCustomers(state, { company: 'usmf', lines: US_CUSTOMERS, firstParty: 101 }),
    ...seedCustomers(state, { company: 'frrt', lines: FRENCH_CUSTOMERS, firstParty: 301 }),
    ...seedVendors(state, { company: 'usmf', lines: US_VENDORS, firstParty: 501 }),
    ...seedVendors(state, { company: 'frrt', lines: FRENCH_VENDORS, firstParty: 601 }),
  ];
}

interface Ledger {
  readonly company: string;
  readonly lines: readonly AccountLine[];
  readonly firstParty: number;
}

function seedCustomers(state: DynamicsState, { company, lines, firstParty }: Ledger): SeededAccount[] {
  return lines.map((line, index) => {
    const { values } = state.upsertCustomer(company, line.number, {
      PartyNumber: partyNumber(firstParty + index),
      OrganizationName: line.name,
      NameAlias: line.name.slice(0, 20),
      CustomerGroupId: line.group,
      SalesCurrencyCode: currencyOf(line.country),
      ...addressOf(line),
      FullPrimaryAddress: [line.city, line.country].filter((part) => part !== '').join('\n'),
      PrimaryContactEmail: mailboxOf(line),
      PaymentTerms: 'Net30',
      ...line.extra,
    });
    return { company, name: line.name, country: line.country, party: String(values['PartyNumber']) };
  });
}

function seedVendors(state: DynamicsState, { company, lines, firstParty }: Ledger): SeededAccount[] {
  return lines.map((line, index) => {
    const { values } = state.upsertVendor(company, line.number, {
      VendorPartyNumber: partyNumber(firstParty + index),
      VendorOrganizationName: line.name,
      VendorSearchName: line.name.slice(0, 20),
      VendorGroupId: line.group,
      CurrencyCode: currencyOf(line.country),
      ...addressOf(line),
      PrimaryEmailAddress: mailboxOf(line),
      ...line.extra,
    });
    return { company, name: line.name, country: line.country, party: String(values['VendorPartyNumber']) };
  });
}

function addressOf({ city, country }: AccountLine): Record<string, string> {
  const language = country === 'FRA' ? 'fr' : 'en-US';
  return { AddressCity: city, AddressCountryRegionId: country, LanguageId: language };
}

/** Returns the account's email address. Every fifth account has none. */
function mailboxOf({ number, name }: AccountLine): string {
  return number.endsWith('5') || name === '' ? '' : `office@${domainOf(name)}`;
}

/** Returns the email domain for an organization's name. */
export function domainOf(name: string): string {
  const plain = name
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '');
  return `${plain === '' ? 'sample' : plain.slice(0, 24)}.example`;
}

function currencyOf(country: string): string {
  const currencies: Readonly<Record<string, string>> = {
    FRA: 'EUR',
    BEL: 'EUR',
    IRL: 'EUR',
    CAN: 'CAD',
    JPN: 'JPY',
    CHE: 'CHF',
  };
  return currencies[country] ?? 'USD';
}

function partyNumber(number: number): string {
  return String(number).padStart(9, '0');
}
