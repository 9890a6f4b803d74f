import { createHmac } from 'node:crypto';

/** The secret that a test delivery is signed with before the webhook exists: public, so worth nothing (Zendesk docs). */
export const PUBLIC_TEST_SECRET = 'dGhpc19zZWNyZXRfaXNfZm9yX3Rlc3Rpbmdfb25seQ==';

/** Signs a delivery: the key is the secret's text as given, the message is the timestamp followed by the raw body. */
export function signatureOf(secret: string, timestamp: string, body: string | Buffer): string {
  return createHmac('sha256', Buffer.from(secret, 'utf8')).update(timestamp, 'utf8').update(body).digest('base64');
}

/** The timestamp of a delivery, by the real clock: the receiver judges its age by its own. */
export function signatureTimestamp(now: Date = new Date()): string {
  return now.toISOString().replace(/\.\d+Z$/, 'Z');
}
