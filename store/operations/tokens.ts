import { createHash, randomBytes } from 'node:crypto';
import type { Db } from '../database.ts';

/** What a token may do: look; start and end work besides; everything. */
export type TokenScope = 'read' | 'run' | 'admin';

/** A token as it is listed: never its secret. Times are ISO-8601 UTC. */
export interface TokenReport {
  readonly id: string;
  readonly scope: TokenScope;
  readonly createdAt: string;
  readonly lastUsedAt: string | null;
  readonly revokedAt: string | null;
}

/** Further tokens of the admin API; of each only a digest is kept. */
export interface TokenStore {
  /** Makes a token; its secret is answered once and kept nowhere. */
  create(scope: TokenScope): Promise<{ id: string; token: string }>;
  /** The token of this secret, unless it is revoked. */
  find(token: string): Promise<{ id: string; scope: TokenScope } | undefined>;
  list(limit: number | undefined): Promise<{ items: TokenReport[]; total: number }>;
  /** False when there is no such token, or it is revoked already. */
  revoke(id: string): Promise<boolean>;
}

const PREFIX = 'ldt_';

/** Builds the store of tokens. */
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

/** A token has 256 random bits, so a plain digest cannot be guessed back. */
function digestOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
