import { randomBytes } from 'node:crypto';
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';

/** Reads a small file; undefined when it is not there. */
export async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Creates a file with its whole content, mode 0600, in one step; false, and nothing done, when it exists already. */
export async function createWhole(file: string, content: string): Promise<boolean> {
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

/** Replaces a file's content in one step: a reader sees the old or the new, never half. Mode 0600. */
export async function replaceWhole(file: string, content: string): Promise<void> {
  const draft = `${file}.${randomBytes(6).toString('hex')}`;
  await writeFile(draft, content, { mode: 0o600, flag: 'wx' });
  await rename(draft, file);
}

/** The content of a small secret file, made on first use and kept from then on, without the blanks around it. */
export async function keepSecretFile(file: string, make: () => string): Promise<string> {
  await createOnce(file, make);
  const text = (await readIfThere(file))?.trim();
  if (!text) throw new Error(`${file} is empty: restore it, or delete it to have a new one made.`);
  return text;
}

/** Reads a JSON file that we wrote; an empty object when it is not there or was cut off. */
export async function readRecord<T>(file: string): Promise<Partial<T>> {
  try {
    return JSON.parse((await readIfThere(file)) ?? '{}') as Partial<T>;
  } catch (error) {
    if (error instanceof SyntaxError) return {};
    throw error;
  }
}

async function createOnce(file: string, make: () => string): Promise<void> {
  if ((await readIfThere(file)) === undefined) await createWhole(file, `${make()}\n`);
}
