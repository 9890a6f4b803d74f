import { createHash } from 'node:crypto';
import { emailKey } from '../domain/contacts/email.ts';
import type { Values } from '../domain/sync/field-value.ts';

/** Returns the SHA-256 of a text, by which it is recognized without being kept: 64 hexadecimal digits. */
export function contentDigest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** Returns the digest of an email address, in the form in which Zendesk compares addresses. */
export function emailDigest(email: string): string {
  return contentDigest(emailKey(email));
}

/** Replaces values by digests, as they are kept of users. Null stays null, and texts are digested without surrounding blanks. */
export function valueDigests(values: Values): Values {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, digestOf(value)]));
}

function digestOf(value: Values[string]): string | null {
  const text = typeof value === 'string' ? value.trim() : value;
  return text === null || text === '' ? null : contentDigest(JSON.stringify(text));
}
