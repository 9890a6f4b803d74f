import { join, resolve } from 'node:path';
import { z } from 'zod';
import { present, readEnvironment, type Env, type VariableMistake } from './environment.ts';
import * as fields from './fields.ts';
import type { EncryptionKeys, LogLevel } from './fields.ts';
import type { Secret } from './secret.ts';

export type { Env };

/** The name of the file in the data directory that holds the generated encryption key. */
export const GENERATED_KEYS_FILE = 'encryption-keys';

/** All settings of Ledgerdesk, parsed. An optional member is undefined unless the environment sets it. */
export interface Config {
  /** Absolute path of the data of the embedded servers. */
  readonly dataDir: string;
  readonly host: string;
  /** 0 picks a free port. */
  readonly port: number;
  /** Base of webhook and callback URLs, without a trailing slash; by default the URL of the listener. */
  readonly publicUrl?: string;
  /** Undefined for the embedded PostgreSQL. */
  readonly databaseUrl?: Secret;
  readonly encryptionKeys?: EncryptionKeys;
  /** True when `npm start` generated the key. A generated key does not switch on payload encryption. */
  readonly encryptionKeysGenerated: boolean;
  readonly adminToken?: Secret;
  /** `host` or `host:port`, lower case. */
  readonly allowHosts: readonly string[];
  /** The forward proxy for requests to remote systems, receivers of alerts and collectors of traces. */
  readonly httpsProxy?: Secret;
  /** The hosts that are reached without the proxy. */
  readonly noProxy: readonly string[];
  /** Origins of Temporal's Web UI that may call the codec endpoint. */
  readonly uiOrigins: readonly string[];
  readonly logLevel: LogLevel;
  readonly retentionDays: number;
  /** `host:port` at which a worker serves its metrics; by default it serves none. */
  readonly workerMetrics?: string;
  readonly alertUrl?: string;
  readonly alertSecret?: Secret;
  /** The build id for Temporal's worker versioning; by default workers are unversioned. */
  readonly workerVersion?: string;
  /** Absolute path of the folder in which federated tokens of Entra may be. */
  readonly credentialDir?: string;
  /** True when traces are sent. OpenTelemetry's own variables configure the receiver. */
  readonly isTraced: boolean;
  /** True when Temporal's own variables name a server or profile; false for the embedded development server. */
  readonly temporalConfigured: boolean;
}

/**
 * The configuration is invalid. `lines` has one sentence per mistake. No line repeats a value, which may be a secret.
 */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly lines: readonly string[];

  constructor(lines: readonly string[]) {
    super(lines.join('\n'));
    this.lines = lines;
  }
}

/** All variables of Ledgerdesk. One that is not set is undefined unless it has a default. */
const variables = z.object({
  LEDGERDESK_DATA_DIR: z.string().default('.ledgerdesk'),
  LEDGERDESK_HOST: fields.host.default('127.0.0.1'),
  LEDGERDESK_PORT: fields.whole(0, 65_535).default(8080),
  LEDGERDESK_PUBLIC_URL: fields.baseUrl.optional(),
  LEDGERDESK_URL: fields.baseUrl.optional(),
  LEDGERDESK_ALLOW_HOSTS: fields.allowHosts.default([]),
  LEDGERDESK_UI_ORIGIN: fields.origins.default([]),
  LEDGERDESK_LOG_LEVEL: fields.logLevel.default('info'),
  LEDGERDESK_RETENTION_DAYS: fields.whole(1, 36_500).default(90),
  DATABASE_URL: fields.databaseUrl.optional(),
  LEDGERDESK_ENCRYPTION_KEYS: fields.encryptionKeys.optional(),
  LEDGERDESK_ADMIN_TOKEN: fields.token.optional(),
  LEDGERDESK_ALERT_URL: fields.alertUrl.optional(),
  LEDGERDESK_ALERT_SECRET: fields.alertSecret.optional(),
  LEDGERDESK_WORKER_METRICS: fields.listenAddress.optional(),
  LEDGERDESK_CREDENTIAL_DIR: z.string().optional(),
  LEDGERDESK_WORKER_VERSION: fields.buildId.optional(),
  HTTPS_PROXY: fields.proxyUrl.optional(),
  NO_PROXY: fields.noProxy.default([]),
  OTEL_EXPORTER_OTLP_ENDPOINT: fields.baseUrl.optional(),
});

