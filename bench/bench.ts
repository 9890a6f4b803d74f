import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { measureEvents, type MeasuredEvents } from './events.ts';
import { measureIsolation } from './isolation.ts';
import { measureAccounts, measureContacts, type Measured } from './measure.ts';
import { startEnvironment, type Environment, type EnvironmentOptions } from './environment.ts';
import { printAccounts, printContacts, printEvents, printIsolation } from './table.ts';

/**
 * Measures the cost of syncs of 1,000, 10,000 and 100,000 accounts (one legal entity, customers only) and shows the
 * smallest possible number of requests beside it. Then it measures 1,000 and 10,000 contacts, 1,000 ticket events on 50
 * accounts and on one, and whether another connection that gets only 429 slows down a sync of 10,000 accounts. `--sizes
 * 1000,10000`, `--contacts 1000`, `--events 1000` and `--beside 5000` set other sizes; an empty value skips a
 * measurement. Requests and events of Temporal are exact. Times and memory depend on the machine.
 */
async function main(): Promise<void> {
  const options = {
    sizes: { type: 'string', default: '1000,10000,100000' },
    contacts: { type: 'string', default: '1000,10000' },
    events: { type: 'string', default: '1000' },
    beside: { type: 'string', default: '10000' },
  } as const;
  const { values } = parseArgs({ options });
  const sizes = readSizes('--sizes', values.sizes);
  const contactSizes = readSizes('--contacts', values.contacts);
  const eventSizes = readSizes('--events', values.events);
  const isolationSizes = readSizes('--beside', values.beside);
  const print = (line: string): void => console.log(line);
  const accounts: Measured[] = [];
  for (const size of sizes) accounts.push(...(await measureOne(size, { contacts: false, measure: measureAccounts })));
  if (accounts.length > 0) printAccounts(accounts, print);
  const contacts: Measured[] = [];
  for (const size of contactSizes)
    contacts.push(...(await measureOne(size, { contacts: true, measure: measureContacts })));
  if (contacts.length > 0) printContacts(contacts, print);
  const events: MeasuredEvents[] = [];
  for (const size of eventSizes) for (const accounts of [50, 1]) events.push(await measureEventBatch(size, accounts));
  if (events.length > 0) printEvents(events, print);
  for (const size of isolationSizes) {
    print(`Measuring ${size.toLocaleString('en')} accounts alone and beside a rate-limited connection …`);
    printIsolation(
      await inEnvironment({ contacts: false }, (environment) => measureIsolation(environment, size)),
      print,
    );
  }
}

function readSizes(option: string, text: string): number[] {
  const sizes = text === '' ? [] : text.split(',').map(Number);
  const isInvalid = (size: number): boolean => !Number.isInteger(size) || size < 100 || size % 100 !== 0;
  if (sizes.some(isInvalid))
    throw new Error(`${option} must be multiples of 100, separated by commas, such as 1000,10000.`);
  return sizes;
}

async function measureOne(
  size: number,
  {
    contacts,
    measure,
  }: { contacts: boolean; measure: (environment: Environment, size: number) => Promise<Measured[]> },
): Promise<Measured[]> {
  console.log(`Measuring ${size.toLocaleString('en')} ${contacts ? 'contacts' : 'accounts'} …`);
  return inEnvironment({ contacts }, (environment) => measure(environment, size));
}

async function measureEventBatch(events: number, accounts: number): Promise<MeasuredEvents> {
  console.log(`Measuring ${events.toLocaleString('en')} ticket events on ${accounts} account(s) …`);
  const secret = randomBytes(32).toString('hex');
  const options = { contacts: false, webhookSecret: secret };
  return inEnvironment(options, (environment) => measureEvents(environment, { events, accounts, secret }));
}

async function inEnvironment<Result>(
  options: EnvironmentOptions,
  measure: (environment: Environment) => Promise<Result>,
): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), 'ledgerdesk-bench-'));
  const environment = await startEnvironment(folder, options);
  try {
    return await measure(environment);
  } finally {
    await environment.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

await main();
