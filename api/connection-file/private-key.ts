import { createPrivateKey } from 'node:crypto';

/** A private key in the usual PEM form, or the mistake that completes the sentence "dynamics.certificate.privateKey …". */
type ReadKey = { readonly key: string } | { readonly mistake: string };

const BLOCK = /-----BEGIN ([A-Z ]*PRIVATE KEY)-----([\s\S]*?)-----END \1-----/;

/**
 * Reads a private key in the forms in which people paste one: with line breaks as the two characters `\n`, on one line,
 * with Windows line ends, or among certificates and other text, as `openssl pkcs12` writes it. Tries the key, so that a
 * damaged one is not blamed on the tenant later.
 */
export function readPrivateKey(text: string): ReadKey {
  const [, label = '', inner] = BLOCK.exec(text.replace(/\\r\\n|\\n|\\r/g, '\n')) ?? [];
  if (inner === undefined) return { mistake: NOT_PEM };
  if (label === 'ENCRYPTED PRIVATE KEY' || /Proc-Type:\s*4,\s*ENCRYPTED/.test(inner)) return { mistake: ENCRYPTED };
  const base64 = inner.replace(/\s/g, '');
  const lines = base64.match(/.{1,64}/g) ?? [];
  const key = `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
  return readableType(key) === 'rsa' ? { key } : { mistake: readableType(key) === undefined ? DAMAGED : NOT_RSA };
}

const NOT_PEM =
  'must be a private key in PEM form, from -----BEGIN PRIVATE KEY----- to -----END PRIVATE KEY-----. If it is in a .pfx file, run: openssl pkcs12 -in FILE.pfx -nocerts -nodes -out key.pem';
const ENCRYPTED =
  'is encrypted with a passphrase, which Ledgerdesk cannot ask for. Convert it: openssl pkey -in key.pem -out key-clear.pem';
const DAMAGED = 'is not complete: it cannot be read as a private key. Export it again, and keep every line of it';
const NOT_RSA = 'must be an RSA key, because Entra accepts no other for a certificate';

function readableType(key: string): string | undefined {
  try {
    return createPrivateKey(key).asymmetricKeyType;
  } catch {
    return undefined;
  }
}
