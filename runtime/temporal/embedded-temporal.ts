import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Connection } from '@temporalio/client';
import { endProcess, logTail, startBackground } from '../processes/background-process.ts';
import type { BackgroundProcess } from '../processes/background-process.ts';
import type { Env } from '../config/config.ts';
import { findFreePort } from '../processes/free-port.ts';
import { readJsonFile, replaceFile } from '../processes/atomic-file.ts';
import type { Log } from '../log/log.ts';
import { isAlive } from '../processes/process-identity.ts';
import { findTemporal } from './temporal-binary.ts';

/**
 * The retention of ended workflows. The default of the development server is one day, which is too short for operators.
 */
const RETENTION_S = 30 * 24 * 3600;
const READY_LIMIT_MS = 60_000;
const START_ATTEMPTS = 3;
const STOP_STEPS = [
  { signal: 'SIGTERM', waitMs: 10_000 },
  { signal: 'SIGKILL', waitMs: 2_000 },
] as const;

/** A running embedded Temporal development server. */
export interface EmbeddedTemporal {
  /** `host:port` of the gRPC front end. */
  readonly address: string;
  readonly namespace: string;
  readonly uiUrl: string;
  /** True when the server was already running, because its former owner was killed. */
  readonly adopted: boolean;
  /** Returns whether the process of the server is running. */
  isAlive(): boolean;
  /** Stops the server. */
  stop(): Promise<void>;
}

/** Options of `startEmbeddedTemporal`. */
export interface TemporalStart {
  readonly dataDir: string;
  /** The variables with which the CLI is found; see `findTemporal`. */
  readonly env: Env;
  readonly log: Log;
  readonly namespace?: string;
}

interface ServerRecord extends BackgroundProcess {
  readonly port: number;
  readonly uiPort: number;
  /** Namespaces whose retention was set. It is set once, so that a later change by an operator stays. */
  readonly retained: readonly string[];
}

/**
 * Starts the Temporal server of a data directory with its Web UI on 127.0.0.1, or takes it over when it is still
 * running. Its state and its ports are stored in the data directory. Throws an Error with the last log lines of a
 * server that does not start.
 */
export async function startEmbeddedTemporal(start: TemporalStart): Promise<EmbeddedTemporal> {
  const folder = join(start.dataDir, 'temporal');
  const namespace = start.namespace ?? 'default';
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const record = join(folder, 'server.json');
  const before = await readJsonFile<ServerRecord>(record);
  const running = isRunning(before) && (await isReady(before)) ? before : undefined;
  const server = running ?? (await startWithRetries(start, { folder, record, before, namespace }));
  await ensureRetention(server, { record, namespace });
  return {
    address: addressOf(server),
    namespace,
    uiUrl: `http://127.0.0.1:${server.uiPort}`,
    adopted: running !== undefined,
    isAlive: () => isAlive(server.pid, server.identity),
    stop: async () => {
      if (!(await endProcess(server, STOP_STEPS))) start.log.error('the embedded Temporal server did not stop');
    },
  };
}

interface Place {
  readonly folder: string;
  readonly record: string;
  readonly before: Partial<ServerRecord>;
  readonly namespace: string;
}

/** Starts the server. Tries several times, because a free port may be taken before the server listens on it. */
async function startWithRetries({ env, log }: TemporalStart, place: Place): Promise<ServerRecord> {
  const command = await findTemporal({ env, log });
  const logFile = join(place.folder, 'temporal.log');
  let preferred: { readonly port?: number | undefined; readonly uiPort?: number | undefined } = place.before;
  for (let attempt = 1; attempt <= START_ATTEMPTS; attempt += 1) {
    const ports = { port: await findFreePort(preferred.port), uiPort: await findFreePort(preferred.uiPort) };
    const process = await startBackground({
      command,
      args: serverFlags(place, ports),
      cwd: place.folder,
      env: { PATH: '/usr/bin:/bin', HOME: place.folder, TZ: 'UTC' },
      logFile,
    });
    const server: ServerRecord = { ...process, ...ports, retained: place.before.retained ?? [] };
    await replaceFile(place.record, JSON.stringify(server));
    if (await isReady(server)) return server;
    log.warn({ attempt, output: logTail(logFile, 3) }, 'the embedded Temporal server did not start');
    preferred = {};
  }
  throw new Error(`The embedded Temporal server does not start. Its log ends with:\n${logTail(logFile)}`);
}

/**
 * Returns the arguments of the server. The write-ahead log makes starts of workflows about ten times faster. With
 * `synchronous=full` each start is nevertheless on disk before it is answered.
 */
function serverFlags({ folder, namespace }: Place, ports: { port: number; uiPort: number }): readonly string[] {
  return [
    ...['server', 'start-dev', '--ip', '127.0.0.1', '--port', String(ports.port), '--ui-port', String(ports.uiPort)],
    ...['--db-filename', join(folder, 'temporal.db'), '--namespace', namespace, '--log-level', 'error'],
    ...['--sqlite-pragma', 'journal_mode=wal', '--sqlite-pragma', 'synchronous=full'],
    ...['--dynamic-config-value', 'matching.enableFairness=true'],
  ];
}

function isRunning(record: Partial<ServerRecord>): record is ServerRecord {
  const { pid, identity, port, uiPort } = record;
  if (pid === undefined || identity === undefined || port === undefined || uiPort === undefined) return false;
  return isAlive(pid, identity);
}

/** Waits until the server answers. Returns false when its process ends before that. */
async function isReady(server: ServerRecord): Promise<boolean> {
  const until = performance.now() + READY_LIMIT_MS;
  while (isAlive(server.pid, server.identity)) {
    const connection = await connect(server).catch(() => undefined);
    if (connection) {
      await connection.close();
      return true;
    }
    if (performance.now() > until) throw new Error(`Temporal (pid ${server.pid}) runs but does not answer.`);
    await sleep(50);
  }
  return false;
}

async function ensureRetention(server: ServerRecord, place: Pick<Place, 'record' | 'namespace'>): Promise<void> {
  const retained: readonly string[] = server.retained;
  if (retained.includes(place.namespace)) return;
  const connection = await connect(server);
  try {
    await connection.workflowService.updateNamespace({
      namespace: place.namespace,
      config: { workflowExecutionRetentionTtl: { seconds: RETENTION_S as unknown as Long } },
    });
  } finally {
    await connection.close();
  }
  await replaceFile(place.record, JSON.stringify({ ...server, retained: [...retained, place.namespace] }));
}

async function connect(server: ServerRecord): Promise<Connection> {
  return Connection.connect({ address: addressOf(server), connectTimeout: '2s', tls: false });
}

function addressOf({ port }: ServerRecord): string {
  return `127.0.0.1:${port}`;
}
