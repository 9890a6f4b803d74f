import { createHash } from 'node:crypto';
import { emailKey } from '../domain/contacts/email.ts';
import type { Values } from '../domain/sync/field-value.ts';

/** Returns the SHA-256 of a text as 64 hexadecimal digits. A text can be recognized by it without being stored. */
export function contentDigest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** Returns a digest of many texts, which are added one after the other. */
export function createDigest(): { add(text: string): void; end(): string } {
  const hash = createHash('sha256');
  return { add: (text) => void hash.update(`${text}\n`), end: () => hash.digest('hex') };
}

/** Returns the digest of an email address. Addresses that Zendesk treats as equal have the same digest. */
export function emailDigest(email: string): string {
  return contentDigest(emailKey(email));
}

/** Replaces the values of a user by digests. Null stays null. Texts are trimmed first. */
export function valueDigests(values: Values): Values {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, digestOf(value)]));
}

function digestOf(value: Values[string]): string | null {
  const text = typeof value === 'string' ? value.trim() : value;
  return text === null || text === '' ? null : contentDigest(JSON.stringify(text));
}
