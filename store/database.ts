import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import type { Database } from './schema.ts';

/** Typed access to PostgreSQL, shared by all modules of the store. */
export type Db = Kysely<Database>;

/** A query fails when no connection is available within this time. */
const CONNECT_MS = 10_000;

/**
 * Opens a pool of connections to PostgreSQL. The first query opens the first connection. Big integers are returned as
 * numbers, because ours count rows and milliseconds, far below 2^53. When the server drops a connection, the query on
 * it fails and the pool opens another one.
 */
export function openDatabase(url: string, options: { maxConnections?: number } = {}): Db {
  const pool = new pg.Pool({
    connectionString: url,
    max: options.maxConnections ?? 12,
    connectionTimeoutMillis: CONNECT_MS,
    types,
  });
  pool.on('error', () => undefined);
  // The pool itself handles errors of idle connections only. An error event without a listener would end the process.
  pool.on('connect', (client) => client.on('error', () => undefined));
  return new Kysely<Database>({ dialect: new PostgresDialect({ pool }) });
}

/** Runs `work` in the transaction that `db` is in, or else in a new one. */
export function inTransaction<Result>(db: Db, work: (tx: Db) => Promise<Result>): Promise<Result> {
  return db.isTransaction ? work(db) : db.transaction().execute(work);
}

/** Parsers of this pool only, because the process may have other pools. */
const types = new pg.TypeOverrides();
types.setTypeParser(pg.types.builtins.INT8, Number);
