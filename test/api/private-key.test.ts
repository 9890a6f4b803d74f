import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { readPrivateKey } from '../../api/connection-file/private-key.ts';

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const PEM = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const PKCS1 = privateKey.export({ type: 'pkcs1', format: 'pem' }).toString();

describe('a private key', () => {
  it.each([
    ['as OpenSSL writes it', PEM],
    ['with line breaks as two characters', PEM.replaceAll('\n', '\\n')],
    ['with Windows line breaks as four characters', PEM.replaceAll('\n', '\\r\\n')],
    ['on one line', PEM.replaceAll('\n', ' ')],
    ['on one line without blanks', PEM.replaceAll('\n', '')],
    ['with Windows line ends', PEM.replaceAll('\n', '\r\n')],
    ['with the line ends of an old Mac', PEM.replaceAll('\n', '\r')],
    ['after a byte order mark', `\u{feff}${PEM}`],
    ['indented', PEM.replaceAll('\n', '\n    ')],
    [
      'with bag attributes and a certificate',
      `Bag Attributes\n  localKeyID: 01\n${PEM}-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n`,
    ],
  ])('%s is brought into its usual form', (_how, text) => {
    expect(readPrivateKey(text)).toEqual({ key: PEM });
  });

  it('in the older form of OpenSSL keeps its label', () => {
    expect(readPrivateKey(PKCS1.replaceAll('\n', '\\n'))).toEqual({ key: PKCS1 });
  });

  const encrypted = (type: 'pkcs1' | 'pkcs8'): string =>
    privateKey.export({ type, format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' }).toString();
  const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
  it.each([
    ['encrypted', encrypted('pkcs8'), /encrypted with a passphrase.*openssl pkey -in/],
    ['encrypted in the older form', encrypted('pkcs1'), /encrypted with a passphrase/],
    ['encrypted and on one line', encrypted('pkcs1').replaceAll('\n', '\\n'), /encrypted with a passphrase/],
    ['cut off', PEM.slice(0, 900), /must be a private key in PEM form.*openssl pkcs12/],
    ['without a line in the middle', PEM.split('\n').toSpliced(5, 1).join('\n'), /is not complete/],
    ['for elliptic curves', ec.export({ type: 'pkcs8', format: 'pem' }).toString(), /must be an RSA key/],
    ['that is a certificate', '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----', /must be a private key/],
  ])('%s is refused with what to do', (_how, text, mistake) => {
    const read = readPrivateKey(text);
    expect('mistake' in read ? read.mistake : '').toMatch(mistake);
    expect(JSON.stringify(read)).not.toContain(PEM.slice(60, 100));
  });
});
