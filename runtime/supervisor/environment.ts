import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config, Env } from '../config/config.ts';
import { startEmbeddedPostgres } from '../postgres/embedded-postgres.ts';
import { startEmbeddedTemporal } from '../temporal/embedded-temporal.ts';
import { keepAlive } from './keep-alive.ts';
import type { KeptAlive, Stoppable } from './keep-alive.ts';
import type { Log } from '../log/log.ts';
import { createSecret } from '../config/secret.ts';
import type { Secret } from '../config/secret.ts';
import { connectTemporal } from '../temporal/temporal-connection.ts';

/** PostgreSQL and Temporal: external if configured, embedded otherwise. */
export interface Environment {
  readonly databaseUrl: Secret;
  readonly temporal: {
    readonly address: string;
    readonly namespace: string;
    /** Known only for the embedded server. */
    readonly uiUrl?: string;
  };
  /** The variables with which child processes find embedded servers, including a secret. Empty if both are external. */
  readonly childEnv: Readonly<Record<string, string>>;
  /** Stops the embedded servers. */
  stop(): Promise<void>;
}

/** Options of `openEnvironment`. */
export interface EnvironmentOptions {
  readonly config: Config;
  readonly env: Env;
  readonly log: Log;
}

/**
 * Starts the servers that are not configured. If one of them does not start, stops the other one and throws its error.
 */
export async function openEnvironment(options: EnvironmentOptions): Promise<Environment> {
  const [database, temporal] = await Promise.allSettled([openDatabase(options), openTemporal(options)]);
  if (database.status === 'rejected' || temporal.status === 'rejected') {
    for (const part of [database, temporal]) if (part.status === 'fulfilled') await part.value.stop();
    throw database.status === 'rejected' ? database.reason : (temporal as PromiseRejectedResult).reason;
  }
  return {
    databaseUrl: database.value.url,
    temporal: temporal.value.place,
    childEnv: { ...database.value.childEnv, ...temporal.value.childEnv },
    stop: async () => {
      await temporal.value.stop();
      await database.value.stop();
    },
  };
}

interface Part {
  readonly childEnv: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

async function openDatabase({ config, log }: EnvironmentOptions): Promise<Part & { readonly url: Secret }> {
  if (config.databaseUrl) return { url: config.databaseUrl, childEnv: {}, stop: nothing };
  const start = () => startEmbeddedPostgres(config.dataDir, log);
  const kept = await keepAlive({ name: 'PostgreSQL', start, log });
  logStarted(log, 'PostgreSQL', kept);
  const { url } = kept.server;
  return { url: createSecret(url), childEnv: { DATABASE_URL: url }, stop: kept.stop };
}

async function openTemporal(options: EnvironmentOptions): Promise<Part & { readonly place: Environment['temporal'] }> {
  const { config, env, log } = options;
  if (config.temporalConfigured) {
    const configured = connectTemporal({ env });
    const { address, namespace } = configured;
    await configured.close();
    return { place: { address, namespace }, childEnv: {}, stop: nothing };
  }
  const namespace = env['TEMPORAL_NAMESPACE'] ? { namespace: env['TEMPORAL_NAMESPACE'] } : {};
  const start = () => startEmbeddedTemporal({ dataDir: config.dataDir, env, log, ...namespace });
  const kept = await keepAlive({ name: 'Temporal', start, log });
  logStarted(log, 'Temporal', kept);
  const { address, namespace: name, uiUrl } = kept.server;
  return {
    place: { address, namespace: name, uiUrl },
    childEnv: {
      TEMPORAL_ADDRESS: address,
      TEMPORAL_NAMESPACE: name,
      LEDGERDESK_UI_ORIGIN: [...config.uiOrigins, ...originsOf(uiUrl)].join(','),
      ...(await ownProfile(options)),
    },
    stop: kept.stop,
  };
}

/** Returns the two origins by which a browser on this machine can open the Web UI: by address and by name. */
function originsOf(uiUrl: string): readonly string[] {
  const { origin } = new URL(uiUrl);
  return [origin, origin.replace('127.0.0.1', 'localhost')];
}

/**
 * Creates an empty Temporal profile and removes all other variables of Temporal for the child processes. Otherwise a
 * default profile of the user, or an API key in the shell, would be used for the embedded server, and would switch on
 * TLS.
 */
async function ownProfile({ config, env }: EnvironmentOptions): Promise<Readonly<Record<string, string>>> {
  const file = join(config.dataDir, 'temporal', 'profile.toml');
  await writeFile(file, '[profile.default]\n', { mode: 0o600 });
  const theirs = Object.keys(env).filter((name) => /^TEMPORAL_(?!ADDRESS$|NAMESPACE$)/.test(name));
  return { ...Object.fromEntries(theirs.map((name) => [name, ''])), TEMPORAL_CONFIG_FILE: file };
}

function logStarted(log: Log, server: string, kept: KeptAlive<Stoppable & { readonly adopted: boolean }>): void {
  const how = kept.server.adopted ? 'found running and taken over' : 'started';
  log.info({ server }, `embedded server ${how}`);
}

async function nothing(): Promise<void> {
  return Promise.resolve();
}
