import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto';

const VERSION = 1;
const IV_BYTES = 12;
const TAG_BYTES = 16;

/** A named key. Sealed data is stored with the name of its key. `key` has 32 bytes. */
export interface NamedKey {
  readonly id: string;
  readonly key: Buffer;
}

/** The configured encryption keys, at least one. The first one seals, and any of them opens. */
export type KeyRing = readonly [NamedKey, ...NamedKey[]];

/**
 * Sealed data could not be opened: the key or the context is wrong, or the data was changed. Reveals nothing about it.
 */
export class SealError extends Error {
  override readonly name = 'SealError';
}

/**
 * Seals bytes with AES-256-GCM. The result is a version byte, a random IV of 12 bytes, a tag of 16 bytes and the
 * ciphertext. `context` is authenticated with it (connection, field, key id): the result cannot be opened for another
 * context.
 */
export function seal(plain: Buffer, key: Buffer, context: string): Buffer {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, iv, { authTagLength: TAG_BYTES });
  cipher.setAAD(Buffer.from(`v${VERSION}|${context}`));
  const body = Buffer.concat([cipher.update(plain), cipher.final()]);
  return Buffer.concat([Buffer.from([VERSION]), iv, cipher.getAuthTag(), body]);
}

/**
 * Opens bytes that `seal` has sealed for the same context. Throws a SealError for anything else, also for a shortened
 * tag.
 */
export function unseal(sealed: Buffer, key: Buffer, context: string): Buffer {
  if (sealed[0] !== VERSION || sealed.length < 1 + IV_BYTES + TAG_BYTES)
    throw new SealError('The sealed data has an unknown format.');
  const iv = sealed.subarray(1, 1 + IV_BYTES);
  const tag = sealed.subarray(1 + IV_BYTES, 1 + IV_BYTES + TAG_BYTES);
  const decipher = createDecipheriv('aes-256-gcm', key, iv, { authTagLength: TAG_BYTES });
  decipher.setAAD(Buffer.from(`v${VERSION}|${context}`));
  decipher.setAuthTag(tag);
  try {
    return Buffer.concat([decipher.update(sealed.subarray(1 + IV_BYTES + TAG_BYTES)), decipher.final()]);
  } catch {
    throw new SealError(
      'The sealed data cannot be opened. It was sealed with another key or for another field, or it was changed.',
    );
  }
}

/**
 * Derives a key of 32 bytes for one purpose (HKDF-SHA256). It reveals neither `key` nor the keys for other purposes.
 */
export function deriveKey(key: Buffer, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', key, '', `ledgerdesk|${purpose}`, 32));
}

/** Returns the keyed digest by which an applied secret is recognized when the same file is applied again. */
export function secretDigest(secret: string, key: Buffer): Buffer {
  return createHash('sha256').update(key).update('applied|').update(secret).digest();
}
