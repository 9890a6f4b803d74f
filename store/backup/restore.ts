import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { openDatabase } from '../database.ts';
import { knownMigrations, migrate } from '../migrate.ts';
import type { BackedUp } from './back-up.ts';
import { BackupError } from './backup-error.ts';
import { decodeBackup, toBackupError, type BackupHeader, type BackupReader } from './file-format.ts';
import { copyTarget, quote, readMigrations, readTables, type Table } from './tables.ts';

/** The restored content in numbers, and the time of the backup, ISO-8601 UTC. */
export interface Restored extends BackedUp {
  readonly madeAt: string;
}

const NOT_EMPTY =
  'The database is not empty, and a restore never overwrites data. Create an empty database, set DATABASE_URL to its address, and run the command again.';

/** Tables that Ledgerdesk fills when it starts. A database without other rows counts as empty. */
const OWN = ['key_canary', 'write_proofs'];

/**
 * Restores a backup into an empty database in one transaction, so that either all of it is restored or nothing. Then
 * migrates it to this version. Throws a BackupError when the database is not empty or the file cannot be used.
 */
export async function restore(url: string, file: NodeJS.ReadableStream): Promise<Restored> {
  const gunzip = createGunzip();
  // An error of the file must reach the reader of the decompressed bytes.
  file.once('error', (error: Error) => gunzip.destroy(error));
  const reader = decodeBackup(file.pipe(gunzip));
  try {
    const head = await reader.header();
    await prepare(url, head);
    const restored = await load(url, head, reader);
    await migrateTo(url);
    return { ...restored, madeAt: head.madeAt };
  } catch (error) {
    throw toBackupError(error);
  } finally {
    gunzip.destroy();
  }
}

/** Migrates the empty database to the version of the backup. */
async function prepare(url: string, { migrations }: BackupHeader): Promise<void> {
  const known = knownMigrations();
  const last = migrations.at(-1) ?? '';
  if (!migrations.every((name) => known.includes(name)))
    throw new BackupError(
      `The backup was made by a newer version of Ledgerdesk (last migration: "${last}"). Restore it with that version.`,
    );
  await withClient(url, refuseUnlessEmpty);
  await migrateTo(url, last);
  const present = await withClient(url, readMigrations);
  if (present.join() !== migrations.join())
    throw new BackupError(
      `The backup was made by an older version of Ledgerdesk (last migration: "${last}"), but this database was already migrated by a newer one. Restore it into a new, empty database.`,
    );
}

async function load(url: string, { tables }: BackupHeader, reader: BackupReader): Promise<BackedUp> {
  return withClient(url, async (client) => {
    await client.query('begin');
    const present = await readTables(client);
    if (describe(present) !== describe(tables))
      throw new BackupError(
        'The tables in the backup do not match its version, so it cannot be restored. Use another backup.',
      );
    // No other process may add rows to those of the backup.
    for (const { name } of present) await client.query(`lock table ${quote(name)} in exclusive mode`);
    await refuseUnlessEmpty(client);
    for (const { name } of present) if (OWN.includes(name)) await client.query(`delete from ${quote(name)}`);
    const loaded: number[] = [];
    for (const table of tables) loaded.push(await loadTable(client, table, reader));
    const expected = await reader.rows();
    if (loaded.join() !== expected.join())
      throw new BackupError(
        'The row counts in the backup do not match its content, so it cannot be restored. Use another backup.',
      );
    await setSequences(client);
    const { rows: keys } = await client.query<{ id: string }>('select kek_id as id from key_canary order by 1');
    await client.query('commit');
    const rows = loaded.reduce((sum, each) => sum + each, 0);
    return { tables: tables.length, rows, keyIds: keys.map(({ id }) => id) };
  });
}

async function loadTable(client: pg.Client, table: Table, reader: BackupReader): Promise<number> {
  const stream = client.query(copyFrom(`copy ${copyTarget(table)} from stdin`));
  await pipeline(Readable.from(reader.chunks()), stream);
  return stream.rowCount;
}

async function refuseUnlessEmpty(client: pg.Client): Promise<void> {
  for (const { name } of await readTables(client)) {
    if (OWN.includes(name)) continue;
    const { rows } = await client.query(`select from ${quote(name)} limit 1`);
    if (rows.length > 0) throw new BackupError(NOT_EMPTY);
  }
}

/** Sets identity columns to continue after the restored numbers. */
async function setSequences(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ table: string; column: string }>(
    `select table_name as table, column_name as column from information_schema.columns
      where table_schema = 'public' and is_identity = 'YES'`,
  );
  for (const { table, column } of rows)
    await client.query(
      `select setval(pg_get_serial_sequence($1, $2), coalesce(max(${quote(column)}), 0) + 1, false) from ${quote(table)}`,
      [quote(table), column],
    );
}

async function migrateTo(url: string, name?: string): Promise<void> {
  const db = openDatabase(url, { maxConnections: 1 });
  try {
    await migrate(db, name);
  } finally {
    await db.destroy();
  }
}

/** Runs `work` with a client of its own. Closing the client rolls back a transaction that was not committed. */
async function withClient<Result>(url: string, work: (client: pg.Client) => Promise<Result>): Promise<Result> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

function describe(tables: readonly Table[]): string {
  return tables.map(copyTarget).sort().join('\n');
}
