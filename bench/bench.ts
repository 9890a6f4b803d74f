import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { measureSize, type Measured } from './measure.ts';
import { startStage } from './stage.ts';
import { printTable } from './table.ts';

/**
 * Counts what syncs of 1,000, 10,000 and 100,000 accounts cost (one legal entity, customers only), beside the floor.
 * `--sizes 1000,10000` picks others. Requests and events are counted; times and memory are this machine's.
 */
async function main(): Promise<void> {
  const { values } = parseArgs({ options: { sizes: { type: 'string', default: '1000,10000,100000' } } });
  const sizes = values.sizes.split(',').map(Number);
  const isWrong = (size: number): boolean => !Number.isInteger(size) || size < 100 || size % 100 !== 0;
  if (sizes.some(isWrong)) throw new Error('--sizes takes hundreds, separated by commas: 1000,10000.');
  const measured: Measured[] = [];
  for (const size of sizes) measured.push(...(await measureOne(size)));
  printTable(measured, (line) => console.log(line));
}

async function measureOne(size: number): Promise<Measured[]> {
  const folder = await mkdtemp(join(tmpdir(), 'ledgerdesk-bench-'));
  const stage = await startStage(folder);
  try {
    console.log(`Measuring ${size.toLocaleString('en')} accounts …`);
    return await measureSize(stage, size);
  } finally {
    await stage.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

await main();
