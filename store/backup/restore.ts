import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { openDatabase } from '../database.ts';
import { knownMigrations, migrate } from '../migrate.ts';
import type { BackedUp } from './back-up.ts';
import { damageOf, readForm, type BackupHeader, type FormReader } from './file-format.ts';
import { BackupError } from './problem.ts';
import { copyTarget, quote, readMigrations, readTables, type Table } from './tables.ts';

/** What was restored, and when it was backed up. */
export interface Restored extends BackedUp {
  readonly madeAt: string;
}

const NOT_EMPTY =
  'The database is not empty, and a restore never overwrites anything. Make an empty one, say its address in DATABASE_URL, and restore into that.';

/** Tables that a start fills by itself: a database with nothing else in it counts as empty. */
const OWN = ['key_canary'];

/**
 * Restores a backup into an empty database, in one transaction: all of it, or nothing. A backup of an older version is then
 * migrated. Throws BackupError when the database is not empty, or the file is damaged or not to be used.
 */
export async function restore(url: string, file: NodeJS.ReadableStream): Promise<Restored> {
  const gunzip = createGunzip();
  // A failure of the file reaches whoever reads what was decompressed.
  file.once('error', (error: Error) => gunzip.destroy(error));
  const form = readForm(file.pipe(gunzip));
  try {
    const head = await form.header();
    await prepare(url, head);
    const restored = await load(url, head, form);
    await migrateTo(url);
    return { ...restored, madeAt: head.madeAt };
  } catch (error) {
    throw damageOf(error);
  } finally {
    gunzip.destroy();
  }
}

/** Brings the empty database to the version of the backup. */
async function prepare(url: string, { migrations }: BackupHeader): Promise<void> {
  const known = knownMigrations();
  const last = migrations.at(-1) ?? '';
  if (!migrations.every((name) => known.includes(name)))
    throw new BackupError(
      `The backup was made by a newer Ledgerdesk (its database has "${last}"): restore it with that version.`,
    );
  await withClient(url, refuseUnlessEmpty);
  await migrateTo(url, last);
  const present = await withClient(url, readMigrations);
  if (present.join() !== migrations.join())
    throw new BackupError(
      `The backup was made by an older Ledgerdesk (its database ends with "${last}"), and this database was already prepared by a newer one: restore into a new, empty database.`,
    );
}

async function load(url: string, { tables }: BackupHeader, form: FormReader): Promise<BackedUp> {
  return withClient(url, async (client) => {
    await client.query('begin');
    const present = await readTables(client);
    if (describe(present) !== describe(tables))
      throw new BackupError('The tables of the backup are not those of its version: it cannot be restored.');
    // From here on nobody can write what would be found beside the backup.
    for (const { name } of present) await client.query(`lock table ${quote(name)} in exclusive mode`);
    await refuseUnlessEmpty(client);
    for (const name of OWN) await client.query(`delete from ${quote(name)}`);
    const loaded: number[] = [];
    for (const table of tables) loaded.push(await loadTable(client, table, form));
    const expected = await form.rows();
    if (loaded.join() !== expected.join())
      throw new BackupError('The backup has other row counts than it says: it cannot be restored.');
    await setSequences(client);
    const { rows: keys } = await client.query<{ id: string }>('select kek_id as id from key_canary order by 1');
    await client.query('commit');
    const rows = loaded.reduce((sum, each) => sum + each, 0);
    return { tables: tables.length, rows, keyIds: keys.map(({ id }) => id) };
  });
}

async function loadTable(client: pg.Client, table: Table, form: FormReader): Promise<number> {
  const stream = client.query(copyFrom(`copy ${copyTarget(table)} from stdin`));
  await pipeline(Readable.from(form.chunks()), stream);
  return stream.rowCount;
}

async function refuseUnlessEmpty(client: pg.Client): Promise<void> {
  for (const { name } of await readTables(client)) {
    if (OWN.includes(name)) continue;
    const { rows } = await client.query(`select from ${quote(name)} limit 1`);
    if (rows.length > 0) throw new BackupError(NOT_EMPTY);
  }
}

/** Numbers that the database gives out go on behind those that were restored. */
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

/** A transaction that was not committed ends with the connection. */
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
