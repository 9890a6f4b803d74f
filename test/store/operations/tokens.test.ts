import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import type { Store } from '../../../store/store.ts';
import { openTestStore } from '../../fixtures/database.ts';

describe('tokens of the admin API', () => {
  let store: Store;
  let url: string;
  let close: () => Promise<void>;

  beforeAll(async () => {
    ({ store, url, close } = await openTestStore());
  });
  afterAll(() => close());

  it('are found by their secret, with their scope', async () => {
    for (const scope of ['read', 'run', 'admin'] as const) {
      const { id, token } = await store.tokens.create(scope);
      expect(token).toMatch(/^ldt_[\w-]{43}$/);
      expect(await store.tokens.find(token)).toEqual({ id, scope });
    }
  });

  it('are not found by anything else', async () => {
    const { token } = await store.tokens.create('admin');
    for (const other of ['', 'ldt_', token.slice(0, -1), `${token}x`, token.slice(4), token.toUpperCase()])
      expect(await store.tokens.find(other)).toBeUndefined();
  });

  it('are kept as digests only', async () => {
    const { token } = await store.tokens.create('read');
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    const { rows } = await client.query<{ line: string; digest: Buffer }>(
      'select t::text as line, digest from api_tokens t',
    );
    await client.end();
    for (const { line, digest } of rows) {
      expect(line).not.toContain(token.slice(4));
      expect(digest.toString('latin1')).not.toContain(token.slice(4));
      expect(digest).toHaveLength(32);
    }
  });

  it('are listed without their secrets, newest first, and are gone at once when revoked', async () => {
    const { id, token } = await store.tokens.create('run');
    await store.tokens.find(token);
    const { items, total } = await store.tokens.list(1);
    expect(items).toEqual([
      { id, scope: 'run', createdAt: expect.any(String), lastUsedAt: expect.any(String), revokedAt: null },
    ]);
    expect(total).toBeGreaterThan(1);
    expect(await store.tokens.revoke(id)).toBe(true);
    expect(await store.tokens.find(token)).toBeUndefined();
    expect(await store.tokens.revoke(id)).toBe(false);
    expect(await store.tokens.revoke('nothing')).toBe(false);
    expect((await store.tokens.list(1)).items).toMatchObject([{ id, revokedAt: expect.any(String) }]);
  });
});
