import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, stat, truncate, copyFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { lockDataDirectory } from '../../runtime/processes/data-lock.ts';
import { createDataDirectory } from '../../runtime/processes/data-directory.ts';
import type { JournalEntry } from '../fixtures/sandbox.ts';
import type { TestWorker } from '../fixtures/world.ts';
import { setUpWorld } from '../fixtures/set-up-world.ts';

describe('the commands backup and restore', () => {
  const world = setUpWorld({ seed: 'distributor', limits: 'sandbox', worker: false });
  let worker: TestWorker;
  let folder: string;
  let file: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ledgerdesk-backup-'));
    file = join(folder, 'ledgerdesk.backup');
    await world.connect('kept', (settings) => ({ ...settings, sync: { ...settings.sync, contacts: true } }));
    worker = await world.startWorker();
    expect(await world.sync('kept')).toMatchObject({ status: 'completed' });
  }, 240_000);
  afterAll(() => rm(folder, { recursive: true, force: true }));

  /** Runs `npm run backup` or `npm run restore`. Returns the exit code, the messages and the size of the output. */
  async function run(
    command: 'backup' | 'restore',
    args: readonly string[],
    env: Readonly<Record<string, string>> = { DATABASE_URL: world.databaseUrl },
  ): Promise<{ code: number | null; messages: string; bytes: number }> {
    const entry = fileURLToPath(new URL(`../../runtime/backup/${command}.ts`, import.meta.url));
    const all = { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '', ...env };
    const child = spawn(process.execPath, ['--import', 'tsx', entry, ...args], { env: all });
    const output = { messages: '', bytes: 0 };
    child.stderr.on('data', (chunk: Buffer) => (output.messages += chunk.toString('utf8')));
    child.stdout.on('data', (chunk: Buffer) => (output.bytes += chunk.length));
    const [code] = (await once(child, 'close')) as [number | null];
    return { code, ...output };
  }
  const query = async (text: string): Promise<void> => {
    const client = new pg.Client({ connectionString: world.databaseUrl });
    await client.connect();
    await client.query(text);
    await client.end();
  };
  const drop = () => query('drop schema public cascade; create schema public');
  const writes = async (): Promise<JournalEntry[]> => {
    const { items } = await world.sandbox.control<{ items: JournalEntry[] }>('GET', '/journal?system=zendesk');
    return items.filter(({ method }) => method !== 'GET');
  };

  it('write one file that only its owner can read, while the worker works, and name the key that it needs', async () => {
    const { code, messages, bytes } = await run('backup', [file]);
    expect([code, bytes]).toEqual([0, 0]);
    expect(messages).toMatch(
      /^Backed up \d{3,} rows of \d+ tables\. The backup contains no encryption keys\. .* the key "test" /,
    );
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    const content = gunzipSync(await readFile(file));
    expect(content.includes('kept')).toBe(true);
    for (const secret of [world.sandbox.clientSecret, world.sandbox.zendeskToken])
      expect(content.includes(secret)).toBe(false);
  });

  it('overwrite no file, and say what is missing', async () => {
    const before = await readFile(file);
    expect(await run('backup', [file])).toMatchObject({
      code: 1,
      messages: expect.stringContaining('Give another name'),
    });
    expect((await readFile(file)).equals(before)).toBe(true);
    expect(await run('backup', [])).toMatchObject({
      code: 2,
      messages: expect.stringContaining('npm run backup -- FILE'),
    });
    expect(await run('restore', [join(folder, 'absent')])).toMatchObject({
      code: 1,
      messages: `The file ${join(folder, 'absent')} or its folder does not exist. Check the path.\n`,
    });
    const nowhere = { LEDGERDESK_DATA_DIR: join(folder, 'nowhere') };
    expect(await run('backup', [join(folder, 'other')], nowhere)).toMatchObject({
      code: 1,
      messages: expect.stringMatching(/^DATABASE_URL is not set, and .*nowhere contains no embedded database/),
    });
    expect(await run('backup', ['-'])).toMatchObject({ code: 0, bytes: expect.any(Number) });
  });

  it('restore nothing over a database in use', async () => {
    expect(await run('restore', [file])).toMatchObject({
      code: 1,
      messages: expect.stringContaining('The database is not empty'),
    });
    expect(await world.sync('kept')).toMatchObject({ status: 'completed', totals: { created: 0, updated: 0 } });
  });

  it('restore a dropped database, after which syncs create and update nothing', async () => {
    const [before] = (await world.store.reports.list('kept', 1)).items;
    await worker.stop();
    await drop();
    const cut = join(folder, 'cut');
    await copyFile(file, cut);
    await truncate(cut, Math.floor((await stat(file)).size / 2));
    expect(await run('restore', [cut])).toMatchObject({
      code: 1,
      messages: expect.stringContaining('damaged or incomplete. Nothing was restored'),
    });
    const { code, messages } = await run('restore', [file]);
    expect([code, messages]).toEqual([0, expect.stringMatching(/^Restored \d{3,} rows of \d+ tables from 20/)]);

    await world.sandbox.control('DELETE', '/journal');
    worker = await world.startWorker();
    for (const full of [false, true]) {
      const run = await world.sync('kept', { full });
      expect(run).toMatchObject({ status: 'completed', totals: { created: 0, updated: 0, adopted: 0 } });
      expect(run.totals).toEqual(before?.totals);
    }
    expect(await writes()).toEqual([]);
  });

  it('restore into a new embedded database, and back it up again while nothing runs', async () => {
    const dataDir = join(folder, 'data');
    const env = { LEDGERDESK_DATA_DIR: dataDir };
    await createDataDirectory(dataDir);
    const lock = await lockDataDirectory(dataDir);
    expect(await run('restore', [file], env)).toMatchObject({
      code: 1,
      messages: expect.stringContaining('is already running with the data directory'),
    });
    await lock.release();
    const restored = await run('restore', [file], env);
    expect(restored).toMatchObject({ code: 0 });
    const again = join(folder, 'again');
    const backedUp = await run('backup', [again], env);
    expect(backedUp).toMatchObject({ code: 0 });
    const rows = /\d+ rows of \d+ tables/;
    expect(rows.exec(backedUp.messages)?.[0]).toBe(rows.exec(restored.messages)?.[0]);
  });
});
