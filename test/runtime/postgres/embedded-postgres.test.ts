import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { startEmbeddedPostgres } from '../../../runtime/postgres/embedded-postgres.ts';
import type { EmbeddedPostgres } from '../../../runtime/postgres/embedded-postgres.ts';
import { createLog } from '../../../runtime/log/log.ts';
import { canReach, findPrograms, findServerUser } from '../../../runtime/postgres/postgres-installation.ts';
import { stagePrograms } from '../../../runtime/postgres/postgres-staging.ts';
import { killHard, killLeftovers, startScript } from '../processes/run.ts';
import type { Started } from '../processes/run.ts';

const { log } = createLog({ level: 'silent' });
const asRoot = process.getuid?.() === 0 ? it : it.skip;
let folder: string;
let server: EmbeddedPostgres | undefined;
let starter: Started | undefined;
const staged: string[] = [];

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ledgerdesk-postgres-'));
  chmodSync(folder, 0o755);
});
afterEach(async () => {
  starter?.process.kill('SIGKILL');
  await server?.stop();
});
afterAll(() => {
  for (const path of [folder, ...staged]) {
    killLeftovers(path);
    rmSync(path, { recursive: true, force: true });
  }
});

function dataDirectory(name: string): string {
  const dataDir = join(folder, name);
  mkdirSync(dataDir, { mode: 0o711 });
  return dataDir;
}

async function query(url: string, statement: string): Promise<unknown> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(statement)).rows[0];
  } finally {
    await client.end();
  }
}

