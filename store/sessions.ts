import type { PostgresPool, PostgresPoolClient, PostgresQueryResult } from 'kysely';
import type pg from 'pg';

/**
 * SQLSTATE (PostgreSQL docs, appendix A) of errors after which a session is not used again: class 08 (connection), 57P
 * (the server shuts down, starts or ends the session) and 25006 (read-only). The session of a server that has become a
 * standby, or that a pooler has attached to one, still answers, but it can never write again.
 */
const UNUSABLE = /^(?:08...|57P..|25006)$/;
/** The driver stops to wait for a query, but the session is still busy with it. */
const STILL_BUSY = 'Query read timeout';

/** A pooled session, and when it was opened. */
interface Session {
  readonly client: PostgresPoolClient;
  readonly openedAt: number;
}

/**
 * Wraps a pool so that sessions that answer but cannot work are retired. The first one that shows this retires all that
 * were opened before, because they are of the same server. `lockLimitMs` limits the wait of a statement for a lock.
 */
export function retireUnusable(pool: pg.Pool, lockLimitMs: number | undefined): PostgresPool {
  const sessions = new WeakMap<pg.PoolClient, Session>();
  const retired = { until: -Infinity };
  const retire = (): void => {
    retired.until = performance.now();
  };
  return {
    async connect() {
      for (;;) {
        const client = await pool.connect();
        const session = sessions.get(client) ?? (await open(client, { lockLimitMs, retire, retired }));
        sessions.set(client, session);
        if (session.openedAt > retired.until) return session.client;
        client.release(true);
      }
    },
    end: () => pool.end(),
  };
}

interface OpenOptions {
  readonly lockLimitMs: number | undefined;
  readonly retire: () => void;
  readonly retired: { readonly until: number };
}

async function open(client: pg.PoolClient, { lockLimitMs, retire, retired }: OpenOptions): Promise<Session> {
  const openedAt = performance.now();
  if (lockLimitMs !== undefined) await limitLocks(client, lockLimitMs);
  const query = async (text: string, values: readonly unknown[]): Promise<unknown> => {
    try {
      return await client.query(text, [...values]);
    } catch (error) {
      if (isUnusable(error)) retire();
      throw error;
    }
  };
  return {
    openedAt,
    client: {
      query: query as <Row>(text: string, values: readonly unknown[]) => Promise<PostgresQueryResult<Row>>,
      release: () => client.release(openedAt <= retired.until),
    } as PostgresPoolClient,
  };
}

async function limitLocks(client: pg.PoolClient, ms: number): Promise<void> {
  try {
    await client.query(`set lock_timeout = ${ms}`);
  } catch (error) {
    client.release(true);
    throw error;
  }
}

function isUnusable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code } = error as NodeJS.ErrnoException;
  return (code !== undefined && UNUSABLE.test(code)) || error.message === STILL_BUSY;
}
