import { randomBytes } from 'node:crypto';
import { link, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createWhole, readIfThere, readRecord, replaceWhole } from './kept-file.ts';
import { isAlive, processIdentity } from './process-identity.ts';

interface Holder {
  readonly pid: number;
  readonly identity: string;
  readonly url?: string;
}

/** The data directory is in use by a living process. The message is one sentence that says by which, and where. */
export class DataDirectoryInUseError extends Error {
  override readonly name = 'DataDirectoryInUseError';
}

/** The right to use a data directory, held until `release` or the end of the process. */
export interface DataLock {
  /** Notes the API's address, so that a second start can be told. */
  announce(url: string): Promise<void>;
  release(): Promise<void>;
}

/** Takes the data directory for this process. Throws DataDirectoryInUseError; takes over from a process that is gone. */
export async function lockDataDirectory(dataDir: string): Promise<DataLock> {
  const file = join(dataDir, 'lock.json');
  const me: Holder = { pid: process.pid, identity: processIdentity(process.pid) ?? 'unknown' };
  while (!(await createWhole(file, JSON.stringify(me)))) {
    const text = await readIfThere(file);
    if (text === undefined) continue;
    const holder = await readRecord<Holder>(file);
    if (isHeld(holder)) throw new DataDirectoryInUseError(sayInUse(dataDir, holder));
    await removeStale(file, text);
  }
  return {
    announce: (url) => replaceWhole(file, JSON.stringify({ ...me, url })),
    release: () => rm(file, { force: true }),
  };
}

function isHeld(holder: Partial<Holder>): holder is Holder {
  return holder.pid !== undefined && holder.identity !== undefined && isAlive(holder.pid, holder.identity);
}

function sayInUse(dataDir: string, { pid, url }: Holder): string {
  return `Ledgerdesk already runs on ${dataDir} (pid ${pid}, ${url ?? 'still starting'}): stop it first, or set LEDGERDESK_DATA_DIR to another directory.`;
}

/**
 * Two may find the same stale lock. Each sets aside what is there; one that has caught the other's new lock instead
 * sees that by its content and puts it back.
 */
async function removeStale(file: string, stale: string): Promise<void> {
  const aside = `${file}.${randomBytes(6).toString('hex')}`;
  try {
    await rename(file, aside);
    if ((await readIfThere(aside)) !== stale) await link(aside, file);
    await rm(aside, { force: true });
  } catch (error) {
    if (!['ENOENT', 'EEXIST'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
}
