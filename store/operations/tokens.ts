import { createHash, randomBytes } from 'node:crypto';
import type { Db } from '../database.ts';

/** The rights of a token: `read` everything; `run` also starts and ends work; `admin` may do everything. */
export type TokenScope = 'read' | 'run' | 'admin';

/** A listed token, without its secret. Times are ISO-8601 UTC. */
export interface TokenReport {
  readonly id: string;
  readonly scope: TokenScope;
  readonly createdAt: string;
  readonly lastUsedAt: string | null;
  readonly revokedAt: string | null;
}

/** The created tokens of the admin API, besides the configured one. Only digests of them are stored. */
export interface TokenStore {
  /** Creates a token and returns its secret, which is not stored. */
  create(scope: TokenScope): Promise<{ id: string; token: string }>;
  /** Returns the token with this secret and records its use; undefined when it is unknown or revoked. */
  find(token: string): Promise<{ id: string; scope: TokenScope } | undefined>;
  /** Returns the tokens, the newest first. */
  list(limit: number | undefined): Promise<{ items: TokenReport[]; total: number }>;
  /** Revokes a token. Returns false when it does not exist or is already revoked. */
  revoke(id: string): Promise<boolean>;
}

const PREFIX = 'ldt_';

/** Creates the store of tokens. */
export function createTokenStore(db: Db): TokenStore {
  return {
    async create(scope) {
      const id = randomBytes(6).toString('hex');
      const token = PREFIX + randomBytes(32).toString('base64url');
      await db
        .insertInto('api_tokens')
        .values({ id, scope, digest: digestOf(token) })
        .execute();
      return { id, token };
    },
    async find(token) {
      if (!token.startsWith(PREFIX)) return undefined;
      return db
        .updateTable('api_tokens')
        .set({ last_used_at: new Date() })
        .where('digest', '=', digestOf(token))
        .where('revoked_at', 'is', null)
        .returning(['id', 'scope'])
        .executeTakeFirst();
    },
    async list(limit) {
      const rows = await db.selectFrom('api_tokens').selectAll().orderBy('created_at', 'desc').orderBy('id').execute();
      const items = rows.slice(0, limit).map((row) => ({
        id: row.id,
        scope: row.scope,
        createdAt: row.created_at.toISOString(),
        lastUsedAt: row.last_used_at?.toISOString() ?? null,
        revokedAt: row.revoked_at?.toISOString() ?? null,
      }));
      return { items, total: rows.length };
    },
    async revoke(id) {
      const { numUpdatedRows } = await db
        .updateTable('api_tokens')
        .set({ revoked_at: new Date() })
        .where('id', '=', id)
        .where('revoked_at', 'is', null)
        .executeTakeFirst();
      return numUpdatedRows > 0n;
    },
  };
}

/** A token has 256 random bits, so a digest without a salt is safe. */
function digestOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
