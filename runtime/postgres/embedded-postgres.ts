import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { endProcess, logTail, startBackground } from '../processes/background-process.ts';
import type { BackgroundProcess } from '../processes/background-process.ts';
import { findFreePort } from '../processes/free-port.ts';
import type { Log } from '../log/log.ts';
import { DATABASE_USER, openCluster } from './postgres-cluster.ts';
import type { Cluster } from './postgres-cluster.ts';
import { isAlive, processCommand, processIdentity } from '../processes/process-identity.ts';

const DATABASE = 'ledgerdesk';
const POLL_MS = 50;
/** Long enough for crash recovery, which replays the write-ahead log before the server answers. */
const READY_LIMIT_MS = 120_000;
const START_ATTEMPTS = 5;

/** SIGINT is PostgreSQL's fast shutdown, which ends open sessions. SIGQUIT follows if the server does not end. */
const STOP_STEPS = [
  { signal: 'SIGINT', waitMs: 20_000 },
  { signal: 'SIGQUIT', waitMs: 5_000 },
] as const;

/** A running embedded PostgreSQL. */
export interface EmbeddedPostgres {
  /** The URL with user, password and database, which is a secret. */
  readonly url: string;
  /** True when the server was already running, because its former owner was killed. */
  readonly adopted: boolean;
  /** Returns whether the process of the server is running. */
  isAlive(): boolean;
  /** Stops the server. */
  stop(): Promise<void>;
}

/**
 * Starts the PostgreSQL 18 of a data directory on 127.0.0.1, or takes it over when it is still running. Port and
 * password are stored in the data directory, so the URL stays the same. Throws an Error with the last log lines of a
 * server that does not start.
 */
export async function startEmbeddedPostgres(dataDir: string, log: Log): Promise<EmbeddedPostgres> {
  const cluster = await openCluster(dataDir);
  const running = await adopt(cluster);
  const server = running ?? (await startWithRetries(cluster, log));
  await ensureDatabase(cluster, server.port);
  return {
    url: urlOf(cluster, server.port, DATABASE),
    adopted: running !== undefined,
    isAlive: () => isAlive(server.process.pid, server.process.identity),
    stop: async () => {
      if (!(await endProcess(server.process, STOP_STEPS))) log.error('the embedded PostgreSQL did not stop');
    },
  };
}

interface Server {
  readonly process: BackgroundProcess;
  readonly port: number;
}

/**
 * Returns the running server of a cluster, once it answers. Line 1 of `postmaster.pid` is its process id, line 4 its
 * port. If the id belongs to another program by now, the file is deleted, because PostgreSQL would refuse to start.
 */
async function adopt(cluster: Cluster): Promise<Server | undefined> {
  const pidFile = join(cluster.folder, 'postmaster.pid');
  const lines = (await readFile(pidFile, 'utf8').catch(() => '')).split('\n');
  const [pid, port] = [Number(lines[0]), Number(lines[3])];
  const identity = pid > 0 ? processIdentity(pid) : undefined;
  if (identity === undefined) return undefined;
  if (!processCommand(pid).includes(cluster.folder)) {
    await rm(pidFile, { force: true });
    return undefined;
  }
  const server = { process: { pid, identity }, port };
  return (await isReady(cluster, server)) ? server : undefined;
}

/**
 * Starts the server. Tries several times, because a free port may be taken before the server listens on it, and because
 * processes of a killed server may need a moment to end.
 */
async function startWithRetries(cluster: Cluster, log: Log): Promise<Server> {
  let preferred = cluster.port;
  for (let attempt = 1; attempt <= START_ATTEMPTS; attempt += 1) {
    const port = await findFreePort(preferred);
    const server = { process: await launch(cluster, port), port };
    if (await isReady(cluster, server)) {
      if (port !== cluster.port) await cluster.rememberPort(port);
      return server;
    }
    log.warn({ attempt, output: logTail(cluster.logFile, 3) }, 'the embedded PostgreSQL did not start');
    if (/could not bind|Address already in use/.test(logTail(cluster.logFile, 6))) preferred = undefined;
    await sleep(attempt * 300);
  }
  throw new Error(`The embedded PostgreSQL does not start. Its log ends with:\n${logTail(cluster.logFile)}`);
}

async function launch(cluster: Cluster, port: number): Promise<BackgroundProcess> {
  const settings = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: '100',
    fsync: 'on',
    logging_collector: 'off',
    log_timezone: 'UTC',
    timezone: 'UTC',
  };
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  return startBackground({
    command: join(cluster.programs.folder, 'bin', 'postgres'),
    args: ['-D', cluster.folder, '-p', String(port), ...flags],
    cwd: '/',
    env: { PATH: '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' },
    logFile: cluster.logFile,
    ...(cluster.user ? { user: cluster.user } : {}),
  });
}

/** Waits until the server of this cluster answers. Returns false when its process ends before that. */
async function isReady(cluster: Cluster, { process, port }: Server): Promise<boolean> {
  const until = performance.now() + READY_LIMIT_MS;
  while (isAlive(process.pid, process.identity)) {
    const folder = await queryValue(urlOf(cluster, port, 'postgres'), 'show data_directory').catch(() => undefined);
    if (folder === cluster.folder) return true;
    if (performance.now() > until) throw new Error(`PostgreSQL (pid ${process.pid}) runs but does not answer.`);
    await sleep(POLL_MS);
  }
  return false;
}

async function ensureDatabase(cluster: Cluster, port: number): Promise<void> {
  const url = urlOf(cluster, port, 'postgres');
  const found = await queryValue(url, `select datname from pg_database where datname = '${DATABASE}'`);
  if (found === undefined) await queryValue(url, `create database ${DATABASE}`);
}

/** Runs one statement on a connection of its own. Returns the first column of the first row. */
async function queryValue(url: string, statement: string): Promise<unknown> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000, query_timeout: 60_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<unknown[]>({ text: statement, rowMode: 'array' });
    return rows[0]?.[0];
  } finally {
    await client.end().catch(() => undefined);
  }
}

function urlOf(cluster: Cluster, port: number, database: string): string {
  return `postgres://${DATABASE_USER}:${cluster.password}@127.0.0.1:${port}/${database}`;
}