describe('startEmbeddedPostgres', () => {
  it('keeps rows, port and password after a restart', async () => {
    const dataDir = dataDirectory('restart');
    server = await startEmbeddedPostgres(dataDir, log);
    const { url } = server;
    await query(url, 'create table note as select 42 as answer');
    await server.stop();
    expect(server.isAlive()).toBe(false);
    server = await startEmbeddedPostgres(dataDir, log);
    expect(server).toMatchObject({ url, adopted: false });
    expect(await query(url, 'select answer from note')).toEqual({ answer: 42 });
  });

  it('is PostgreSQL 18 with UTF-8, fsync and 100 connections, and listens only on loopback', async () => {
    server = await startEmbeddedPostgres(dataDirectory('settings'), log);
    const settings = `current_setting('server_version_num')::int / 10000 as version, current_setting('fsync') as fsync,
      current_setting('max_connections') as connections, current_setting('listen_addresses') as addresses,
      lower('ÄÉ') as folded, current_database() as database`;
    expect(await query(server.url, `select ${settings}`)).toEqual({
      version: 18,
      fsync: 'on',
      connections: '100',
      addresses: '127.0.0.1',
      folded: 'äé',
      database: 'ledgerdesk',
    });
    expect(statSync(join(folder, 'settings', 'postgres', 'password')).mode & 0o777).toBe(0o600);
    await expect(query(server.url.replace(/:[0-9a-f]{48}@/, ':wrong@'), 'select 1')).rejects.toThrow(/password/);
  });

  it('adopts a running server whose starter was killed, with its rows, and can stop it', async () => {
    const dataDir = dataDirectory('adopted');
    starter = startScript(new URL('../processes/start-postgres.ts', import.meta.url), { args: [dataDir] });
    const { url } = JSON.parse(await starter.line('url')) as { url: string };
    await query(url, 'create table note as select 7 as answer');
    await killHard(starter);
    server = await startEmbeddedPostgres(dataDir, log);
    expect(server).toMatchObject({ url, adopted: true });
    expect(await query(url, 'select answer from note')).toEqual({ answer: 7 });
    await server.stop();
    await expect(query(url, 'select 1')).rejects.toThrow(/ECONNREFUSED/);
  });

  it('recovers committed data after the server was killed', async () => {
    const dataDir = dataDirectory('killed');
    server = await startEmbeddedPostgres(dataDir, log);
    await query(server.url, 'create table note as select 9 as answer');
    const pid = Number(readFileSync(join(dataDir, 'postgres', 'cluster', 'postmaster.pid'), 'utf8').split('\n')[0]);
    process.kill(pid, 'SIGKILL');
    server = await startEmbeddedPostgres(dataDir, log);
    expect(server.adopted).toBe(false);
    expect(await query(server.url, 'select answer from note')).toEqual({ answer: 9 });
  });

  it('starts despite a pid file whose pid belongs to another process', async () => {
    const dataDir = dataDirectory('reused');
    server = await startEmbeddedPostgres(dataDir, log);
    await server.stop();
    const pidFile = join(dataDir, 'postgres', 'cluster', 'postmaster.pid');
    writeFileSync(pidFile, `${process.pid}\n/elsewhere\n0\n5432\n\n127.0.0.1\n\nready\n`);
    server = await startEmbeddedPostgres(dataDir, log);
    expect(server.adopted).toBe(false);
  });

  it('uses another port if its own port is taken', async () => {
    const dataDir = dataDirectory('port');
    server = await startEmbeddedPostgres(dataDir, log);
    const port = Number(new URL(server.url).port);
    await server.stop();
    const other = createServer().listen(port, '127.0.0.1');
    await once(other, 'listening');
    server = await startEmbeddedPostgres(dataDir, log).finally(() => other.close());
    expect(Number(new URL(server.url).port)).not.toBe(port);
  });

  it('does not create an empty database if there was one before', async () => {
    const dataDir = dataDirectory('lost');
    server = await startEmbeddedPostgres(dataDir, log);
    await server.stop();
    rmSync(join(dataDir, 'postgres', 'cluster'), { recursive: true });
    await expect(startEmbeddedPostgres(dataDir, log)).rejects.toThrow(/no longer exists\. Restore it, or delete/);
  });

  asRoot('is stored outside a home directory that its user cannot enter, and is found there again', async () => {
    const home = join(folder, 'home');
    mkdirSync(home, { mode: 0o700 });
    const dataDir = join(home, 'data');
    mkdirSync(dataDir);
    server = await startEmbeddedPostgres(dataDir, log);
    const { url } = server;
    const { stagedIn } = JSON.parse(readFileSync(join(dataDir, 'postgres', 'state.json'), 'utf8')) as {
      stagedIn: string;
    };
    staged.push(stagedIn);
    expect(existsSync(join(stagedIn, 'cluster', 'PG_VERSION'))).toBe(true);
    await query(url, 'create table note as select 1 as answer');
    await server.stop();
    server = await startEmbeddedPostgres(dataDir, log);
    expect(await query(url, 'select answer from note')).toEqual({ answer: 1 });
  });

  asRoot('is stored in a data directory of root that only needs permission to enter', async () => {
    const dataDir = mkdtempSync(join(folder, 'closed-'));
    expect(statSync(dataDir).mode & 0o777).toBe(0o700);
    server = await startEmbeddedPostgres(dataDir, log);
    expect(existsSync(join(dataDir, 'postgres', 'cluster', 'PG_VERSION'))).toBe(true);
    expect(statSync(dataDir).mode & 0o777).toBe(0o711);
  });

  asRoot('removes the staged files of a temporary data directory that no longer exists', async () => {
    const home = mkdtempSync(join(tmpdir(), 'ledgerdesk-gone-'));
    const other = mkdtempSync(join(tmpdir(), 'ledgerdesk-next-'));
    const stageFor = async (parent: string): Promise<string> => {
      mkdirSync(join(parent, 'data'));
      server = await startEmbeddedPostgres(join(parent, 'data'), log);
      await server.stop();
      const state = readFileSync(join(parent, 'data', 'postgres', 'state.json'), 'utf8');
      return (JSON.parse(state) as { stagedIn: string }).stagedIn;
    };
    const first = await stageFor(home);
    staged.push(first, home, other);
    expect(existsSync(first)).toBe(true);
    rmSync(home, { recursive: true });
    staged.push(await stageFor(other));
    expect(existsSync(first)).toBe(false);
  });

  asRoot('copies its programs to a directory where its user can run them', async () => {
    const user = findServerUser();
    if (!user) throw new Error('root has a server user');
    const home = join(folder, 'closed');
    mkdirSync(home, { mode: 0o700 });
    const { folder: native } = await findPrograms();
    mkdirSync(join(home, 'native', 'bin'), { recursive: true });
    writeFileSync(join(home, 'native', 'bin', 'postgres'), readFileSync(join(native, 'bin', 'postgres')), {
      mode: 0o755,
    });
    const programs = { folder: join(home, 'native'), version: `test-${process.pid}` };
    expect(canReach(user, join(programs.folder, 'bin', 'postgres'))).toBe(false);
    const copies = await Promise.all([stagePrograms(programs, user), stagePrograms(programs, user)]);
    staged.push(copies[0].folder);
    expect(copies[1]).toEqual(copies[0]);
    expect(canReach(user, join(copies[0].folder, 'bin', 'postgres'))).toBe(true);
    expect(dirname(copies[0].folder)).toMatch(/ledgerdesk$/);
  });
});
