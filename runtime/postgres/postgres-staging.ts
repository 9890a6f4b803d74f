import { createHash, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, cp, lstat, mkdir, readFile, readdir, realpath, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, sep } from 'node:path';
import { canReach, restoreLinks } from './postgres-place.ts';
import type { PostgresPrograms, ServerUser } from './postgres-place.ts';
import { processIdentity } from '../processes/process-identity.ts';

/** In a staged folder, the name of the note that says which folder of a data directory it stands in for. */
const NOTE = 'belongs-to';

/**
 * Lets the server's user pass through a data directory that is closed to it but is root's own (0711: passing, not listing).
 * Whatever lies above it is not ours to open.
 */
export async function openDataDirectory(dataDir: string, user: ServerUser): Promise<void> {
  if (canReach(user, dataDir) || !canReach(user, dirname(dataDir))) return;
  const { uid, mode } = await lstat(dataDir);
  if (uid === process.getuid?.()) await chmod(dataDir, (mode & 0o777) | 0o011);
}

/** Copies the programs to where the user can run them, once per version; gives the copy. */
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
 * Makes a folder where the user can reach it, for the database whose own place, a folder of the data directory, it cannot
 * enter. The caller remembers it.
 */
export async function stageDataFolder(place: string, user: ServerUser): Promise<string> {
  const base = await stagingBase(user);
  await sweep(base);
  const key = createHash('sha256').update(place).digest('hex').slice(0, 12);
  const folder = join(base, `${key}-${randomBytes(4).toString('hex')}`);
  await mkdir(folder, { mode: 0o711 });
  await writeFile(join(folder, NOTE), place, { mode: 0o600 });
  return folder;
}

/**
 * Removes what is staged for temporary data directories that are gone. A data directory anywhere else may merely have been
 * moved, so what belongs to it stays.
 */
async function sweep(base: string): Promise<void> {
  const temporary = `${await realpath(tmpdir())}${sep}`;
  for (const name of await readdir(base)) {
    const folder = join(base, name);
    const place = await readFile(join(folder, NOTE), 'utf8').catch(() => '');
    if (!place.startsWith(temporary) || existsSync(place) || (await isServed(folder))) continue;
    await rm(folder, { recursive: true, force: true });
  }
}

async function isServed(folder: string): Promise<boolean> {
  const [pid] = (await readFile(join(folder, 'cluster', 'postmaster.pid'), 'utf8').catch(() => '')).split('\n');
  return processIdentity(Number(pid)) !== undefined;
}

/** Permanent places first: a temporary directory may be emptied at the next boot. */
async function stagingBase(user: ServerUser): Promise<string> {
  for (const parent of ['/var/lib', '/var/tmp', tmpdir()]) {
    const base = join(parent, 'ledgerdesk');
    await mkdir(base, { mode: 0o755 }).catch(() => undefined);
    if ((await isOurs(base)) && canReach(user, base)) return base;
  }
  throw new Error('No place for the embedded database that the user `postgres` may enter: set DATABASE_URL.');
}

/** In a directory that everyone may write to, somebody else may have made the name first. */
async function isOurs(folder: string): Promise<boolean> {
  const found = await lstat(folder).catch(() => undefined);
  return found?.isDirectory() === true && found.uid === process.getuid?.() && (found.mode & 0o022) === 0;
}

async function clearAfterRace(error: unknown, draft: string): Promise<void> {
  await rm(draft, { recursive: true, force: true });
  const { code = '' } = error as NodeJS.ErrnoException;
  if (!['EEXIST', 'ENOTEMPTY'].includes(code)) throw error;
}
