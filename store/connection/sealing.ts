import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto';

const VERSION = 1;
const IV_BYTES = 12;
const TAG_BYTES = 16;

/** A key that is named, so that what it sealed can say which key opens it. `key` has 32 bytes. */
export interface NamedKey {
  readonly id: string;
  readonly key: Buffer;
}

/** The keys an operator configured: the first one seals, any of them opens. Never empty. */
export type KeyRing = readonly [NamedKey, ...NamedKey[]];

/** Sealed data could not be opened: wrong key, wrong place, or tampered with. Says nothing of the content. */
export class SealError extends Error {
  override readonly name = 'SealError';
}

/**
 * Seals bytes with AES-256-GCM: version, 12-byte random IV, 16-byte tag, ciphertext. `place` says where the result
 * belongs (connection, field, key id); what was sealed for one place does not open in another.
 */
export function seal(plain: Buffer, key: Buffer, place: string): Buffer {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, iv, { authTagLength: TAG_BYTES });
  cipher.setAAD(Buffer.from(`v${VERSION}|${place}`));
  const body = Buffer.concat([cipher.update(plain), cipher.final()]);
  return Buffer.concat([Buffer.from([VERSION]), iv, cipher.getAuthTag(), body]);
}

/** Opens what `seal` made for the same place. Throws SealError for anything else, a shortened tag included. */
export function unseal(sealed: Buffer, key: Buffer, place: string): Buffer {
  if (sealed[0] !== VERSION || sealed.length < 1 + IV_BYTES + TAG_BYTES)
    throw new SealError('Unknown form of sealed data.');
  const iv = sealed.subarray(1, 1 + IV_BYTES);
  const tag = sealed.subarray(1 + IV_BYTES, 1 + IV_BYTES + TAG_BYTES);
  const decipher = createDecipheriv('aes-256-gcm', key, iv, { authTagLength: TAG_BYTES });
  decipher.setAAD(Buffer.from(`v${VERSION}|${place}`));
  decipher.setAuthTag(tag);
  try {
    return Buffer.concat([decipher.update(sealed.subarray(1 + IV_BYTES + TAG_BYTES)), decipher.final()]);
  } catch {
    throw new SealError(
      'Sealed data does not open: it was sealed with another key, for another place, or was changed.',
    );
  }
}

/**
 * Derives 32 bytes for one purpose from a key (HKDF-SHA256): what is done with them tells nothing of the key, nor of what is
 * derived for another purpose.
 */
export function deriveKey(key: Buffer, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', key, '', `ledgerdesk|${purpose}`, 32));
}

/** Digest by which an applied secret is recognised when the same file is applied again. Keyed, so it reveals nothing. */
export function secretDigest(secret: string, key: Buffer): Buffer {
  return createHash('sha256').update(key).update('applied|').update(secret).digest();
}
