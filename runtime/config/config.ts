import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import {
  ValueError,
  parseAlertSecret,
  parseAlertUrl,
  parseAllowHosts,
  parseBaseUrl,
  parseBuildId,
  parseDatabaseUrl,
  parseEncryptionKeys,
  parseHost,
  parseListenAddress,
  parseLogLevel,
  parseOrigins,
  parseToken,
  parseWhole,
} from './config-values.ts';
import type { EncryptionKeys, LogLevel } from './config-values.ts';
import { createSecret } from './secret.ts';
import type { Secret } from './secret.ts';

/** Variables by name, as `process.env` has them. An empty value counts as absent. */
export type Env = Readonly<Record<string, string | undefined>>;

/** The name, in the data directory, of the generated encryption key. */
export const GENERATED_KEYS_FILE = 'encryption-keys';

/** All settings of the product, parsed. What is optional has no value unless the environment gives one. */
export interface Config {
  /** Absolute path of everything embedded. */
  readonly dataDir: string;
  readonly host: string;
  /** 0 picks a free port. */
  readonly port: number;
  /** Base of webhook and callback URLs, without a slash at its end; absent: the listener's own URL. */
  readonly publicUrl?: string;
  /** Absent: the embedded PostgreSQL. */
  readonly databaseUrl?: Secret;
  readonly encryptionKeys?: EncryptionKeys;
  /** True when the keys are the file that `npm start` generated: such keys do not switch payload encryption on. */
  readonly encryptionKeysGenerated: boolean;
  readonly adminToken?: Secret;
  /** `host` or `host:port`, lower case. */
  readonly allowHosts: readonly string[];
  /** Origins of Temporal's Web UI, whose pages may ask the codec endpoint. */
  readonly uiOrigins: readonly string[];
  readonly logLevel: LogLevel;
  readonly retentionDays: number;
  /** `host:port` where a worker serves its metrics; absent: nowhere. */
  readonly workerMetrics?: string;
  readonly alertUrl?: string;
  readonly alertSecret?: Secret;
  /** The build id under which a worker takes part in Temporal's worker versioning; absent: it does not. */
  readonly workerVersion?: string;
  /** Whether traces are sent: OpenTelemetry's own variables say where to. */
  readonly isTraced: boolean;
  /** False: the embedded development server. True: Temporal's own variables name a server or a profile. */
  readonly temporalConfigured: boolean;
}

/** The start is refused. `lines` has one sentence per mistake, and the message is these lines; no line repeats a value. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly lines: readonly string[];

  constructor(lines: readonly string[]) {
    super(lines.join('\n'));
    this.lines = lines;
  }
}

const KNOWN = new Set([
  ...['DATA_DIR', 'HOST', 'PORT', 'PUBLIC_URL', 'URL', 'ALLOW_HOSTS', 'LOG_LEVEL', 'RETENTION_DAYS'],
  ...['ENCRYPTION_KEYS', 'ENCRYPTION_KEYS_FILE', 'ADMIN_TOKEN', 'ADMIN_TOKEN_FILE'],
  ...['ALERT_URL', 'ALERT_SECRET', 'ALERT_SECRET_FILE'],
  ...['UI_ORIGIN', 'WORKER_METRICS', 'WORKER_VERSION'],
]);

/** Reads the configuration from the environment. Throws ConfigError with every mistake at once. */
export function loadConfig(env: Env): Config {
  const mistakes: string[] = unknownNames(env);
  const take = <T>(name: string, parse: (text: string) => T): T | undefined =>
    collect(mistakes, name, () => {
      const text = valueOf(env, name);
      return text === undefined ? undefined : parse(text);
    });

  const dataDir = resolve(valueOf(env, 'LEDGERDESK_DATA_DIR') ?? '.ledgerdesk');
  const allowHosts = take('LEDGERDESK_ALLOW_HOSTS', parseAllowHosts) ?? [];
  take('LEDGERDESK_URL', parseBaseUrl);
  const config = {
    dataDir,
    host: take('LEDGERDESK_HOST', parseHost) ?? '127.0.0.1',
    port: take('LEDGERDESK_PORT', (text) => parseWhole(text, 0, 65_535)) ?? 8080,
    allowHosts,
    uiOrigins: take('LEDGERDESK_UI_ORIGIN', parseOrigins) ?? [],
    logLevel: take('LEDGERDESK_LOG_LEVEL', parseLogLevel) ?? 'info',
    retentionDays: take('LEDGERDESK_RETENTION_DAYS', (text) => parseWhole(text, 1, 36_500)) ?? 90,
    encryptionKeysGenerated: keysAreGenerated(env, dataDir),
    isTraced: take('OTEL_EXPORTER_OTLP_ENDPOINT', parseBaseUrl) !== undefined,
    temporalConfigured: isTemporalConfigured(env),
    ...given('publicUrl', take('LEDGERDESK_PUBLIC_URL', parseBaseUrl)),
    ...given(
      'databaseUrl',
      take('DATABASE_URL', (text) => createSecret(parseDatabaseUrl(text))),
    ),
    ...given('encryptionKeys', take('LEDGERDESK_ENCRYPTION_KEYS', parseEncryptionKeys)),
    ...given(
      'adminToken',
      take('LEDGERDESK_ADMIN_TOKEN', (text) => createSecret(parseToken(text))),
    ),
    ...given('workerMetrics', take('LEDGERDESK_WORKER_METRICS', parseListenAddress)),
    ...given(
      'alertUrl',
      take('LEDGERDESK_ALERT_URL', (text) => parseAlertUrl(text, allowHosts)),
    ),
    ...given(
      'alertSecret',
      take('LEDGERDESK_ALERT_SECRET', (text) => createSecret(parseAlertSecret(text))),
    ),
    ...given('workerVersion', take('LEDGERDESK_WORKER_VERSION', parseBuildId)),
  };
  if (isUnsigned(env))
    mistakes.push('LEDGERDESK_ALERT_SECRET is not set: LEDGERDESK_ALERT_URL is told signed alerts only.');
  if (mistakes.length > 0) throw new ConfigError(mistakes);
  return config;
}

