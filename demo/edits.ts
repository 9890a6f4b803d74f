import type { Sandbox } from './processes.ts';

/** A contact of the ERP whose address was changed. */
export interface ChangedContact {
  readonly name: string;
  readonly before: string;
  readonly after: string;
}

/** Names one contact of the ERP. */
export interface ContactKey {
  readonly legalEntity: string;
  readonly key: string;
}

interface Row extends ContactKey {
  readonly values: Readonly<Record<string, string>>;
}

/** Changes three customers in the ERP, as its users would: a new city, a new name, a hold. */
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

/** Gives a contact another email address in the ERP. */
export async function changeEmail(sandbox: Sandbox, { legalEntity, key }: ContactKey): Promise<ChangedContact> {
  const place = `contacts/${legalEntity}/${key}`;
  const { values } = await read<Row>(sandbox, place);
  const before = values['PrimaryEmailAddress'] ?? '';
  const after = `new.${before}`;
  await write(sandbox, place, { PrimaryEmailAddress: after });
  return { name: values['ContactPersonName'] ?? '', before, after };
}

async function read<Answer>(sandbox: Sandbox, place: string): Promise<Answer> {
  return (await (await ask(sandbox, place, {})).json()) as Answer;
}

async function write(sandbox: Sandbox, place: string, change: object): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  await ask(sandbox, place, { method: 'PUT', body: JSON.stringify(change), headers });
}

async function ask(sandbox: Sandbox, place: string, request: RequestInit): Promise<Response> {
  const answer = await fetch(`${sandbox.control}/state/dynamics/${place}`, request);
  if (!answer.ok) throw new Error(`The sandbox answered ${answer.status} for ${place}.`);
  return answer;
}
