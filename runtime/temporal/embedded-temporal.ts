import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Connection } from '@temporalio/client';
import { endProcess, logTail, startBackground } from '../processes/background-process.ts';
import type { BackgroundProcess } from '../processes/background-process.ts';
import type { Env } from '../config/config.ts';
import { findFreePort } from '../processes/free-port.ts';
import { readRecord, replaceWhole } from '../processes/kept-file.ts';
import type { Log } from '../log/log.ts';
import { isAlive } from '../processes/process-identity.ts';
import { findTemporal } from './temporal-binary.ts';

/** How long finished runs stay listed. The development server's own default is one day, too short to look anything up. */
const RETENTION_S = 30 * 24 * 3600;
const READY_LIMIT_MS = 60_000;
const START_ATTEMPTS = 3;
const STOP_STEPS = [
  { signal: 'SIGTERM', waitMs: 10_000 },
  { signal: 'SIGKILL', waitMs: 2_000 },
] as const;

/** A Temporal development server of ours that answers. */
export interface EmbeddedTemporal {
  /** `host:port` of the gRPC front end. */
  readonly address: string;
  readonly namespace: string;
  readonly uiUrl: string;
  /** True when it was found running, left behind by a process that was killed. */
  readonly adopted: boolean;
  isAlive(): boolean;
  stop(): Promise<void>;
}

/** What the start needs. */
export interface TemporalStart {
  readonly dataDir: string;
  /** Where the CLI is looked for; see `findTemporal`. */
  readonly env: Env;
  readonly log: Log;
  readonly namespace?: string;
}

interface Remembered extends BackgroundProcess {
  readonly port: number;
  readonly uiPort: number;
  /** Namespaces whose retention was set: once each, so that an operator's later change stays. */
  readonly retained: readonly string[];
}

/**
 * Starts the Temporal server of a data directory with its Web UI, bound to 127.0.0.1, or adopts it when it still runs. Its
 * state and its ports are kept in the data directory. Throws an Error with the server's last words when it cannot be had.
 */
export async function startEmbeddedTemporal(start: TemporalStart): Promise<EmbeddedTemporal> {
  const folder = join(start.dataDir, 'temporal');
  const namespace = start.namespace ?? 'default';
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const record = join(folder, 'server.json');
  const before = await readRecord<Remembered>(record);
  const running = isOurs(before) && (await isReady(before)) ? before : undefined;
  const server = running ?? (await startUntilItHolds(start, { folder, record, before, namespace }));
  await keepRetention(server, { record, namespace });
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
  readonly before: Partial<Remembered>;
  readonly namespace: string;
}

async function startUntilItHolds({ env, log }: TemporalStart, place: Place): Promise<Remembered> {
  const command = await findTemporal({ env, log });
  const logFile = join(place.folder, 'temporal.log');
  let kept: { readonly port?: number | undefined; readonly uiPort?: number | undefined } = place.before;
  for (let attempt = 1; attempt <= START_ATTEMPTS; attempt += 1) {
    const ports = { port: await findFreePort(kept.port), uiPort: await findFreePort(kept.uiPort) };
    const process = await startBackground({
      command,
      args: serverFlags(place, ports),
      cwd: place.folder,
      env: { PATH: '/usr/bin:/bin', HOME: place.folder, TZ: 'UTC' },
      logFile,
    });
    const server: Remembered = { ...process, ...ports, retained: place.before.retained ?? [] };
    await replaceWhole(place.record, JSON.stringify(server));
    if (await isReady(server)) return server;
    log.warn({ attempt, said: logTail(logFile, 3) }, 'the embedded Temporal server did not start');
    kept = {};
  }
  throw new Error(`The embedded Temporal server does not start. Its log ends with:\n${logTail(logFile)}`);
}

/** The write-ahead log makes starts about ten times faster, and with `synchronous=full` each is still on disk when it is answered. */
function serverFlags({ folder, namespace }: Place, ports: { port: number; uiPort: number }): readonly string[] {
  return [
    ...['server', 'start-dev', '--ip', '127.0.0.1', '--port', String(ports.port), '--ui-port', String(ports.uiPort)],
    ...['--db-filename', join(folder, 'temporal.db'), '--namespace', namespace, '--log-level', 'error'],
    ...['--sqlite-pragma', 'journal_mode=wal', '--sqlite-pragma', 'synchronous=full'],
    ...['--dynamic-config-value', 'matching.enableFairness=true'],
  ];
}

function isOurs(record: Partial<Remembered>): record is Remembered {
  const { pid, identity, port, uiPort } = record;
  if (pid === undefined || identity === undefined || port === undefined || uiPort === undefined) return false;
  return isAlive(pid, identity);
}

/** Waits until the server answers; false as soon as its process is gone. */
async function isReady(server: Remembered): Promise<boolean> {
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

async function keepRetention(server: Remembered, place: Pick<Place, 'record' | 'namespace'>): Promise<void> {
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
  await replaceWhole(place.record, JSON.stringify({ ...server, retained: [...retained, place.namespace] }));
}

async function connect(server: Remembered): Promise<Connection> {
  return Connection.connect({ address: addressOf(server), connectTimeout: '2s', tls: false });
}

function addressOf({ port }: Remembered): string {
  return `127.0.0.1:${port}`;
}
