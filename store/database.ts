import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import type { Database } from './schema.ts';
import { retireUnusable } from './sessions.ts';

/** Typed access to PostgreSQL, shared by all modules of the store. */
export type Db = Kysely<Database>;

/** How long a process waits for PostgreSQL, in ms. */
export interface DatabaseWaits {
  /** For a session of the pool. */
  readonly sessionMs: number;
  /** For a lock, per statement. Without it, a statement waits until the lock is released. */
  readonly lockMs?: number;
}

/** The waits of a process that retries what fails, such as a worker. */
const DEFAULT_WAITS: DatabaseWaits = { sessionMs: 10_000 };
/** A session of a server that vanished without a word is given up after this time. No statement takes that long. */
const QUERY_MS = 300_000;
/** The greatest age of a session. What only a new session sees, such as the new address of a server, is seen by then. */
const MAX_AGE_S = 300;
/** The operating system checks a silent connection from then on. */
const KEEP_ALIVE_MS = 10_000;

/**
 * Opens a pool of sessions of PostgreSQL. The first query opens the first session. Big integers are returned as
 * numbers, because ours count rows and milliseconds, far below 2^53. When the server drops a session or cannot work in
 * it, the query fails and the pool opens another one.
 */
export function openDatabase(url: string, options: { maxConnections?: number; waits?: DatabaseWaits } = {}): Db {
  const { sessionMs, lockMs } = options.waits ?? DEFAULT_WAITS;
  const pool = new pg.Pool({
    connectionString: url,
    max: options.maxConnections ?? 12,
    connectionTimeoutMillis: sessionMs,
    query_timeout: QUERY_MS,
    maxLifetimeSeconds: MAX_AGE_S,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_MS,
    types,
  });
  pool.on('error', () => undefined);
  // The pool itself handles errors of idle connections only. An error event without a listener would end the process.
  pool.on('connect', (client) => client.on('error', () => undefined));
  return new Kysely<Database>({ dialect: new PostgresDialect({ pool: retireUnusable(pool, lockMs) }) });
}

/** Runs `work` in the transaction that `db` is in, or else in a new one. */
export function inTransaction<Result>(db: Db, work: (tx: Db) => Promise<Result>): Promise<Result> {
  return db.isTransaction ? work(db) : db.transaction().execute(work);
}

/** Parsers of this pool only, because the process may have other pools. */
const types = new pg.TypeOverrides();
types.setTypeParser(pg.types.builtins.INT8, Number);
