import { isIP } from 'node:net';
import { z } from 'zod';
import { createSecret, hideBytes } from './secret.ts';

/** A key with its name. `key` has 32 bytes, whose printed forms say `[redacted]`. */
interface EncryptionKey {
  readonly id: string;
  readonly key: Buffer;
}

/** The keys in the order configured: the first one writes, any of them reads. Never empty. */
export type EncryptionKeys = readonly [EncryptionKey, ...EncryptionKey[]];

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

/** The least level that the log shows; pino's levels. */
export type LogLevel = (typeof LOG_LEVELS)[number];

// Every message completes the sentence "NAME …" and never repeats the value.

/** Reads a whole number within bounds, both inclusive. */
export const whole = (min: number, max: number) => {
  const message = `must be a whole number from ${min} to ${max}`;
  const inBounds = (value: number): boolean => value >= min && value <= max;
  return z
    .string()
    .regex(/^\d{1,9}$/, { message, abort: true })
    .transform(Number)
    .refine(inBounds, message);
};

/** Reads the build id of a worker version, short enough for a search attribute and safe in a shell. */
export const buildId = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/,
    'must be a build id: 63 letters, digits, dots, hyphens and underscores at most',
  );

/** Reads a level of the log. */
export const logLevel = z
  .string()
  .toLowerCase()
  .pipe(z.enum(LOG_LEVELS, `must be one of ${LOG_LEVELS.join(', ')}`));

/** Reads the name or address that the listener binds to. */
export const host = z
  .string()
  .regex(
    /^(?:[A-Za-z0-9.-]+|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*)$/,
    'must be a host name or an IP address, without scheme and port',
  );

/** Reads an address to listen on, an IP address and a port: Temporal's SDK, which listens, resolves no name. */
export const listenAddress = z.string().refine((text) => {
  const [, address = '', port = ''] = /^([\d.]+|\[[\dA-Fa-f:.]+\]):(\d{1,5})$/.exec(text) ?? [];
  return isIP(address.replace(/[[\]]/g, '')) > 0 && Number(port) > 0 && Number(port) <= 65_535;
}, 'must be an IP address and a port of the form 127.0.0.1:9464 or [::1]:9464');

/** Reads the base address of an HTTP server; gives it without a slash at its end. */
export const baseUrl = z
  .string()
  .refine((text) => {
    const url = urlOf(text, ['http:', 'https:']);
    return url !== undefined && !url.username && !url.password && !url.search && !url.hash;
  }, 'must be an http or https URL without credentials, query or fragment')
  .transform((text) => new URL(text).href.replace(/\/+$/, ''));

/** Reads comma-separated web origins, as browsers send them: scheme, host and port, nothing else. */
export const origins = list(
  (entry) => urlOf(entry, ['http:', 'https:'])?.origin === entry.toLowerCase().replace(/\/$/, ''),
  'must be comma-separated origins of the form https://host:port, without a path',
).transform((entries) => entries.map((entry) => new URL(entry).origin));

/** Reads a PostgreSQL connection URL, as a secret. */
export const databaseUrl = z
  .string()
  .refine(
    (text) => urlOf(text, ['postgres:', 'postgresql:']) !== undefined,
    'must be a URL of the form postgres://user:password@host:port/database',
  )
  .transform(createSecret);

/** The message about an address of alerts; plain http is allowed only where the host was explicitly allowed. */
export const ALERT_URL_MISTAKE = 'must be an https URL without credentials';

/** Reads the address that alerts are sent to. */
export const alertUrl = z
  .string()
  .refine((text) => {
    const url = urlOf(text, ['https:', 'http:']);
    return url !== undefined && !url.username && !url.password;
  }, ALERT_URL_MISTAKE)
  .transform((text) => new URL(text).href);

/** Reads the key that signs alerts: `whsec_` and base64, as Standard Webhooks writes keys, or any text. */
export const alertSecret = z
  .string()
  .refine((text) => {
    const [, base64] = /^whsec_(.*)$/.exec(text) ?? [];
    return base64 === undefined || (base64 !== '' && Buffer.from(base64, 'base64').toString('base64') === base64);
  }, 'begins with whsec_, so the rest must be base64')
  .transform(createSecret);

/** Reads comma-separated `host` or `host:port` entries; gives them in lower case, an IPv6 address in brackets. */
export const allowHosts = list((entry) => {
  const [, , port = '0'] = /^([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::(\d{1,5}))?$/.exec(entry) ?? [];
  return /^(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?$/.test(entry) && Number(port) <= 65_535;
}, 'must be comma-separated host or host:port entries').transform((entries) =>
  entries.map((entry) => entry.toLowerCase()),
);

/** Reads `id:base64(32 bytes)` entries, comma-separated; ids are unique. */
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

/** Reads a bearer token, as a secret: printable characters without blanks, as an HTTP header can carry them. */
export const token = z
  .string()
  .regex(/^[\x21-\x7e]+$/, 'must consist of printable ASCII characters without blanks')
  .transform(createSecret);

function encryptionKeyOf(entry: string): EncryptionKey | undefined {
  const [, id = '', base64 = ''] = /^([A-Za-z0-9._-]{1,64}):([A-Za-z0-9+/]{43}=)$/.exec(entry) ?? [];
  const key = Buffer.from(base64, 'base64');
  return key.length === 32 && key.toString('base64') === base64 ? { id, key: hideBytes(key) } : undefined;
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
