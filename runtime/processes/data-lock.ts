import { randomBytes } from 'node:crypto';
import { link, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createFile, readIfExists, readJsonFile, replaceFile } from './atomic-file.ts';
import { isAlive, processIdentity } from './process-identity.ts';

interface Holder {
  readonly pid: number;
  readonly identity: string;
  readonly url?: string;
}

/** The data directory is in use by a running process. The message names the process and its address. */
export class DataDirectoryInUseError extends Error {
  override readonly name = 'DataDirectoryInUseError';
}

/** The lock on a data directory, held until `release` or until the process ends. */
export interface DataLock {
  /** Stores the address of the API for the error message of a second start. */
  announce(url: string): Promise<void>;
  /** Releases the lock. */
  release(): Promise<void>;
}

/** Locks the data directory for this process. Throws a DataDirectoryInUseError while another process holds the lock. */
export async function lockDataDirectory(dataDir: string): Promise<DataLock> {
  const file = join(dataDir, 'lock.json');
  const me: Holder = { pid: process.pid, identity: processIdentity(process.pid) ?? 'unknown' };
  while (!(await createFile(file, JSON.stringify(me)))) {
    const text = await readIfExists(file);
    if (text === undefined) continue;
    const holder = await readJsonFile<Holder>(file);
    if (isHeld(holder)) throw new DataDirectoryInUseError(inUseMessage(dataDir, holder));
    await removeStale(file, text);
  }
  return {
    announce: (url) => replaceFile(file, JSON.stringify({ ...me, url })),
    release: () => rm(file, { force: true }),
  };
}

function isHeld(holder: Partial<Holder>): holder is Holder {
  return holder.pid !== undefined && holder.identity !== undefined && isAlive(holder.pid, holder.identity);
}

function inUseMessage(dataDir: string, { pid, url }: Holder): string {
  return `Ledgerdesk is already running with the data directory ${dataDir} (pid ${pid}, ${url ?? 'still starting'}). Stop it first, or set LEDGERDESK_DATA_DIR to another directory.`;
}

/**
 * Removes a stale lock. Two processes may find the same one. Each of them renames the file that it finds. One that has
 * renamed the new lock of the other one recognizes it by its content and restores it.
 */
async function removeStale(file: string, stale: string): Promise<void> {
  const aside = `${file}.${randomBytes(6).toString('hex')}`;
  try {
    await rename(file, aside);
    if ((await readIfExists(aside)) !== stale) await link(aside, file);
    await rm(aside, { force: true });
  } catch (error) {
    if (!['ENOENT', 'EEXIST'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
}
