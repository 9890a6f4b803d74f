import { createHmac, timingSafeEqual } from 'node:crypto';

/** The secret that Zendesk signs with when a webhook is tested before it exists: everybody knows it (Zendesk docs, Webhooks). */
const PUBLIC_TEST_SECRET = 'dGhpc19zZWNyZXRfaXNfZm9yX3Rlc3Rpbmdfb25seQ==';

/** Signs as Zendesk does: base64 of HMAC-SHA256 over the timestamp's text and the body, with nothing between (Zendesk docs, Webhooks). */
function sign(secret: string, timestamp: string, body: Buffer): Buffer {
  return createHmac('sha256', secret).update(timestamp).update(body).digest();
}

/** Whether a signature is that of one of the secrets; takes as long whichever fits, and as long when none does. */
export function isSigned(
  delivery: { readonly timestamp: string; readonly body: Buffer; readonly signature: string },
  secrets: readonly string[],
): boolean {
  const given = decode(delivery.signature);
  let fits = false;
  for (const secret of secrets) {
    const expected = sign(secret, delivery.timestamp, delivery.body);
    const isUsable = secret !== '' && secret !== PUBLIC_TEST_SECRET;
    fits =
      (timingSafeEqual(expected, given ?? Buffer.alloc(expected.length)) && given !== undefined && isUsable) || fits;
  }
  return fits;
}

/** 32 bytes in base64, written in the one way that this has. */
function decode(signature: string): Buffer | undefined {
  if (!/^[A-Za-z0-9+/]{43}=$/.test(signature)) return undefined;
  const bytes = Buffer.from(signature, 'base64');
  return bytes.length === 32 && bytes.toString('base64') === signature ? bytes : undefined;
}
