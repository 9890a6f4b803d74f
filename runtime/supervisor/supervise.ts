import { loadConfig, requireSettings, ConfigError } from '../config/config.ts';
import type { Config, Env } from '../config/config.ts';
import { createDataDirectory, ensureGeneratedKeys, ensureGeneratedToken } from '../processes/data-directory.ts';
import { lockDataDirectory } from '../processes/data-lock.ts';
import type { DataLock } from '../processes/data-lock.ts';
import { openEnvironment } from './environment.ts';
import type { Environment } from './environment.ts';
import { parseLogLine } from '../log/log-line.ts';
import { always, type LogSetup } from '../log/log.ts';
import { waitUntilReady } from './readiness.ts';
import { superviseChild } from './supervised-child.ts';
import type { Backoff } from './supervised-child.ts';

const CHILD_GRACE_MS = 15_000;
const BACKOFF: Backoff = { firstMs: 1_000, longestMs: 30_000, goodRunMs: 60_000 };

/**
 * A process to supervise: its name in the log and the path of its entry. The process named `api` is the one that
 * listens.
 */
export interface ChildEntry {
  readonly name: string;
  readonly file: string;
}

/** Options of `supervise`. */
export interface SuperviseOptions {
  readonly env: Env;
  readonly config: Config;
  readonly children: readonly ChildEntry[];
  readonly logSetup: LogSetup;
  /** Called when a child exits with EXIT_UNRECOVERABLE. */
  readonly onUnrecoverable: () => void;
  readonly backoff?: Backoff;
}

/** The supervised processes. */
export interface Supervised {
  /** Stops the children, then the embedded servers, and releases the data directory. */
  stop(): Promise<void>;
}

/** Reads the configuration of `npm start`. Throws a ConfigError. Keys are generated only for the embedded database. */
export function loadSupervisorConfig(env: Env): Config {
  const config = loadConfig(env);
  if (!config.databaseUrl) return config;
  try {
    return requireSettings(config, ['encryptionKeys']);
  } catch {
    throw new ConfigError(['LEDGERDESK_ENCRYPTION_KEYS is not set. It is required together with DATABASE_URL.']);
  }
}

/**
 * Locks the data directory, starts PostgreSQL and Temporal, and starts the children and restarts them when they end.
 * When the API returns 200 for /readyz, logs `ready` with `{apiUrl, uiUrl, dataDir, adminTokenFile}`, at any log level.
 * If it throws, it leaves no process running.
 */
export async function supervise(options: SuperviseOptions): Promise<Supervised> {
  const { config, env, logSetup } = options;
  await createDataDirectory(config.dataDir);
  const lock = await lockDataDirectory(config.dataDir);
  let environment: Environment | undefined;
  try {
    const secrets = await provideSecrets(config);
    environment = await openEnvironment({ config, env, log: logSetup.log });
    hideSecrets(logSetup, config, environment);
    return startChildren(options, { lock, environment, secrets });
  } catch (error) {
    await environment?.stop();
    await lock.release();
    throw error;
  }
}

interface Foundation {
  readonly lock: DataLock;
  readonly environment: Environment;
  readonly secrets: Readonly<Record<string, string>>;
}

function startChildren(options: SuperviseOptions, { lock, environment, secrets }: Foundation): Supervised {
  const { config, logSetup, backoff = BACKOFF } = options;
  const ending = new AbortController();
  const env = { ...options.env, LEDGERDESK_DATA_DIR: config.dataDir, ...secrets, ...environment.childEnv };
  const { uiUrl } = environment.temporal;
  const places = { uiUrl, dataDir: config.dataDir, adminTokenFile: secrets['LEDGERDESK_ADMIN_TOKEN_FILE'] };

  const announce = async (apiUrl: string): Promise<void> => {
    await lock.announce(apiUrl);
    const isReady = await waitUntilReady(apiUrl, logSetup.log, ending.signal);
    if (isReady) always(logSetup.log).info({ apiUrl, ...places }, 'ready');
  };
  const children = options.children.map(({ name, file }) =>
    superviseChild({
      ...{ name, file, env, backoff, log: logSetup.log, onUnrecoverable: options.onUnrecoverable },
      onLine: (line) => {
        passLine(logSetup, name, line);
        const apiUrl = name === 'api' ? listeningUrl(line) : undefined;
        if (apiUrl !== undefined)
          announce(apiUrl).catch((err: unknown) => logSetup.log.error({ err }, 'waiting for the api has failed'));
      },
    }),
  );
  return {
    stop: async () => {
      ending.abort();
      await Promise.all(children.map((child) => child.stop(CHILD_GRACE_MS)));
      await environment.stop();
      await lock.release();
    },
  };
}

/** Returns the variables with which children find the generated key and token. Configured ones need no variable. */
async function provideSecrets(config: Config): Promise<Readonly<Record<string, string>>> {
  const keys = config.encryptionKeys ? undefined : await ensureGeneratedKeys(config.dataDir);
  const token = config.adminToken ? undefined : await ensureGeneratedToken(config.dataDir);
  return {
    ...(keys === undefined ? {} : { LEDGERDESK_ENCRYPTION_KEYS_FILE: keys }),
    ...(token === undefined ? {} : { LEDGERDESK_ADMIN_TOKEN_FILE: token }),
  };
}

function hideSecrets(logSetup: LogSetup, config: Config, environment: Environment): void {
  const url = environment.databaseUrl.reveal();
  const configured = [config.adminToken?.reveal(), config.alertSecret?.reveal()];
  const all = [url, decodeURIComponent(new URL(url).password), ...configured];
  all.filter((value) => value !== undefined).forEach(logSetup.protect);
}

/** Writes a line of a child to the log. Other output than JSON, such as a stack trace, is logged as a warning. */
function passLine({ log, pass }: LogSetup, name: string, line: string): void {
  if (parseLogLine(line)) pass(line);
  else if (line !== '') log.warn({ process: name }, line);
}

function listeningUrl(line: string): string | undefined {
  const entry = parseLogLine(line);
  const url = entry?.['url'];
  return entry?.msg?.includes('listening') && typeof url === 'string' ? url.replace(/\/+$/, '') : undefined;
}
