import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { measureAccounts, measureContacts, type Measured } from './measure.ts';
import { startStage, type Stage } from './stage.ts';
import { printAccounts, printContacts } from './table.ts';

/**
 * Counts what syncs of 1,000, 10,000 and 100,000 accounts cost (one legal entity, customers only), beside the floor; then what
 * 1,000 and 10,000 contacts cost. `--sizes 1000,10000` and `--contacts 1000` pick others, an empty text none. Requests and
 * events are counted; times and memory are this machine's.
 */
async function main(): Promise<void> {
  const options = {
    sizes: { type: 'string', default: '1000,10000,100000' },
    contacts: { type: 'string', default: '1000,10000' },
  } as const;
  const { values } = parseArgs({ options });
  const sizes = readSizes('--sizes', values.sizes);
  const ofContacts = readSizes('--contacts', values.contacts);
  const print = (line: string): void => console.log(line);
  const accounts: Measured[] = [];
  for (const size of sizes) accounts.push(...(await measureOne(size, { contacts: false, measure: measureAccounts })));
  if (accounts.length > 0) printAccounts(accounts, print);
  const contacts: Measured[] = [];
  for (const size of ofContacts)
    contacts.push(...(await measureOne(size, { contacts: true, measure: measureContacts })));
  if (contacts.length > 0) printContacts(contacts, print);
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
  const folder = await mkdtemp(join(tmpdir(), 'ledgerdesk-bench-'));
  const stage = await startStage(folder, { contacts });
  try {
    console.log(`Measuring ${size.toLocaleString('en')} ${contacts ? 'contacts' : 'accounts'} …`);
    return await measure(stage, size);
  } finally {
    await stage.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

await main();
