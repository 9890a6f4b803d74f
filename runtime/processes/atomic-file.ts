import { randomBytes } from 'node:crypto';
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';

/** Reads a small file. Returns undefined when it does not exist. */
export async function readIfExists(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/**
 * Creates a file with its content and mode 0600 in one step. Returns false and changes nothing when it already exists.
 */
export async function createFile(file: string, content: string): Promise<boolean> {
  const draft = `${file}.${randomBytes(6).toString('hex')}`;
  await writeFile(draft, content, { mode: 0o600, flag: 'wx' });
  try {
    await link(draft, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
}

/** Replaces the content of a file in one step, so that no reader sees a part of it. The mode is 0600. */
export async function replaceFile(file: string, content: string): Promise<void> {
  const draft = `${file}.${randomBytes(6).toString('hex')}`;
  await writeFile(draft, content, { mode: 0o600, flag: 'wx' });
  await rename(draft, file);
}

/**
 * Returns the trimmed content of a small secret file, and creates the file on first use. Throws when the file is empty.
 */
export async function readOrCreateSecretFile(file: string, create: () => string): Promise<string> {
  if ((await readIfExists(file)) === undefined) await createFile(file, `${create()}\n`);
  const text = (await readIfExists(file))?.trim();
  if (!text) throw new Error(`${file} is empty. Restore it, or delete it so that a new one is created.`);
  return text;
}

/** Reads a JSON file that Ledgerdesk has written. Returns an empty object when it does not exist or is incomplete. */
export async function readJsonFile<T>(file: string): Promise<Partial<T>> {
  try {
    return JSON.parse((await readIfExists(file)) ?? '{}') as Partial<T>;
  } catch (error) {
    if (error instanceof SyntaxError) return {};
    throw error;
  }
}
