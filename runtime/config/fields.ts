import { isIP } from 'node:net';
import { z } from 'zod';
import { createSecret, redactBytes } from './secret.ts';

/** A named key of 32 bytes. It is printed as `[redacted]`. */
interface EncryptionKey {
  readonly id: string;
  readonly key: Buffer;
}

/** The configured keys in their order, at least one. The first one encrypts, and any of them decrypts. */
export type EncryptionKeys = readonly [EncryptionKey, ...EncryptionKey[]];

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

/** The lowest level that is logged, by pino's names. */
export type LogLevel = (typeof LOG_LEVELS)[number];

// Every message completes the sentence "NAME …" and never repeats the value.

/** Parses a whole number within inclusive bounds. */
export const whole = (min: number, max: number) => {
  const message = `must be a whole number from ${min} to ${max}`;
  const inBounds = (value: number): boolean => value >= min && value <= max;
  return z
    .string()
    .regex(/^\d{1,9}$/, { message, abort: true })
    .transform(Number)
    .refine(inBounds, message);
};

/** Parses the build id of a worker version. It fits into a search attribute and is safe in a shell. */
export const buildId = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/,
    'must be a build id of at most 63 letters, digits, dots, hyphens and underscores',
  );

/** Parses a log level. */
export const logLevel = z
  .string()
  .toLowerCase()
  .pipe(z.enum(LOG_LEVELS, `must be one of ${LOG_LEVELS.join(', ')}`));

/** Parses the name or address that the listener binds to. */
export const host = z
  .string()
  .regex(
    /^(?:[A-Za-z0-9.-]+|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*)$/,
    'must be a host name or an IP address, without scheme and port',
  );

/** Parses an IP address with a port to listen on. Temporal's SDK, which listens, does not resolve names. */
export const listenAddress = z.string().refine((text) => {
  const [, address = '', port = ''] = /^([\d.]+|\[[\dA-Fa-f:.]+\]):(\d{1,5})$/.exec(text) ?? [];
  return isIP(address.replace(/[[\]]/g, '')) > 0 && Number(port) > 0 && Number(port) <= 65_535;
}, 'must be an IP address and a port of the form 127.0.0.1:9464 or [::1]:9464');

/** Parses the base URL of an HTTP server and removes a trailing slash. */
export const baseUrl = z
  .string()
  .refine((text) => {
    const url = urlOf(text, ['http:', 'https:']);
    return url !== undefined && !url.username && !url.password && !url.search && !url.hash;
  }, 'must be an http or https URL without credentials, query or fragment')
  .transform((text) => new URL(text).href.replace(/\/+$/, ''));

/** Parses comma-separated web origins as browsers send them: scheme, host and port. */
export const origins = list(
  (entry) => urlOf(entry, ['http:', 'https:'])?.origin === entry.toLowerCase().replace(/\/$/, ''),
  'must be comma-separated origins of the form https://host:port, without a path',
).transform((entries) => entries.map((entry) => new URL(entry).origin));

/** Parses a PostgreSQL connection URL as a secret. */
export const databaseUrl = z
  .string()
  .refine(
    (text) => urlOf(text, ['postgres:', 'postgresql:']) !== undefined,
    'must be a URL of the form postgres://user:password@host:port/database',
  )
  .transform(createSecret);

/** The message about the URL of alerts. Plain http is valid only for a host in LEDGERDESK_ALLOW_HOSTS. */
export const ALERT_URL_MISTAKE = 'must be an https URL without credentials';

/** Parses the URL to which alerts are sent. */
export const alertUrl = z
  .string()
  .refine((text) => {
    const url = urlOf(text, ['https:', 'http:']);
    return url !== undefined && !url.username && !url.password;
  }, ALERT_URL_MISTAKE)
  .transform((text) => new URL(text).href);

/** Parses the key that signs alerts: `whsec_` and base64, the key format of Standard Webhooks, or any other text. */
export const alertSecret = z
  .string()
  .refine((text) => {
    const [, base64] = /^whsec_(.*)$/.exec(text) ?? [];
    return base64 === undefined || (base64 !== '' && Buffer.from(base64, 'base64').toString('base64') === base64);
  }, 'begins with whsec_, so the rest must be base64')
  .transform(createSecret);

/**
 * Parses comma-separated `host` or `host:port` entries and returns them in lower case. IPv6 addresses are in brackets.
 */
export const allowHosts = list((entry) => {
  const [, , port = '0'] = /^([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::(\d{1,5}))?$/.exec(entry) ?? [];
  return /^(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?$/.test(entry) && Number(port) <= 65_535;
}, 'must be comma-separated host or host:port entries').transform((entries) =>
  entries.map((entry) => entry.toLowerCase()),
);

/**
 * Parses the URL of a forward proxy as a secret, because it may contain a password. Like most programs, it takes a host
 * without a scheme for http.
 */
export const proxyUrl = z
  .string()
  .transform((text) => (text.includes('://') ? text : `http://${text}`))
  .refine((text) => {
    const url = urlOf(text, ['http:', 'https:']);
    return url?.pathname === '/' && !url.search && !url.hash && isEncoded(url);
  }, 'must be the URL of an HTTP proxy of the form http://user:password@host:port, with special characters encoded')
  .transform(createSecret);

/** Parses the hosts that are reached without the proxy. Other programs accept blanks between them, too. */
export const noProxy = z.string().transform((text) => text.split(/[\s,]+/).filter((entry) => entry !== ''));

/** Parses comma-separated `id:base64(32 bytes)` entries with unique ids. */
export const encryptionKeys = list(
  (entry) => encryptionKeyOf(entry) !== undefined,
  'must be id:base64(32 bytes) entries, comma-separated',
)
  .transform((entries) => entries.flatMap((entry) => encryptionKeyOf(entry) ?? []))
  .transform((keys, context): EncryptionKeys => {
    const [first, ...others] = keys;
    const isUnique = new Set(keys.map(({ id }) => id)).size === keys.length;
    if (first !== undefined && isUnique) return [first, ...others];
    const message = first ? 'names the same key id twice' : 'must hold at least one key, id:base64(32 bytes)';
    context.addIssue({ code: 'custom', message });
    return z.NEVER;
  });

/** Parses a bearer token as a secret. An HTTP header allows printable characters without blanks. */
export const token = z
  .string()
  .regex(/^[\x21-\x7e]+$/, 'must consist of printable ASCII characters without blanks')
  .transform(createSecret);

function encryptionKeyOf(entry: string): EncryptionKey | undefined {
  const [, id = '', base64 = ''] = /^([A-Za-z0-9._-]{1,64}):([A-Za-z0-9+/]{43}=)$/.exec(entry) ?? [];
  const key = Buffer.from(base64, 'base64');
  return key.length === 32 && key.toString('base64') === base64 ? { id, key: redactBytes(key) } : undefined;
}

function isEncoded({ username, password }: URL): boolean {
  return /^(?:[^%]|%[0-9A-Fa-f]{2})*$/.test(`${username}${password}`);
}

function list(isEntry: (entry: string) => boolean, message: string) {
  return z
    .string()
    .transform((text) => text.split(',').flatMap((entry) => entry.trim() || []))
    .refine((entries) => entries.every(isEntry), message);
}

function urlOf(text: string, protocols: readonly string[]): URL | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return url && url.hostname !== '' && protocols.includes(url.protocol) ? url : undefined;
}
