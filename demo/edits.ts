import { control } from './control.ts';
import type { Sandbox } from './processes.ts';

/** A contact in the ERP whose email address was changed. */
export interface ChangedContact {
  readonly name: string;
  readonly before: string;
  readonly after: string;
}

/** The key of one account or contact in the ERP. */
export interface RecordKey {
  readonly legalEntity: string;
  readonly key: string;
}

interface Row extends RecordKey {
  readonly values: Readonly<Record<string, string>>;
}

/** Changes three customers in the ERP: a new city, a new name and a hold. */
export async function changeAccounts(sandbox: Sandbox): Promise<void> {
  const { items } = await read<{ items: Row[] }>(sandbox, 'customers');
  const companies = items.filter(
    ({ key, values }) => values['PartyType'] === 'Organization' && /^[A-Z]{2}-[0-9]+$/.test(key),
  );
  const changes = [
    { AddressCity: 'Port Townsend' },
    { OrganizationName: 'Northwind Renamed Traders' },
    { OnHoldStatus: 'All' },
  ];
  for (const [index, change] of changes.entries()) {
    const customer = companies[index * 3];
    if (!customer) throw new Error('The sandbox has too few customers for the demo.');
    await write(sandbox, `customers/${customer.legalEntity}/${customer.key}`, change);
  }
}

/** Changes the email address of a contact in the ERP. */
export async function changeEmail(sandbox: Sandbox, { legalEntity, key }: RecordKey): Promise<ChangedContact> {
  const path = `contacts/${legalEntity}/${key}`;
  const { values } = await read<Row>(sandbox, path);
  const before = values['PrimaryEmailAddress'] ?? '';
  const after = `new.${before}`;
  await write(sandbox, path, { PrimaryEmailAddress: after });
  return { name: values['ContactPersonName'] ?? '', before, after };
}

/** Returns the value of one field of a customer in the ERP. */
export async function customerField(sandbox: Sandbox, { legalEntity, key }: RecordKey, field: string): Promise<string> {
  return (await read<Row>(sandbox, `customers/${legalEntity}/${key}`)).values[field] ?? '';
}

/** Renames a customer in the ERP. */
export async function renameCustomer(
  sandbox: Sandbox,
  { legalEntity, key }: RecordKey,
  OrganizationName: string,
): Promise<void> {
  await write(sandbox, `customers/${legalEntity}/${key}`, { OrganizationName });
}

function read<Body>(sandbox: Sandbox, path: string): Promise<Body> {
  return control<Body>(sandbox, `GET /state/dynamics/${path}`);
}

async function write(sandbox: Sandbox, path: string, change: object): Promise<void> {
  await control(sandbox, `PUT /state/dynamics/${path}`, change);
}
