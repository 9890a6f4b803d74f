import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import type { Database } from './schema.ts';

/** What the modules of the store share: typed access to PostgreSQL. */
export type Db = Kysely<Database>;

/** A database that does not answer is told of after this, rather than waited for in silence. */
const CONNECT_MS = 10_000;

/**
 * Opens a pool to PostgreSQL; nothing connects before the first query. Big integers arrive as numbers (ours count rows
 * and milliseconds, far below 2^53). A connection that the server drops is replaced, not fatal: a query under way on it fails.
 */
export function openDatabase(url: string, options: { maxConnections?: number } = {}): Db {
  const pool = new pg.Pool({
    connectionString: url,
    max: options.maxConnections ?? 12,
    connectionTimeoutMillis: CONNECT_MS,
    types,
  });
  pool.on('error', () => undefined);
  // The pool itself listens to idle connections only; an error that nobody listens to would end the process.
  pool.on('connect', (client) => client.on('error', () => undefined));
  return new Kysely<Database>({ dialect: new PostgresDialect({ pool }) });
}

/** Does work in one transaction: in the one that is under way, else in one of its own. */
export function inTransaction<Result>(db: Db, work: (tx: Db) => Promise<Result>): Promise<Result> {
  return db.isTransaction ? work(db) : db.transaction().execute(work);
}

/** Parsers of this pool only: the process may hold other pools. */
const types = new pg.TypeOverrides();
types.setTypeParser(pg.types.builtins.INT8, Number);
