import { existsSync } from 'node:fs';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import type { ClientConnectConfig } from '@temporalio/envconfig';
import { Client, Connection } from '@temporalio/client';
import type { ClientOptions } from '@temporalio/client';
import type { NativeConnection, NativeConnectionOptions } from '@temporalio/worker';
import type { Env } from '../config/config.ts';
import type { Tracing } from '../log/open-telemetry.ts';
import { createStartWatch, type StartProblem } from './start-watch.ts';

/**
 * A connection to Temporal. It connects on first use, and again if Temporal answers but starts no workflow. So read
 * `client` and `connection` anew for each call.
 */
export interface TemporalConnection {
  readonly client: Client;
  readonly connection: Connection;
  readonly namespace: string;
  /** `host:port` of the server. */
  readonly address: string;
  /** Returns the problem if the last start of a workflow by this process failed. */
  startProblem(): StartProblem | undefined;
  /** Runs calls of `client` with a time limit. Calls without an answer by then fail with DEADLINE_EXCEEDED. */
  withDeadline<T>(limitMs: number, call: () => Promise<T>): Promise<T>;
  /** Returns a connection with the same settings for workers. It is created once, on first use. */
  nativeConnection(): Promise<NativeConnection>;
  /** Closes both connections. Workers must have ended before. */
  close(): Promise<void>;
}

/** Options of `connectTemporal`. */
export interface TemporalOptions {
  /**
   * The environment with Temporal's own variables: `TEMPORAL_ADDRESS`, `TEMPORAL_PROFILE`, `TEMPORAL_API_KEY`,
   * `TEMPORAL_TLS_…`.
   */
  readonly env: Env;
  /** Options of the client, such as codecs and interceptors. */
  readonly client?: Omit<ClientOptions, 'connection' | 'namespace' | 'plugins' | 'interceptors'>;
  /** Plugins of both connections, which pass them on to clients and workers. */
  readonly plugins?: Tracing['plugins'];
}

/** By default, gRPC reconnects only every two minutes after a long outage. Senders of events do not wait that long. */
const MAX_BACKOFF_MS = 2_000;

/** A connection whose starts fail is replaced after so many failures, at most once in this time. */
const REOPEN = { failures: 3, everyMs: 5_000 };
/** Calls under way on a replaced connection may end. */
const CLOSE_AFTER_MS = 15_000;

/**
 * Without `enable_http_proxy: 0`, gRPC would send the client, but not the worker, through `https_proxy`, even to this
 * machine.
 */
const CHANNEL = {
  'grpc.max_reconnect_backoff_ms': MAX_BACKOFF_MS,
  'grpc.enable_http_proxy': 0,
  // Otherwise a new connection to the same address would be the old one.
  'grpc.use_local_subchannel_pool': 1,
};

/**
 * Creates a client from the environment, or from the profile that it names. Throws when that profile or file does not
 * exist.
 */
export function connectTemporal({
  env,
  client: clientOptions = {},
  plugins = [],
}: TemporalOptions): TemporalConnection {
  const settings = readSettings(env);
  const options = { ...settings.connectionOptions, plugins };
  const namespace = settings.namespace ?? 'default';
  const replaced = new Set<Connection>();
  const watch = createStartWatch(({ since, failures }) => {
    const isDue = performance.now() - Math.max(since, current.openedAt) > REOPEN.everyMs;
    if (failures >= REOPEN.failures && isDue) reopen();
  });
  const open = () => {
    const connection = Connection.lazy({ ...options, channelArgs: CHANNEL });
    const interceptors = { workflow: [watch.interceptor] };
    const client = new Client({ ...clientOptions, interceptors, connection, namespace });
    return { connection, client, openedAt: performance.now() };
  };
  let current = open();
  const reopen = (): void => {
    const { connection } = current;
    replaced.add(connection);
    current = open();
    setTimeout(() => {
      replaced.delete(connection);
      connection.close().catch(() => undefined);
    }, CLOSE_AFTER_MS).unref();
  };
  let native: Promise<NativeConnection> | undefined;
  return {
    get client() {
      return current.client;
    },
    get connection() {
      return current.connection;
    },
    namespace,
    startProblem: () => watch.problem(),
    address: options.address ?? 'localhost:7233',
    withDeadline: (limitMs, call) => current.connection.withDeadline(Date.now() + limitMs, call),
    nativeConnection: () => {
      native ??= connectNative(options).catch((error: unknown) => {
        native = undefined;
        throw error;
      });
      return native;
    },
    close: async () => {
      await (await native)?.close();
      for (const connection of [current.connection, ...replaced]) await connection.close();
    },
  };
}

/**
 * Reads the settings of the connection. Throws for a missing file, because the SDK would ignore it and use localhost.
 */
function readSettings(env: Env): ClientConnectConfig {
  const file = env['TEMPORAL_CONFIG_FILE'];
  if (file && !existsSync(file))
    throw new Error(`The file ${file} in TEMPORAL_CONFIG_FILE does not exist. Correct the path.`);
  const present = Object.entries(env).filter((entry): entry is [string, string] => Boolean(entry[1]));
  return loadClientConnectConfig({ overrideEnvVars: Object.fromEntries(present) });
}

/** Connects for workers. The package is imported here, because only worker processes should load its native library. */
async function connectNative(options: NativeConnectionOptions): Promise<NativeConnection> {
  const worker = await import('@temporalio/worker');
  return worker.NativeConnection.connect(options);
}
