import { isIP } from 'node:net';
import { hideBytes } from './secret.ts';

/** A value that does not parse; the message completes the sentence "NAME …" and never repeats the value. */
export class ValueError extends Error {
  override readonly name = 'ValueError';
}

/** A key with its name. `key` has 32 bytes, whose printed forms say `[redacted]`. */
interface EncryptionKey {
  readonly id: string;
  readonly key: Buffer;
}

/** The keys in the order configured: the first one writes, any of them reads. Never empty. */
export type EncryptionKeys = readonly [EncryptionKey, ...EncryptionKey[]];

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

/** What the log shows at least; pino's levels. */
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Parses a whole number within bounds, both inclusive. */
export function parseWhole(text: string, min: number, max: number): number {
  const value = /^\d{1,9}$/.test(text) ? Number(text) : NaN;
  if (value >= min && value <= max) return value;
  throw new ValueError(`must be a whole number from ${min} to ${max}`);
}

/** Parses the build id of a worker version, short enough for a search attribute and safe in a shell. */
export function parseBuildId(text: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/.test(text)) return text;
  throw new ValueError('must be a build id: 63 letters, digits, dots, hyphens and underscores at most');
}

/** Parses a pino level. */
export function parseLogLevel(text: string): LogLevel {
  const level = LOG_LEVELS.find((known) => known === text.toLowerCase());
  if (level) return level;
  throw new ValueError(`must be one of ${LOG_LEVELS.join(', ')}`);
}

/** Parses the name or address that the listener binds to. */
export function parseHost(text: string): string {
  if (/^[A-Za-z0-9.-]+$/.test(text) || /^[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*$/.test(text)) return text;
  throw new ValueError('must be a host name or an IP address, without scheme and port');
}

/** Parses an address to listen on, an IP address and a port: Temporal's SDK, which listens, looks no name up. */
export function parseListenAddress(text: string): string {
  const [, host = '', port = ''] = /^([\d.]+|\[[\dA-Fa-f:.]+\]):(\d{1,5})$/.exec(text) ?? [];
  if (isIP(host.replace(/[[\]]/g, '')) > 0 && Number(port) > 0 && Number(port) <= 65_535) return text;
  throw new ValueError('must be an IP address and a port of the form 127.0.0.1:9464 or [::1]:9464');
}

/** Parses the base address of an HTTP server; gives it without a slash at its end. */
export function parseBaseUrl(text: string): string {
  const url = parseUrl(text, ['http:', 'https:']);
  if (!url || url.username || url.password || url.search || url.hash)
    throw new ValueError('must be an http or https URL without credentials, query or fragment');
  return url.href.replace(/\/+$/, '');
}

/** Parses comma-separated web origins, as browsers send them: scheme, host and port, nothing else. */
export function parseOrigins(text: string): readonly string[] {
  return splitList(text).map((entry) => {
    const url = parseUrl(entry, ['http:', 'https:']);
    if (url?.origin === entry.toLowerCase().replace(/\/$/, '')) return url.origin;
    throw new ValueError('must be comma-separated origins of the form https://host:port, without a path');
  });
}

/** Parses a PostgreSQL connection URL; gives it unchanged. */
export function parseDatabaseUrl(text: string): string {
  if (parseUrl(text, ['postgres:', 'postgresql:'])) return text;
  throw new ValueError('must be a URL of the form postgres://user:password@host:port/database');
}

/** Parses the address that is told of state changes: https, or plain http where the host was explicitly allowed. */
export function parseAlertUrl(text: string, allowHosts: readonly string[]): string {
  const url = parseUrl(text, ['https:', 'http:']);
  const named = url && (allowHosts.includes(url.hostname) || allowHosts.includes(url.host));
  if (!url || url.username || url.password || (url.protocol === 'http:' && !named))
    throw new ValueError('must be an https URL without credentials');
  return url.href;
}

/** Parses the key that signs alerts: `whsec_` and base64, as Standard Webhooks writes keys, or any text. */
export function parseAlertSecret(text: string): string {
  const [, base64] = /^whsec_(.*)$/.exec(text) ?? [];
  if (base64 === undefined || (base64 !== '' && Buffer.from(base64, 'base64').toString('base64') === base64))
    return text;
  throw new ValueError('begins with whsec_, so the rest must be base64');
}

/** Parses comma-separated `host` or `host:port` entries; gives them in lower case, an IPv6 address in brackets. */
export function parseAllowHosts(text: string): readonly string[] {
  return splitList(text).map((entry) => {
    const [, , port] = /^([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::(\d{1,5}))?$/.exec(entry) ?? refuse();
    if (port !== undefined && Number(port) > 65_535) refuse();
    return entry.toLowerCase();
  });
  function refuse(): never {
    throw new ValueError('must be comma-separated host or host:port entries');
  }
}

/** Parses `id:base64(32 bytes)` entries, comma-separated; ids are unique. */
export function parseEncryptionKeys(text: string): EncryptionKeys {
  const [first, ...others] = splitList(text).map(parseEncryptionKey);
  if (!first) throw new ValueError('must hold at least one key, id:base64(32 bytes)');
  const keys: EncryptionKeys = [first, ...others];
  if (new Set(keys.map(({ id }) => id)).size < keys.length) throw new ValueError('names the same key id twice');
  return keys;
}

/** Parses a bearer token: printable characters without blanks, as an HTTP header can carry them. */
export function parseToken(text: string): string {
  if (/^[\x21-\x7e]+$/.test(text)) return text;
  throw new ValueError('must consist of printable ASCII characters without blanks');
}

function parseEncryptionKey(entry: string): EncryptionKey {
  const [, id = '', base64 = ''] = /^([A-Za-z0-9._-]{1,64}):([A-Za-z0-9+/]{43}=)$/.exec(entry) ?? [];
  const key = Buffer.from(base64, 'base64');
  if (key.length === 32 && key.toString('base64') === base64) return { id, key: hideBytes(key) };
  throw new ValueError('must be id:base64(32 bytes) entries, comma-separated');
}

function splitList(text: string): readonly string[] {
  const entries = text.split(',').map((entry) => entry.trim());
  return entries.filter((entry) => entry !== '');
}

function parseUrl(text: string, protocols: readonly string[]): URL | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return url && url.hostname !== '' && protocols.includes(url.protocol) ? url : undefined;
}
