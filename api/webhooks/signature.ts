import { createHmac, timingSafeEqual } from 'node:crypto';

/** The public secret that Zendesk signs with when a webhook is tested before it is created (Zendesk docs, Webhooks). */
const PUBLIC_TEST_SECRET = 'dGhpc19zZWNyZXRfaXNfZm9yX3Rlc3Rpbmdfb25seQ==';

/** HMAC-SHA256 over the timestamp and the body, without a separator, as Zendesk signs (Zendesk docs, Webhooks). */
function sign(secret: string, timestamp: string, body: Buffer): Buffer {
  return createHmac('sha256', secret).update(timestamp).update(body).digest();
}

/** Returns true if one of the secrets created the signature. The time taken is the same for every result. */
export function isSigned(
  delivery: { readonly timestamp: string; readonly body: Buffer; readonly signature: string },
  secrets: readonly string[],
): boolean {
  const given = decode(delivery.signature);
  let matches = false;
  for (const secret of secrets) {
    const expected = sign(secret, delivery.timestamp, delivery.body);
    const isUsable = secret !== '' && secret !== PUBLIC_TEST_SECRET;
    matches =
      (timingSafeEqual(expected, given ?? Buffer.alloc(expected.length)) && given !== undefined && isUsable) || matches;
  }
  return matches;
}

/** Accepts only 32 bytes in canonical base64. */
function decode(signature: string): Buffer | undefined {
  if (!/^[A-Za-z0-9+/]{43}=$/.test(signature)) return undefined;
  const bytes = Buffer.from(signature, 'base64');
  return bytes.length === 32 && bytes.toString('base64') === signature ? bytes : undefined;
}
