import { createHash, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, cp, lstat, mkdir, readFile, readdir, realpath, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, sep } from 'node:path';
import { canReach, restoreLinks } from './postgres-installation.ts';
import type { PostgresPrograms, ServerUser } from './postgres-installation.ts';
import { processIdentity } from '../processes/process-identity.ts';

/** The name of the file in a staged folder that contains the path of the folder which it replaces. */
const OWNER_FILE = 'belongs-to';

/**
 * Lets the user of the server enter a data directory that belongs to root (mode 0711, which does not allow listing).
 * Leaves the folders above it as they are.
 */
export async function openDataDirectory(dataDir: string, user: ServerUser): Promise<void> {
  if (canReach(user, dataDir) || !canReach(user, dirname(dataDir))) return;
  const { uid, mode } = await lstat(dataDir);
  if (uid === process.getuid?.()) await chmod(dataDir, (mode & 0o777) | 0o011);
}

/** Copies the programs to a folder from which the user can run them, once per version. Returns the copy. */
export async function stagePrograms(programs: PostgresPrograms, user: ServerUser): Promise<PostgresPrograms> {
  const base = await stagingBase(user);
  const folder = join(base, `postgresql-${programs.version}`);
  if (!existsSync(folder)) {
    const draft = `${folder}.${randomBytes(6).toString('hex')}`;
    await cp(programs.folder, draft, { recursive: true, verbatimSymlinks: true });
    await restoreLinks(draft);
    await rename(draft, folder).catch((error: unknown) => clearAfterRace(error, draft));
  }
  return { ...programs, folder };
}

/**
 * Creates a folder that the user can reach, as a replacement for `original`, a folder of the data directory. Returns
 * its path, which the caller must store.
 */
export async function stageDataFolder(original: string, user: ServerUser): Promise<string> {
  const base = await stagingBase(user);
  await sweep(base);
  const key = createHash('sha256').update(original).digest('hex').slice(0, 12);
  const folder = join(base, `${key}-${randomBytes(4).toString('hex')}`);
  await mkdir(folder, { mode: 0o711 });
  await writeFile(join(folder, OWNER_FILE), original, { mode: 0o600 });
  return folder;
}

/**
 * Removes staged folders of temporary data directories that no longer exist. Any other data directory may have been
 * moved, so its staged folder stays.
 */
async function sweep(base: string): Promise<void> {
  const temporary = `${await realpath(tmpdir())}${sep}`;
  for (const name of await readdir(base)) {
    const folder = join(base, name);
    const original = await readFile(join(folder, OWNER_FILE), 'utf8').catch(() => '');
    if (!original.startsWith(temporary) || existsSync(original) || (await isInUse(folder))) continue;
    await rm(folder, { recursive: true, force: true });
  }
}

async function isInUse(folder: string): Promise<boolean> {
  const [pid] = (await readFile(join(folder, 'cluster', 'postmaster.pid'), 'utf8').catch(() => '')).split('\n');
  return processIdentity(Number(pid)) !== undefined;
}

/** Returns the parent of staged folders. Prefers permanent locations, because a boot may empty temporary ones. */
async function stagingBase(user: ServerUser): Promise<string> {
  for (const parent of ['/var/lib', '/var/tmp', tmpdir()]) {
    const base = join(parent, 'ledgerdesk');
    await mkdir(base, { mode: 0o755 }).catch(() => undefined);
    if ((await isOurs(base)) && canReach(user, base)) return base;
  }
  throw new Error('There is no folder for the embedded database that the user `postgres` may enter. Set DATABASE_URL.');
}

/** Returns whether a folder belongs to this user. Other users can create folders in a temporary directory. */
async function isOurs(folder: string): Promise<boolean> {
  const found = await lstat(folder).catch(() => undefined);
  return found?.isDirectory() === true && found.uid === process.getuid?.() && (found.mode & 0o022) === 0;
}

async function clearAfterRace(error: unknown, draft: string): Promise<void> {
  await rm(draft, { recursive: true, force: true });
  const { code = '' } = error as NodeJS.ErrnoException;
  if (!['EEXIST', 'ENOTEMPTY'].includes(code)) throw error;
}
