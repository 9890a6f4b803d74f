import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { SealError, unseal, type KeyRing } from '../../../store/connection/sealing.ts';
import { openStore, type Store } from '../../../store/store.ts';
import { saveConnection } from '../../fixtures/accounts.ts';
import { createDatabase, type TestDatabase } from '../../fixtures/database.ts';
import { until } from '../../fixtures/stops.ts';

const OLD = { id: 'old', key: Buffer.alloc(32, 1) };
const NEW = { id: 'new', key: Buffer.alloc(32, 2) };
const BOTH: KeyRing = [NEW, OLD];
const CONNECTIONS = 120;
const KILLS = 20;
/** So that rotation takes a while to be killed in. */
const SLOWLY = `create function slowly() returns trigger language plpgsql as $$ begin perform pg_sleep(0.03); return new; end $$;
  create trigger slowly before update on data_keys for each row execute function slowly()`;

describe('the rotation of keys', () => {
  let database: TestDatabase;
  let client: pg.Client;
  /** What somebody has who copied the database before, and knows the old key. */
  let stolen: Awaited<ReturnType<typeof dataKeys>>;
  const names = Array.from({ length: CONNECTIONS }, (_, n) => `c${n}`);
  const secretOf = (id: string) => ({ 'zendesk.accessToken': `planted-${id}` });

  beforeAll(async () => {
    database = await createDatabase();
    client = new pg.Client({ connectionString: database.url });
    await client.connect();
    await withStore([OLD], async (store) => {
      for (const id of names) {
        await saveConnection(store, id);
        await store.credentials.apply(id, secretOf(id));
      }
    });
    stolen = await dataKeys();
  });
  afterAll(async () => {
    await client.end();
    await database.drop();
  });

  const withStore = async (keys: KeyRing, work: (store: Store) => Promise<void>): Promise<void> => {
    const store = await openStore({ url: database.url, keys, maxConnections: 2 });
    await work(store).finally(() => store.close());
  };
  const openAll = (keys: KeyRing) =>
    withStore(keys, async (store) => {
      for (const id of names) expect(await store.credentials.open(id)).toEqual(secretOf(id));
    });
  const dataKeys = async () => {
    const { rows } = await client.query<{ connection_id: string; id: string; wrapped: Buffer; kek_id: string }>(
      'select connection_id, id, wrapped, kek_id from data_keys',
    );
    return new Map(rows.map((row) => [row.connection_id, row]));
  };
  const left = async (): Promise<number> => {
    const { rows } = await client.query<{ n: number }>(
      `select count(*)::int as n from data_keys where kek_id <> 'new'`,
    );
    return rows[0]?.n ?? 0;
  };
  const rotateElsewhere = (): ChildProcess => {
    const entry = fileURLToPath(new URL('../../fixtures/rotate-process.ts', import.meta.url));
    const env = {
      PATH: process.env['PATH'] ?? '',
      DATABASE_URL: database.url,
      LEDGERDESK_ENCRYPTION_KEYS: BOTH.map(({ id, key }) => `${id}:${key.toString('base64')}`).join(','),
    };
    return spawn(process.execPath, ['--import', 'tsx', entry], { env, stdio: ['ignore', 'ignore', 'inherit'] });
  };

  it('leaves every secret readable when it is killed twenty times, and ends complete', async () => {
    await client.query(SLOWLY);
    for (let kill = 0; kill < KILLS; kill += 1) {
      const before = await left();
      const child = rotateElsewhere();
      const exited = once(child, 'exit');
      while (child.exitCode === null && (await left()) > before - 3) await sleep(5);
      child.kill('SIGKILL');
      await exited;
      expect(child.signalCode).toBe('SIGKILL');
      expect(await left()).toBeLessThan(before);
    }
    expect(await left()).toBeGreaterThan(0);
    await openAll(BOTH);
    await client.query('drop trigger slowly on data_keys');
    const remaining = await left();
    await withStore(BOTH, async (store) => {
      expect(await store.credentials.rotate()).toEqual({ rotated: remaining, keyId: 'new' });
      expect(await store.credentials.rotate()).toEqual({ rotated: 0, keyId: 'new' });
    });
    await openAll([NEW]);
  });

  it('makes the old key useless', async () => {
    for (const [id, { wrapped, id: keyId }] of stolen) {
      const key = unseal(wrapped, OLD.key, `data_keys|${id}|${keyId}`);
      const { rows } = await client.query<{ sealed: Buffer }>(
        'select sealed from credentials where connection_id = $1',
        [id],
      );
      expect(rows).toHaveLength(1);
      for (const { sealed } of rows)
        for (const place of [keyId, (await dataKeys()).get(id)?.id])
          expect(() => unseal(sealed, key, `credentials|${id}|zendesk.accessToken|${place}`)).toThrow(SealError);
    }
    await expect(openStore({ url: database.url, keys: [OLD] })).rejects.toThrow(
      'Stored credentials are encrypted with the key "new", which is not configured.',
    );
    const other: KeyRing = [{ ...NEW, key: Buffer.alloc(32, 9) }];
    await expect(openStore({ url: database.url, keys: other })).rejects.toThrow(SealError);
  });

  it('still knows which secrets were applied from a file, also those that were replaced since', async () => {
    const stale = { 'zendesk.accessToken': 'applied', 'zendesk.refreshToken': 'same' };
    await withStore([NEW], async (store) => {
      await saveConnection(store, 'filed');
      await store.credentials.apply('filed', stale);
      await store.credentials.replace('filed', { 'zendesk.accessToken': 'issued' });
    });
    for (const n of [1, 2]) {
      const next = { id: `later-${n}`, key: Buffer.alloc(32, 20 + n) };
      const ring: KeyRing = [next, n === 1 ? NEW : { id: 'later-1', key: Buffer.alloc(32, 21) }];
      await withStore(ring, async (store) => {
        expect(await store.credentials.rotate()).toEqual({ rotated: CONNECTIONS + 1, keyId: next.id });
        expect(await store.credentials.apply('filed', stale)).toEqual([]);
        expect(await store.credentials.open('filed')).toEqual({ ...stale, 'zendesk.accessToken': 'issued' });
      });
    }
    const back: KeyRing = [NEW, { id: 'later-2', key: Buffer.alloc(32, 22) }];
    await withStore(back, async (store) => {
      expect(await store.credentials.rotate()).toMatchObject({ rotated: CONNECTIONS + 1 });
    });
  });

  it('loses nothing that is written, and breaks no reading, while it goes on', async () => {
    const next = { id: 'next', key: Buffer.alloc(32, 3) };
    await withStore([NEW, next], async (writing) => {
      await withStore([next, NEW], async (rotating) => {
        const state = { isOver: false, reads: 0 };
        const written = new Map<string, string>();
        const write = async (): Promise<void> => {
          for (let n = 0; !state.isOver; n += 1)
            for (const id of names.slice(0, 20)) {
              await writing.credentials.replace(id, { 'zendesk.accessToken': `written-${n}` });
              written.set(id, `written-${n}`);
            }
        };
        const read = async (): Promise<void> => {
          for (let n = 0; !state.isOver; n += 1) {
            expect(await writing.credentials.open(names[n % 20] ?? '')).toHaveProperty(['zendesk.accessToken']);
            state.reads += 1;
          }
        };
        const others = [write(), read()];
        try {
          expect(await rotating.credentials.rotate()).toEqual({ rotated: CONNECTIONS + 1, keyId: 'next' });
        } finally {
          state.isOver = true;
        }
        await Promise.all(others);
        expect(state.reads).toBeGreaterThan(20);
        expect(written.size).toBe(20);
        for (const [id, token] of written)
          expect(await rotating.credentials.open(id)).toEqual({ 'zendesk.accessToken': token });
        for (const id of names) await rotating.credentials.replace(id, secretOf(id));
      });
    });
    await withStore([NEW, next], (store) => store.credentials.rotate().then(() => undefined));
  });

  it('waits for what is being written, and does not undo it', async () => {
    const next = { id: 'next', key: Buffer.alloc(32, 3) };
    const waiting = async (): Promise<number> => {
      const { rows } = await client.query(
        `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
      );
      return rows.length;
    };
    const blocker = new pg.Client({ connectionString: database.url });
    await blocker.connect();
    await withStore([NEW, next], async (writing) => {
      await withStore([next, NEW], async (rotating) => {
        await blocker.query(`begin; select 1 from credentials where connection_id = 'c7' for update`);
        const written = writing.credentials.replace('c7', { 'zendesk.accessToken': 'issued' });
        await until('the writing waits', async () => (await waiting()) > 0);
        const rotated = rotating.credentials.rotate();
        await until('the rotation waits as well', async () => (await waiting()) > 1);
        await blocker.query('rollback');
        await written;
        expect(await rotated).toMatchObject({ rotated: CONNECTIONS + 1 });
        expect(await rotating.credentials.open('c7')).toEqual({ 'zendesk.accessToken': 'issued' });
        await rotating.credentials.replace('c7', secretOf('c7'));
      });
    });
    await blocker.end();
    await withStore([NEW, next], (store) => store.credentials.rotate().then(() => undefined));
  });

  it('must be over before a key is taken away', async () => {
    const next = { id: 'next', key: Buffer.alloc(32, 3) };
    await withStore([next, NEW], () => Promise.resolve());
    await expect(openStore({ url: database.url, keys: [next] })).rejects.toThrow(
      'Stored credentials are encrypted with the key "new", which is not configured.',
    );
    await openAll([NEW]);
  });

  it('finds data keys and fields only in their own places', async () => {
    await client.query(`update data_keys set wrapped = (select wrapped from data_keys where connection_id = 'c1')
      where connection_id = 'c0'`);
    await client.query(`insert into credentials (connection_id, field, sealed, applied_digest)
      select connection_id, 'zendesk.refreshToken', sealed, applied_digest from credentials where connection_id = 'c2'`);
    await client.query(`update credentials set sealed = substring(sealed from 1 for 17) || substring(sealed from 30)
      where connection_id = 'c3'`);
    await withStore([NEW], async (store) => {
      for (const id of ['c0', 'c2', 'c3']) await expect(store.credentials.open(id)).rejects.toThrow(SealError);
      expect(await store.credentials.open('c4')).toEqual(secretOf('c4'));
    });
  });
});
