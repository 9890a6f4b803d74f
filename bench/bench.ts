import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { measureEvents, type MeasuredEvents } from './events.ts';
import { measureIsolation } from './isolation.ts';
import { measureAccounts, measureContacts, type Measured } from './measure.ts';
import { startStage, type Stage, type StageOptions } from './stage.ts';
import { printAccounts, printContacts, printEvents, printIsolation } from './table.ts';

/**
 * Counts what syncs of 1,000, 10,000 and 100,000 accounts cost (one legal entity, customers only), beside the floor; then what
 * 1,000 and 10,000 contacts cost, and 1,000 ticket events on 50 accounts and on one; then whether a neighbour under a storm of
 * 429 slows a sync of 10,000. `--sizes 1000,10000`, `--contacts 1000`, `--events 1000` and `--beside 5000` pick others, an empty text none. Requests and Temporal's events are counted; times and memory are this machine's.
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
  const ofContacts = readSizes('--contacts', values.contacts);
  const ofEvents = readSizes('--events', values.events);
  const besideStorm = readSizes('--beside', values.beside);
  const print = (line: string): void => console.log(line);
  const accounts: Measured[] = [];
  for (const size of sizes) accounts.push(...(await measureOne(size, { contacts: false, measure: measureAccounts })));
  if (accounts.length > 0) printAccounts(accounts, print);
  const contacts: Measured[] = [];
  for (const size of ofContacts)
    contacts.push(...(await measureOne(size, { contacts: true, measure: measureContacts })));
  if (contacts.length > 0) printContacts(contacts, print);
  const events: MeasuredEvents[] = [];
  for (const size of ofEvents) for (const accounts of [50, 1]) events.push(await measureDoor(size, accounts));
  if (events.length > 0) printEvents(events, print);
  for (const size of besideStorm) {
    print(`Measuring ${size.toLocaleString('en')} accounts alone and beside a storm …`);
    printIsolation(await onStage({ contacts: false }, (stage) => measureIsolation(stage, size)), print);
  }
}

function readSizes(option: string, text: string): number[] {
  const sizes = text === '' ? [] : text.split(',').map(Number);
  const isWrong = (size: number): boolean => !Number.isInteger(size) || size < 100 || size % 100 !== 0;
  if (sizes.some(isWrong)) throw new Error(`${option} takes hundreds, separated by commas: 1000,10000.`);
  return sizes;
}

async function measureOne(
  size: number,
  { contacts, measure }: { contacts: boolean; measure: (stage: Stage, size: number) => Promise<Measured[]> },
): Promise<Measured[]> {
  console.log(`Measuring ${size.toLocaleString('en')} ${contacts ? 'contacts' : 'accounts'} …`);
  return onStage({ contacts }, (stage) => measure(stage, size));
}

async function measureDoor(events: number, accounts: number): Promise<MeasuredEvents> {
  console.log(`Measuring ${events.toLocaleString('en')} ticket events on ${accounts} account(s) …`);
  const secret = randomBytes(32).toString('hex');
  const options = { contacts: false, webhookSecret: secret };
  return onStage(options, (stage) => measureEvents(stage, { events, accounts, secret }));
}

async function onStage<Result>(options: StageOptions, measure: (stage: Stage) => Promise<Result>): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), 'ledgerdesk-bench-'));
  const stage = await startStage(folder, options);
  try {
    return await measure(stage);
  } finally {
    await stage.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

await main();
