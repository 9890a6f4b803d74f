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
/** Recovery after a crash replays the write-ahead log first, which can take a while. */
const READY_LIMIT_MS = 120_000;
const START_ATTEMPTS = 5;

/** PostgreSQL's fast shutdown (SIGINT) ends open sessions; SIGQUIT is for a server that does not follow. */
const STOP_STEPS = [
  { signal: 'SIGINT', waitMs: 20_000 },
  { signal: 'SIGQUIT', waitMs: 5_000 },
] as const;

/** A PostgreSQL of ours that answers. */
export interface EmbeddedPostgres {
  /** With user, password and database: a secret. */
  readonly url: string;
  /** True when it was found running, left behind by a process that was killed. */
  readonly adopted: boolean;
  isAlive(): boolean;
  stop(): Promise<void>;
}

/**
 * Starts the PostgreSQL 18 of a data directory, bound to 127.0.0.1, or adopts it when it still runs. Port and password are
 * kept in the data directory, so the URL stays the same. Throws an Error with the server's last words when it cannot be had.
 */
export async function startEmbeddedPostgres(dataDir: string, log: Log): Promise<EmbeddedPostgres> {
  const cluster = await openCluster(dataDir);
  const running = await adopt(cluster);
  const server = running ?? (await startUntilItHolds(cluster, log));
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
 * `postmaster.pid` has the process (line 1) and the port (line 4). A server that lives but does not answer yet is waited for;
 * a file whose process is something else by now would make PostgreSQL refuse to start, so it goes.
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

/** A port may be taken between looking and listening, and the parts of a killed server need a moment to go: so try again. */
async function startUntilItHolds(cluster: Cluster, log: Log): Promise<Server> {
  let preferred = cluster.port;
  for (let attempt = 1; attempt <= START_ATTEMPTS; attempt += 1) {
    const port = await findFreePort(preferred);
    const server = { process: await launch(cluster, port), port };
    if (await isReady(cluster, server)) {
      if (port !== cluster.port) await cluster.rememberPort(port);
      return server;
    }
    log.warn({ attempt, said: logTail(cluster.logFile, 3) }, 'the embedded PostgreSQL did not start');
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

/** Waits until the server answers, and is the one of this cluster; false as soon as its process is gone. */
async function isReady(cluster: Cluster, { process, port }: Server): Promise<boolean> {
  const until = performance.now() + READY_LIMIT_MS;
  while (isAlive(process.pid, process.identity)) {
    const folder = await ask(urlOf(cluster, port, 'postgres'), 'show data_directory').catch(() => undefined);
    if (folder === cluster.folder) return true;
    if (performance.now() > until) throw new Error(`PostgreSQL (pid ${process.pid}) runs but does not answer.`);
    await sleep(POLL_MS);
  }
  return false;
}

async function ensureDatabase(cluster: Cluster, port: number): Promise<void> {
  const url = urlOf(cluster, port, 'postgres');
  const found = await ask(url, `select datname from pg_database where datname = '${DATABASE}'`);
  if (found === undefined) await ask(url, `create database ${DATABASE}`);
}

/** Runs one statement on a connection of its own; gives the first column of the first row. */
async function ask(url: string, statement: string): Promise<unknown> {
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