const SETTINGS = {
  databaseUrl: 'DATABASE_URL',
  encryptionKeys: 'LEDGERDESK_ENCRYPTION_KEYS',
  adminToken: 'LEDGERDESK_ADMIN_TOKEN',
} as const;

/**
 * Insists on settings that only the embedded mode makes up. Without them a process must not start: ConfigError, one
 * line per missing name. Gives the same configuration, its type narrowed.
 */
export function requireSettings<Name extends keyof typeof SETTINGS>(
  config: Config,
  names: readonly Name[],
): Config & Required<Pick<Config, Name>> {
  const missing = names.filter((name) => config[name] === undefined);
  if (missing.length > 0) throw new ConfigError(missing.map((name) => `${SETTINGS[name]} is not set.`));
  return config as Config & Required<Pick<Config, Name>>;
}

function unknownNames(env: Env): string[] {
  const ours = Object.keys(env).filter((name) => name.startsWith('LEDGERDESK_'));
  return ours
    .filter((name) => !KNOWN.has(name.slice('LEDGERDESK_'.length)))
    .sort()
    .map((name) => `${name} is not a name that Ledgerdesk knows.`);
}

function collect<T>(mistakes: string[], name: string, read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof ValueError)) throw error;
    mistakes.push(`${name} ${error.message}.`);
    return undefined;
  }
}

const WITH_FILE = new Set([
  ...['LEDGERDESK_ENCRYPTION_KEYS', 'LEDGERDESK_ADMIN_TOKEN', 'LEDGERDESK_ALERT_SECRET'],
  'DATABASE_URL',
]);

function valueOf(env: Env, name: string): string | undefined {
  const plain = present(env[name]);
  const file = WITH_FILE.has(name) ? present(env[`${name}_FILE`]) : undefined;
  if (file === undefined) return plain;
  if (plain !== undefined) throw new ValueError(`and ${name}_FILE are both set: give one of them`);
  const text = present(readText(file, name));
  if (text === undefined) throw new ValueError(`cannot be read: the file that ${name}_FILE names is empty`);
  return text;
}

function readText(file: string, name: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const { code = 'unknown' } = error as NodeJS.ErrnoException;
    throw new ValueError(`cannot be read from the file that ${name}_FILE names (${code})`);
  }
}

function isUnsigned(env: Env): boolean {
  const keys = ['LEDGERDESK_ALERT_SECRET', 'LEDGERDESK_ALERT_SECRET_FILE'];
  return present(env['LEDGERDESK_ALERT_URL']) !== undefined && keys.every((name) => present(env[name]) === undefined);
}

function present(text: string | undefined): string | undefined {
  const trimmed = text?.trim();
  return trimmed === '' ? undefined : trimmed;
}

function keysAreGenerated(env: Env, dataDir: string): boolean {
  const file = present(env['LEDGERDESK_ENCRYPTION_KEYS_FILE']);
  return file !== undefined && resolve(file) === join(dataDir, GENERATED_KEYS_FILE);
}

function isTemporalConfigured(env: Env): boolean {
  return ['TEMPORAL_ADDRESS', 'TEMPORAL_PROFILE', 'TEMPORAL_CONFIG_FILE'].some(
    (name) => present(env[name]) !== undefined,
  );
}

function given<Key extends string, T>(key: Key, value: T | undefined): Readonly<Partial<Record<Key, T>>> {
  return (value === undefined ? {} : { [key]: value }) as Readonly<Partial<Record<Key, T>>>;
}
