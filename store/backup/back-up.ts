import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import pg from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import { writeForm, type BackupHeader, type TableToWrite } from './file-format.ts';
import { BackupError } from './problem.ts';
import { copyTarget, readMigrations, readTables, type Table } from './tables.ts';

/** What was backed up. */
export interface BackedUp {
  readonly tables: number;
  readonly rows: number;
  /** Names of the encryption keys without which the credentials in it do not open. */
  readonly keyIds: readonly string[];
}

/**
 * Writes a backup of the whole database, compressed: everything as it was in one moment, whatever is written meanwhile, and
 * nobody waits for it. Secrets stay sealed as they are. Throws BackupError for a database that has never been in use.
 */
export async function backUp(url: string, sink: NodeJS.WritableStream): Promise<BackedUp> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query('begin isolation level repeatable read read only');
    const migrations = await readMigrations(client);
    if (migrations.length === 0)
      throw new BackupError('There is nothing to back up: Ledgerdesk has never run on this database.');
    const tables = await readTables(client);
    const head: BackupHeader = {
      format: 'ledgerdesk-backup',
      version: 1,
      madeAt: new Date().toISOString(),
      migrations,
      tables: tables.map(({ name, columns }) => ({ name, columns: [...columns] })),
    };
    const counted = { rows: 0 };
    await pipeline(Readable.from(writeForm(head, copyAll(client, tables, counted))), createGzip(), sink);
    const { rows: keys } = await client.query<{ id: string }>('select kek_id as id from key_canary order by 1');
    return { tables: tables.length, rows: counted.rows, keyIds: keys.map(({ id }) => id) };
  } finally {
    await client.end();
  }
}

function* copyAll(client: pg.Client, tables: readonly Table[], counted: { rows: number }): Generator<TableToWrite> {
  for (const table of tables) {
    const stream = client.query(copyTo(`copy ${copyTarget(table)} to stdout`));
    yield { chunks: stream as AsyncIterable<Buffer>, rows: () => stream.rowCount };
    counted.rows += stream.rowCount;
  }
}
