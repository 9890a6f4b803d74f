import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { openStore } from '../../store/store.ts';
import { saveConnection } from '../fixtures/accounts.ts';
import { createDatabase, TEST_KEYS, type TestDatabase } from '../fixtures/database.ts';

const FOLDER = join(import.meta.dirname, '../../store/migrations');

describe('a database that a newer version has migrated', () => {
  let database: TestDatabase;
  let client: pg.Client;

  beforeEach(async () => {
    database = await createDatabase();
    client = new pg.Client({ connectionString: database.url });
    await client.connect();
  });
  afterEach(async () => {
    await client.end();
    await database.drop();
  });

  const open = () => openStore({ url: database.url, keys: TEST_KEYS });
  const migrations = async () =>
    (await client.query<{ name: string }>('select name from kysely_migration order by name')).rows.map(
      ({ name }) => name,
    );

  it('is opened, used and left as it is by an older one that starts again', async () => {
    await (await open()).close();
    await client.query('alter table connections add column newer text; create table newer (id text primary key)');
    await client.query(`insert into kysely_migration values ('999-newer', now()::text)`);
    const before = await migrations();
    const store = await open();
    await saveConnection(store, 'contoso');
    expect((await store.connections.require('contoso')).id).toBe('contoso');
    await store.close();
    expect(await migrations()).toEqual(before);
  });

  it('lets both versions start at once', async () => {
    const stores = await Promise.all([open(), open(), open()]);
    await Promise.all(stores.map((store) => store.close()));
    expect(await migrations()).toEqual(readdirSync(FOLDER).map((file) => file.replace('.ts', '')));
  });
});

describe('migrations', () => {
  /** What takes away something that the version before reads or writes, or refuses what it writes. */
  const TAKES_AWAY =
    /\b(?:drop (?:table|column|default)|rename|truncate|delete from|set not null|alter column \S+ (?:set data )?type)\b/i;
  const ADDS_COLUMN = /\badd (?:column )?(?!constraint\b)(?:if not exists )?\w+ [^,;]*/gi;

  const takenAway = (statement: string): string[] => {
    const demanding = [...statement.matchAll(ADDS_COLUMN)].filter(
      ([column]) => /not null/i.test(column) && !/default|generated/i.test(column),
    );
    return [...(TAKES_AWAY.test(statement) ? [statement] : []), ...demanding.map(([column]) => column)];
  };

  it.each(readdirSync(FOLDER))('add only, so that the version before can go on: %s', (file) => {
    const statements = [...readFileSync(join(FOLDER, file), 'utf8').matchAll(/`([^`]+)`/g)].map(
      ([, text = '']) => text,
    );
    expect(statements.length).toBeGreaterThan(0);
    expect(statements.flatMap(takenAway)).toEqual([]);
  });

  it.each([
    ['alter table records drop column party', 1],
    ['alter table records rename column party to person', 1],
    ['alter table records alter column party set not null', 1],
    ['alter table records add column extra text not null', 1],
    [`alter table records add column extra text not null default ''`, 0],
    ['alter table records add column extra text', 0],
    ['create table extra (id text not null)', 0],
  ])('are judged: %s', (statement, mistakes) => {
    expect(takenAway(statement)).toHaveLength(mistakes);
  });
});