/** Reads the configuration from the environment. Throws a ConfigError that lists all mistakes. */
export function loadConfig(env: Env): Config {
  const names = Object.keys(variables.shape);
  const { values, mistakes } = readEnvironment(env, names);
  const parsed = variables.safeParse(values);
  const all = [
    ...mistakes,
    ...(parsed.error?.issues ?? []).map(({ path, message }) => ({ name: path.join('.'), message })),
    ...alertMistakes(values, parsed.data?.LEDGERDESK_ALLOW_HOSTS ?? [], env),
  ];
  const inOrder = all.sort((one, other) => names.indexOf(one.name) - names.indexOf(other.name));
  if (!parsed.success || all.length > 0)
    throw new ConfigError(inOrder.map(({ name, message }) => `${name} ${message}.`));
  return configOf(parsed.data, env);
}

const UNSIGNED = 'is not set, but LEDGERDESK_ALERT_URL needs it, because alerts are signed';

/** Returns the mistakes in combinations of variables for alerts. */
function alertMistakes(
  values: Readonly<Record<string, string>>,
  allowed: readonly string[],
  env: Env,
): VariableMistake[] {
  const text = values['LEDGERDESK_ALERT_URL'];
  if (text === undefined) return [];
  const isSigned = ['LEDGERDESK_ALERT_SECRET', 'LEDGERDESK_ALERT_SECRET_FILE'].some((name) => present(env[name]));
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isPlain = url?.protocol === 'http:' && !allowed.includes(url.hostname) && !allowed.includes(url.host);
  return [
    ...(isPlain ? [{ name: 'LEDGERDESK_ALERT_URL', message: fields.ALERT_URL_MISTAKE }] : []),
    ...(isSigned ? [] : [{ name: 'LEDGERDESK_ALERT_SECRET', message: UNSIGNED }]),
  ];
}

function configOf(given: z.output<typeof variables>, env: Env): Config {
  const dataDir = resolve(given.LEDGERDESK_DATA_DIR);
  const optional = {
    publicUrl: given.LEDGERDESK_PUBLIC_URL,
    databaseUrl: given.DATABASE_URL,
    encryptionKeys: given.LEDGERDESK_ENCRYPTION_KEYS,
    adminToken: given.LEDGERDESK_ADMIN_TOKEN,
    workerMetrics: given.LEDGERDESK_WORKER_METRICS,
    alertUrl: given.LEDGERDESK_ALERT_URL,
    alertSecret: given.LEDGERDESK_ALERT_SECRET,
    workerVersion: given.LEDGERDESK_WORKER_VERSION,
    httpsProxy: given.HTTPS_PROXY,
    credentialDir: given.LEDGERDESK_CREDENTIAL_DIR && resolve(given.LEDGERDESK_CREDENTIAL_DIR),
  };
  return {
    dataDir,
    host: given.LEDGERDESK_HOST,
    port: given.LEDGERDESK_PORT,
    allowHosts: given.LEDGERDESK_ALLOW_HOSTS,
    noProxy: given.NO_PROXY,
    uiOrigins: given.LEDGERDESK_UI_ORIGIN,
    logLevel: given.LEDGERDESK_LOG_LEVEL,
    retentionDays: given.LEDGERDESK_RETENTION_DAYS,
    encryptionKeysGenerated: keysAreGenerated(env, dataDir),
    isTraced: given.OTEL_EXPORTER_OTLP_ENDPOINT !== undefined,
    temporalConfigured: isTemporalConfigured(env),
    ...withoutAbsent(optional),
  };
}

const SETTINGS = {
  databaseUrl: 'DATABASE_URL',
  encryptionKeys: 'LEDGERDESK_ENCRYPTION_KEYS',
  adminToken: 'LEDGERDESK_ADMIN_TOKEN',
} as const;

/**
 * Returns the same configuration with the type narrowed. Throws a ConfigError with one line per setting that is
 * missing. Only `npm start` generates such settings.
 */
export function requireSettings<Name extends keyof typeof SETTINGS>(
  config: Config,
  names: readonly Name[],
): Config & Required<Pick<Config, Name>> {
  const missing = names.filter((name) => config[name] === undefined);
  if (missing.length > 0) throw new ConfigError(missing.map((name) => `${SETTINGS[name]} is not set.`));
  return config as Config & Required<Pick<Config, Name>>;
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

type Present<Members> = { readonly [Name in keyof Members]?: NonNullable<Members[Name]> };

function withoutAbsent<Members extends object>(members: Members): Present<Members> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as Present<Members>;
}
