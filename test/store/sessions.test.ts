import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { openDatabase, type Db } from '../../store/database.ts';
import { createDatabase, execute, type TestDatabase } from '../fixtures/database.ts';
import { lockTable } from '../fixtures/table-lock.ts';

describe('a session of the database', () => {
  let database: TestDatabase;
  let db: Db;

  beforeAll(async () => {
    database = await createDatabase();
    await execute(database.url, 'create table note (text text)');
    db = openDatabase(database.url, { maxConnections: 1 });
  });
  afterAll(async () => {
    await db.destroy();
    await database.drop();
  });

  const pidOf = async (tx: Db = db): Promise<number> =>
    (await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(tx)).rows[0]?.pid ?? 0;
  const raise = (code: string, tx: Db = db) =>
    sql.raw(`do $$ begin raise exception 'raised' using errcode = '${code}'; end $$`).execute(tx);

  it.each(['25006', '57P01', '57P02', '57P03', '08000', '08006', '08P01'])('is retired after %s', async (code) => {
    const pid = await pidOf();
    await expect(raise(code)).rejects.toMatchObject({ code });
    expect(await pidOf()).not.toBe(pid);
  });

  it.each(['22012', '23505', '40001', '42P01', '55P03', '57014'])('is kept after %s', async (code) => {
    const pid = await pidOf();
    await expect(raise(code)).rejects.toMatchObject({ code });
    expect(await pidOf()).toBe(pid);
  });

  it('is retired after an error in a transaction, which is rolled back', async () => {
    const pid = await pidOf();
    const work = db.transaction().execute(async (tx) => {
      await sql`insert into note values ('lost')`.execute(tx);
      await raise('25006', tx);
    });
    await expect(work).rejects.toMatchObject({ code: '25006' });
    expect(await pidOf()).not.toBe(pid);
    expect((await sql`select from note`.execute(db)).rows).toEqual([]);
  });

  it('is retired with all older ones when one of them shows that the server is read-only', async () => {
    const many = openDatabase(database.url, { maxConnections: 6 });
    const atOnce = (count: number) =>
      Promise.all(
        Array.from({ length: count }, () =>
          many.transaction().execute(async (tx) => {
            const pid = await pidOf(tx);
            await sql`select pg_sleep(0.1)`.execute(tx);
            return pid;
          }),
        ),
      );
    const before = new Set(await atOnce(6));
    expect(before.size).toBe(6);
    await expect(raise('25006', many)).rejects.toMatchObject({ code: '25006' });
    const after = await atOnce(6);
    expect(after.filter((pid) => before.has(pid))).toEqual([]);
    await many.destroy();
  });

  it('that was opened while the database was read-only is retired when it meets that', async () => {
    const base = process.env['TEST_DATABASE_URL'] ?? '';
    const name = new URL(database.url).pathname.slice(1);
    const write = () => sql`insert into note values ('kept')`.execute(db);
    await execute(base, `alter database ${name} set default_transaction_read_only = on`);
    await expect(raise('57P01')).rejects.toThrow();
    const pid = await pidOf();
    await execute(base, `alter database ${name} reset default_transaction_read_only`);
    expect(await pidOf()).toBe(pid);
    await expect(write()).rejects.toMatchObject({ code: '25006' });
    await write();
    expect((await sql`select from note`.execute(db)).rows).toHaveLength(1);
  });

  it('waits for a lock only as long as the process wants, and works afterwards', async () => {
    const waiting = openDatabase(database.url, { maxConnections: 1, waits: { sessionMs: 5_000, lockMs: 200 } });
    const lock = await lockTable(database.url, 'note');
    const write = () => sql`insert into note values ('waited')`.execute(waiting);
    await expect(write()).rejects.toMatchObject({ code: '55P03' });
    const pid = await pidOf(waiting);
    await lock.release();
    await write();
    expect(await pidOf(waiting)).toBe(pid);
    await waiting.destroy();
  });
});
