import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { backUp } from '../../../store/backup/back-up.ts';
import { restore } from '../../../store/backup/restore.ts';
import { openDatabase } from '../../../store/database.ts';
import { migrate } from '../../../store/migrate.ts';
import { openStore } from '../../../store/store.ts';
import { saveConnection } from '../../fixtures/accounts.ts';
import { createDatabase, TEST_KEYS, type TestDatabase } from '../../fixtures/database.ts';

const SECRET = 'planted-secret-value';
const WRITERS = 4;

describe('a backup', () => {
  let folder: string;
  let file: string;
  let source: TestDatabase;
  const databases: TestDatabase[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ledgerdesk-backup-'));
    file = join(folder, 'backup');
    source = await empty();
    const store = await openStore({ url: source.url, keys: TEST_KEYS });
    await saveConnection(store, 'contoso');
    await store.credentials.apply('contoso', { 'zendesk.accessToken': SECRET });
    await store.audit.add({
      actor: 'admin',
      action: 'odd',
      subject: 'contoso',
      detail: 'tab\t line\n back\\slash \\. é',
    });
    await store.close();
    await query(
      source,
      `insert into events (id, connection_id, source, dedupe_key, type, body_hash, verdict)
      select 'e' || n, 'contoso', 'zendesk', 'k' || n, repeat('x', 200), md5(n::text), 'accepted' from generate_series(1, 10000) n`,
    );
    await backUp(source.url, createWriteStream(file));
  });
  afterAll(async () => {
    for (const database of databases) await database.drop();
    await rm(folder, { recursive: true, force: true });
  });

  async function empty(): Promise<TestDatabase> {
    const database = await createDatabase();
    databases.push(database);
    return database;
  }
  async function query<Row extends object>({ url }: TestDatabase, text: string): Promise<Row[]> {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    const { rows } = await client.query<Row>(text);
    await client.end();
    return rows;
  }
  const restoreInto = ({ url }: TestDatabase, from = file) => restore(url, createReadStream(from));
  const writeAs = async (name: string, bytes: Buffer): Promise<string> => {
    const path = join(folder, name);
    await writeFile(path, bytes);
    return path;
  };
  /** Every row of every table, as text. */
  async function contents(database: TestDatabase): Promise<Record<string, string>> {
    const tables = await query<{ name: string }>(
      database,
      `select tablename as name from pg_tables where schemaname = 'public' and tablename not like 'kysely%'`,
    );
    const found: Record<string, string> = {};
    for (const { name } of tables) {
      const [row] = await query<{ text: string | null }>(
        database,
        `select md5(string_agg(t::text, '|' order by t::text)) as text from ${name} t`,
      );
      found[name] = row?.text ?? '';
    }
    return found;
  }

  it('is restored exactly, opens with its key, and new rows are numbered after the restored ones', async () => {
    const target = await empty();
    expect(await restoreInto(target)).toMatchObject({ rows: 10_005, keyIds: ['test'], madeAt: expect.any(String) });
    expect(await contents(target)).toEqual(await contents(source));
    const store = await openStore({ url: target.url, keys: TEST_KEYS });
    expect(await store.credentials.open('contoso')).toEqual({ 'zendesk.accessToken': SECRET });
    await store.audit.add({ actor: 'admin', action: 'next', subject: null, detail: null });
    await store.close();
    expect(await query(target, 'select no, action from audit order by no')).toMatchObject([
      { no: '1', action: 'odd' },
      { no: '2', action: 'next' },
    ]);
    const otherKeys = [{ id: 'other', key: Buffer.alloc(32, 9) }] as const;
    await expect(openStore({ url: target.url, keys: otherKeys })).rejects.toThrow(
      'Stored credentials are encrypted with the key "test", which is not configured.',
    );
  });

  it('holds no secret in clear', async () => {
    const bytes = gunzipSync(await readFile(file));
    expect(bytes.includes('contoso')).toBe(true);
    expect(bytes.includes(SECRET)).toBe(false);
    for (const form of ['base64', 'hex'] as const)
      expect(bytes.includes(Buffer.from(SECRET).toString(form))).toBe(false);
  });

  it('shows one moment, whatever is written meanwhile', async () => {
    const busy = await empty();
    await restoreInto(busy);
    const writing = { goesOn: true, pairs: 0 };
    const writers = Array.from({ length: WRITERS }, async (_, writer) => {
      const client = new pg.Client({ connectionString: busy.url });
      await client.connect();
      for (let n = 0; writing.goesOn; n += 1) {
        await client.query('begin');
        await client.query(`insert into audit (actor, action) values ('pair', '${writer}-${n}')`);
        await client.query(`insert into connections (id, name, settings, external_id_template, state, zendesk_hook, dynamics_hook)
          values ('p${writer}-${n}', 'pair', '{}', '', 'active', 'z${writer}-${n}', 'd${writer}-${n}')`);
        await client.query(`insert into runs (run_id, connection_id, workflow_id, scope, status)
          values ('p${writer}-${n}', 'p${writer}-${n}', 'w', 'account', 'running')`);
        await client.query('commit');
        writing.pairs += 1;
      }
      await client.end();
    });
    while (writing.pairs < 50) await sleep(5);
    const during = join(folder, 'during');
    await backUp(busy.url, createWriteStream(during));
    const atTheEnd = writing.pairs;
    while (writing.pairs < atTheEnd + 10) await sleep(5);
    writing.goesOn = false;
    await Promise.all(writers);

    const target = await empty();
    await restoreInto(target, during);
    const [counted] = await query<{ audits: number; connections: number; runs: number }>(
      target,
      `select (select count(*)::int from audit where actor = 'pair') as audits,
        (select count(*)::int from connections where name = 'pair') as connections,
        (select count(*)::int from runs) as runs`,
    );
    const { audits = 0, connections, runs } = counted ?? {};
    expect([connections, runs]).toEqual([audits, audits]);
    expect(audits).toBeGreaterThanOrEqual(50);
    expect(audits).toBeLessThan(writing.pairs);
  });

  it('that is cut off or changed anywhere restores nothing, and the whole one can still be restored after it', async () => {
    const bytes = await readFile(file);
    const plain = gunzipSync(bytes);
    const changed = Buffer.from(plain);
    changed.writeUInt8(changed.readUInt8(plain.length >> 1) ^ 1, plain.length >> 1);
    const damaged = [
      ...[0.5, 0.9].map((part) => bytes.subarray(0, Math.floor(bytes.length * part))),
      bytes.subarray(0, -1),
      // Whole again for the decompression, and cut off within a table, before the counts, and before the end of the hash.
      ...[plain.length >> 1, plain.length - 200, plain.length - 1].map((length) => gzipSync(plain.subarray(0, length))),
      gzipSync(changed),
      Buffer.concat([bytes.subarray(0, bytes.length >> 1), Buffer.alloc(bytes.length >> 1)]),
    ];
    const target = await empty();
    for (const [nth, wrong] of damaged.entries()) {
      const path = await writeAs(`damaged-${nth}`, wrong);
      expect([nth, await restoreInto(target, path).catch((error: unknown) => (error as Error).message)]).toEqual([
        nth,
        expect.stringMatching(/^The backup file is damaged or incomplete\. Nothing was restored\./),
      ]);
      expect(await query(target, 'select from connections')).toEqual([]);
    }
    await restoreInto(target);
    expect(await contents(target)).toEqual(await contents(source));
  });

  it('is restored into an empty database, or one that was only started once, and never over anything else', async () => {
    const started = await empty();
    await (await openStore({ url: started.url, keys: [{ id: 'fresh', key: Buffer.alloc(32, 3) }] })).close();
    await restoreInto(started);
    expect(await contents(started)).toEqual(await contents(source));
    const before = await contents(started);
    await expect(restoreInto(started)).rejects.toThrow(
      'The database is not empty, and a restore never overwrites data. Create an empty database',
    );
    expect(await contents(started)).toEqual(before);
    const used = await empty();
    const store = await openStore({ url: used.url, keys: TEST_KEYS });
    await store.audit.add({ actor: 'admin', action: 'one entry', subject: null, detail: null });
    await store.close();
    await expect(restoreInto(used)).rejects.toThrow('The database is not empty');
  });

  it('of an older version is migrated, and one of a newer version or another file is refused', async () => {
    const old = await empty();
    const db = openDatabase(old.url, { maxConnections: 1 });
    await migrate(db, '003-access');
    await db.destroy();
    await query(
      old,
      `insert into connections (id, name, settings, external_id_template, state, zendesk_hook, dynamics_hook)
      values ('of-old', 'Old', '{}', '', 'active', 'z', 'd')`,
    );
    const oldFile = join(folder, 'old');
    await backUp(old.url, createWriteStream(oldFile));
    const target = await empty();
    await restoreInto(target, oldFile);
    const store = await openStore({ url: target.url, keys: TEST_KEYS });
    expect((await store.connections.list()).map(({ id }) => id)).toEqual(['of-old']);
    expect(await store.health.connectionsWithAlerts()).toEqual([]);
    await store.close();

    const prepared = await empty();
    await (await openStore({ url: prepared.url, keys: TEST_KEYS })).close();
    await expect(restoreInto(prepared, oldFile)).rejects.toThrow(
      /^The backup was made by an older version of Ledgerdesk \(last migration: "003-access"\), .* Restore it into a new, empty database\.$/,
    );

    const plain = gunzipSync(await readFile(file));
    const newer = plain.toString('latin1').replace('"004-oauth"', '"004-oauth","999-later"');
    const newFile = await writeAs('newer', gzipSync(Buffer.from(newer, 'latin1')));
    const blank = await empty();
    await expect(restoreInto(blank, newFile)).rejects.toThrow(
      /^The backup was made by a newer version of Ledgerdesk .* Restore it with that version\.$/,
    );
    expect(await query(blank, `select from pg_tables where schemaname = 'public'`)).toEqual([]);
    for (const [name, bytes] of [
      ['text', Buffer.from('-- PostgreSQL database dump\n')],
      ['zipped', gzipSync('-- PostgreSQL database dump\n'.repeat(10))],
      ['json', gzipSync('{"format":"another"}\n')],
    ] as const)
      await expect(restoreInto(blank, await writeAs(name, bytes))).rejects.toThrow(
        'This file is not a Ledgerdesk backup',
      );
  });

  it('of a database that was never in use is refused', async () => {
    const { url } = await empty();
    await expect(backUp(url, createWriteStream(join(folder, 'nothing')))).rejects.toThrow(
      'There is nothing to back up',
    );
  });
});
