import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { GENERATED_KEYS_FILE } from '../config/config.ts';
import { keepSecretFile } from './kept-file.ts';

const isRoot = process.getuid?.() === 0;

/**
 * Makes the data directory, for its owner alone (0700). Made by root it may be entered, though not listed (0711): PostgreSQL
 * then runs as a user of its own, whose files lie inside; every secret in it is 0600 all the same. An existing directory
 * keeps its mode.
 */
export async function makeDataDirectory(dataDir: string): Promise<void> {
  await mkdir(dataDir, { recursive: true, mode: isRoot ? 0o711 : 0o700 });
}

/** The file of the generated encryption key (`id:base64`, 0600), made on first use. */
export async function keepGeneratedKeys(dataDir: string): Promise<string> {
  const file = join(dataDir, GENERATED_KEYS_FILE);
  await keepSecretFile(file, () => `k${randomBytes(4).toString('hex')}:${randomBytes(32).toString('base64')}`);
  return file;
}

/** The file of the generated admin token (0600), made on first use. */
export async function keepGeneratedToken(dataDir: string): Promise<string> {
  const file = join(dataDir, 'admin-token');
  await keepSecretFile(file, () => randomBytes(32).toString('base64url'));
  return file;
}
