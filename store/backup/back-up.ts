import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import pg from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import { BackupError } from './backup-error.ts';
import { encodeBackup, type BackupHeader, type TableToWrite } from './file-format.ts';
import { copyTarget, readMigrations, readTables, type Table } from './tables.ts';

/** The content of a backup in numbers. */
export interface BackedUp {
  readonly tables: number;
  readonly rows: number;
  /** Names of the encryption keys that open the credentials in it. */
  readonly keyIds: readonly string[];
}

/**
 * Writes a compressed backup of the whole database as it was at one moment. It blocks no other work on the database.
 * Secrets stay sealed. Throws a BackupError for a database that was never used.
 */
export async function backUp(url: string, sink: NodeJS.WritableStream): Promise<BackedUp> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query('begin isolation level repeatable read read only');
    const migrations = await readMigrations(client);
    if (migrations.length === 0)
      throw new BackupError(
        'There is nothing to back up: Ledgerdesk has never run on this database. Check DATABASE_URL.',
      );
    const tables = await readTables(client);
    const head: BackupHeader = {
      format: 'ledgerdesk-backup',
      version: 1,
      madeAt: new Date().toISOString(),
      migrations,
      tables: tables.map(({ name, columns }) => ({ name, columns: [...columns] })),
    };
    const counted = { rows: 0 };
    await pipeline(Readable.from(encodeBackup(head, copyAll(client, tables, counted))), createGzip(), sink);
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
