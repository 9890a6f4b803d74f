import { createHmac } from 'node:crypto';

/** The secret that signs test deliveries of a webhook that does not exist yet. It is public (Zendesk docs). */
export const PUBLIC_TEST_SECRET = 'dGhpc19zZWNyZXRfaXNfZm9yX3Rlc3Rpbmdfb25seQ==';

/** Signs a delivery. The key is the text of the secret. The message is the timestamp followed by the raw body. */
export function signatureOf(secret: string, timestamp: string, body: string | Buffer): string {
  return createHmac('sha256', Buffer.from(secret, 'utf8')).update(timestamp, 'utf8').update(body).digest('base64');
}

/** Returns the timestamp of a delivery that is signed at this time. */
export function signatureTimestamp(now: Date): string {
  return now.toISOString().replace(/\.\d+Z$/, 'Z');
}
