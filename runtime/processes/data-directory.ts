import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { GENERATED_KEYS_FILE } from '../config/config.ts';
import { readOrCreateSecretFile } from './atomic-file.ts';

const isRoot = process.getuid?.() === 0;

/**
 * Creates the data directory for its owner only (0700). As root, creates one that other users can enter but not list
 * (0711), because PostgreSQL then runs as another user, whose files are inside. Secrets in it have the mode 0600 in
 * both cases. An existing directory keeps its mode.
 */
export async function createDataDirectory(dataDir: string): Promise<void> {
  await mkdir(dataDir, { recursive: true, mode: isRoot ? 0o711 : 0o700 });
}

/** Returns the path of the generated encryption key (`id:base64`, mode 0600). Generates the key on first use. */
export async function ensureGeneratedKeys(dataDir: string): Promise<string> {
  const file = join(dataDir, GENERATED_KEYS_FILE);
  await readOrCreateSecretFile(file, () => `k${randomBytes(4).toString('hex')}:${randomBytes(32).toString('base64')}`);
  return file;
}

/** Returns the path of the generated admin token (mode 0600). Generates the token on first use. */
export async function ensureGeneratedToken(dataDir: string): Promise<string> {
  const file = join(dataDir, 'admin-token');
  await readOrCreateSecretFile(file, () => randomBytes(32).toString('base64url'));
  return file;
}
