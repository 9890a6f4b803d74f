import type { DynamicsState } from '../dynamics/state.ts';
import type { SeededAccount } from './erp-accounts.ts';
import { domainOf } from './erp-accounts.ts';

const GIVEN = ['Alicia', 'Benoît', 'Carla', 'David', 'Élodie', 'Frank', 'Gaëlle', 'Hiro', 'Ines', 'Jonas', 'Karin'];
const FAMILY = ['Thornber', 'Durand', "O'Connor", 'Phelps', 'Roux', 'Chen', 'Schmidt', 'Garcia', 'Núñez'];
const TITLES = ['Purchasing manager', 'Accountant', 'Site manager', '', 'Owner'];

/** Creates about 90 contacts: one for every account except each eighth, and a second one for every third. */
export function seedContacts(state: DynamicsState, accounts: readonly SeededAccount[]): void {
  let serial = 0;
  for (const [index, account] of accounts.entries()) {
    const count = index % 8 === 7 ? 0 : 1 + (index % 3 === 0 ? 1 : 0);
    for (let nth = 0; nth < count; nth += 1) {
      serial += 1;
      seedContact(state, account, serial);
    }
  }
  seedAwkwardContacts(state, accounts);
}

function seedContact(state: DynamicsState, account: SeededAccount, serial: number): void {
  const first = GIVEN[serial % GIVEN.length] ?? '';
  const last = FAMILY[serial % FAMILY.length] ?? '';
  state.upsertContact(account.company, contactId(serial), {
    ContactPersonPartyNumber: personNumber(serial),
    AssociatedPartyNumber: account.party,
    ContactPersonName: `${first} ${last}`,
    FirstName: first,
    LastName: last,
    PrimaryEmailAddress: serial % 11 === 0 ? '' : `${plain(first)}.${plain(last)}${serial}@${domainOf(account.name)}`,
    PrimaryPhoneNumber: serial % 4 === 0 ? '' : `+1 425 555 ${String(1000 + serial)}`,
    EmploymentJobTitle: TITLES[serial % TITLES.length] ?? '',
    IsInactive: serial % 17 === 0 ? 'Yes' : 'No',
    IsDefaultContactPerson: serial % 3 === 0 ? 'Yes' : 'No',
    LastEditDateTime: '2026-01-15T09:30:00Z',
  });
}

/** Two contacts with one mailbox, a person in two companies, an invalid address, capitals, blanks, and no account. */
function seedAwkwardContacts(state: DynamicsState, [first, second, third]: readonly SeededAccount[]): void {
  const person = (id: string, company: string, values: Record<string, string>): void =>
    void state.upsertContact(company, id, { LastEditDateTime: '2026-02-01T08:00:00Z', ...values });
  const at = (account: SeededAccount | undefined): { AssociatedPartyNumber: string } => ({
    AssociatedPartyNumber: account?.party ?? '',
  });
  const shared = { PrimaryEmailAddress: 'orders@contosoretail.example', ...at(first) };
  person('000901', 'usmf', { ...shared, ContactPersonName: 'Order Desk', FirstName: 'Order', LastName: 'Desk' });
  person('000902', 'usmf', { ...shared, ContactPersonName: 'Pat Night', FirstName: 'Pat', LastName: 'Night' });
  const traveller = {
    ContactPersonPartyNumber: '000000990',
    AssociatedPartyNumber: '000000900',
    ContactPersonName: 'Maya Laurent',
    FirstName: 'Maya',
    LastName: 'Laurent',
    PrimaryEmailAddress: 'Maya.Laurent@LamnaHealthcare.example',
  };
  person('000903', 'usmf', traveller);
  person('000903', 'frrt', { ...traveller, EmploymentJobTitle: 'Directrice des achats' });
  person('000904', 'usmf', { ...at(second), ContactPersonName: 'Nobody Home', PrimaryEmailAddress: 'none at present' });
  person('000905', 'usmf', {
    ...at(third),
    ContactPersonName: '  Spacey  Name ',
    PrimaryEmailAddress: ' spacey@forest.example ',
  });
  person('000906', 'usmf', { ContactPersonName: 'Loose End', PrimaryEmailAddress: 'loose@end.example' });
}

function contactId(serial: number): string {
  return String(serial).padStart(6, '0');
}

function personNumber(serial: number): string {
  return String(1_000 + serial).padStart(9, '0');
}

function plain(name: string): string {
  return name
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/[^a-z]/g, '');
}
