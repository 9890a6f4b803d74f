import { existsSync } from 'node:fs';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import type { ClientConnectConfig } from '@temporalio/envconfig';
import { Client, Connection } from '@temporalio/client';
import type { ClientOptions } from '@temporalio/client';
import type { NativeConnection, NativeConnectionOptions } from '@temporalio/worker';
import type { Env } from '../config/config.ts';
import type { Tracing } from '../log/open-telemetry.ts';

/** A way to Temporal. Nothing connects before it is first used. */
export interface TemporalConnection {
  readonly client: Client;
  readonly connection: Connection;
  readonly namespace: string;
  /** `host:port` of the server. */
  readonly address: string;
  /** Runs calls of `client` with a limit: those unanswered by then fail with DEADLINE_EXCEEDED. */
  withDeadline<T>(limitMs: number, call: () => Promise<T>): Promise<T>;
  /** Connects, by the same settings, in the form that a worker takes. One connection, made on first use. */
  nativeConnection(): Promise<NativeConnection>;
  /** Closes both. A worker must have ended before. */
  close(): Promise<void>;
}

/** Where Temporal is, and how its client is made. */
export interface TemporalOptions {
  /** Temporal's own variables (`TEMPORAL_ADDRESS`, `TEMPORAL_PROFILE`, `TEMPORAL_API_KEY`, `TEMPORAL_TLS_…`) are read from here. */
  readonly env: Env;
  /** Codec, interceptors and the like for the client. */
  readonly client?: Omit<ClientOptions, 'connection' | 'namespace' | 'plugins'>;
  /** For both forms of the connection, and for the clients and workers that are made with them. */
  readonly plugins?: Tracing['plugins'];
}

/** Left alone, gRPC tries to connect again only every two minutes after an outage: senders of events give up long before. */
const LONGEST_BACKOFF_MS = 2_000;

/** Builds the client, from the environment or the profile that it names. Throws when a named profile or file is not there. */
export function connectTemporal({
  env,
  client: clientOptions = {},
  plugins = [],
}: TemporalOptions): TemporalConnection {
  const settings = readSettings(env);
  const options = { ...settings.connectionOptions, plugins };
  const namespace = settings.namespace ?? 'default';
  const connection = Connection.lazy({
    ...options,
    channelArgs: { 'grpc.max_reconnect_backoff_ms': LONGEST_BACKOFF_MS },
  });
  let native: Promise<NativeConnection> | undefined;
  return {
    client: new Client({ ...clientOptions, connection, namespace }),
    connection,
    namespace,
    address: options.address ?? 'localhost:7233',
    withDeadline: (limitMs, call) => connection.withDeadline(Date.now() + limitMs, call),
    nativeConnection: () => {
      native ??= connectNative(options).catch((error: unknown) => {
        native = undefined;
        throw error;
      });
      return native;
    },
    close: async () => {
      await (await native)?.close();
      await connection.close();
    },
  };
}

/** The SDK passes over a file that is not there and would talk to localhost: a slip in a path must not go unseen. */
function readSettings(env: Env): ClientConnectConfig {
  const file = env['TEMPORAL_CONFIG_FILE'];
  if (file && !existsSync(file)) throw new Error(`TEMPORAL_CONFIG_FILE names ${file}, which is not there.`);
  const present = Object.entries(env).filter((entry): entry is [string, string] => Boolean(entry[1]));
  return loadClientConnectConfig({ overrideEnvVars: Object.fromEntries(present) });
}

/** The worker's package loads a native library, which only the process that runs workers should pay for. */
async function connectNative(options: NativeConnectionOptions): Promise<NativeConnection> {
  const worker = await import('@temporalio/worker');
  return worker.NativeConnection.connect(options);
}
