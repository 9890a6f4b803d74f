import { constants, randomUUID, sign } from 'node:crypto';

/** The certificate of an app. `thumbprintSha256` is hexadecimal, `privateKey` is PEM. */
export interface AppCertificate {
  readonly thumbprintSha256: string;
  readonly privateKey: string;
}

/**
 * The time for which an assertion is valid, before and after now by our clock, so that a clock which is five minutes
 * ahead or behind does not matter. MSAL's own assertions begin now, and Entra refuses them with AADSTS700024 if our clock
 * is ahead. Entra does not restrict the time (Microsoft docs, Certificate credentials).
 */
const VALID_S = 360;

/**
 * Creates the signed assertion with which an app proves that it has the private key of a certificate. `nowMs` is epoch
 * milliseconds.
 */
export function createClientAssertion(
  { thumbprintSha256, privateKey }: AppCertificate,
  { clientId, tokenEndpoint, nowMs }: { clientId: string; tokenEndpoint: string; nowMs: number },
): string {
  const thumbprint = Buffer.from(thumbprintSha256.replace(/[\s:]/g, ''), 'hex').toString('base64url');
  const now = Math.floor(nowMs / 1_000);
  const claims = {
    ...{ aud: tokenEndpoint, iss: clientId, sub: clientId, jti: randomUUID() },
    ...{ nbf: now - VALID_S, exp: now + VALID_S },
  };
  const signed = `${encode({ alg: 'PS256', typ: 'JWT', 'x5t#S256': thumbprint })}.${encode(claims)}`;
  const { RSA_PKCS1_PSS_PADDING: padding, RSA_PSS_SALTLEN_DIGEST: saltLength } = constants;
  const signature = sign('sha256', Buffer.from(signed), { key: privateKey, padding, saltLength });
  return `${signed}.${signature.toString('base64url')}`;
}

function encode(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}
