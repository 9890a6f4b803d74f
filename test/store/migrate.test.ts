import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { openDatabase } from '../../store/database.ts';
import { migrate } from '../../store/migrate.ts';
import { openStore, type Store } from '../../store/store.ts';
import { saveConnection, TEST_SETTINGS } from '../fixtures/accounts.ts';
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

/** What the version before the tenth migration left behind, in the middle of a run and of the handling of an event. */
const FORMER_ROWS = [
  `insert into connections (id, name, settings, external_id_template, state, zendesk_hook, dynamics_hook, prepared_at)
    values ('contoso', 'Contoso', '${JSON.stringify(TEST_SETTINGS)}', '{accountNumber}', 'active', 'z', 'd', now())`,
  `insert into runs (run_id, connection_id, workflow_id, scope, status, started_at, finished_at) values
    ('master', 'contoso', 'master-sync/contoso', 'master', 'running', now() - interval '5 minutes', null),
    ('event', 'contoso', 'erp-event/contoso/1', 'account', 'running', now() - interval '1 minute', null),
    ('ended', 'contoso', 'master-sync/contoso', 'master', 'completed', now() - interval '2 hours', now() - interval '1 hour')`,
  `insert into records (connection_id, legal_entity, kind, key, plain_name, plain_name_key, external_id, external_id_key,
      zendesk_id, written_hash, state, code, refused_attempt, claim_run, claim_workflow) values
    ('contoso', 'usmf', 'customer', 'A1', 'One', 'one', 'A1', 'a1', '71', 'h', 'created', null, null, 'master', 'master-sync/contoso'),
    ('contoso', 'usmf', 'customer', 'A2', 'Two', 'two', 'A2', 'a2', null, null, 'rejected', 'zendesk_refused', 'digest', null, null),
    ('contoso', 'usmf', 'vendor', 'V1', 'Three', 'three', 'V1', 'v1', '73', 'h', 'unchanged', null, null, null, null),
    ('contoso', 'usmf', 'contact', 'K1', 'Kim', 'kim', 'A1', 'a1', '71', 'h', 'created', null, null, null, null)`,
  `insert into organizations (connection_id, zendesk_id, external_id, external_id_key, name_key, form_hash, noted_at)
    values ('contoso', '71', 'A1', 'a1', 'one', 'h', now())`,
  `insert into organization_cursors (connection_id, start_time) values ('contoso', 1764547200)`,
  `insert into users (connection_id, zendesk_id, external_id_key, form_hash, is_staff, is_active, is_suspended, noted_at)
    values ('contoso', '71', 'a1', 'h', false, true, false, now())`,
  `insert into staged_reads (run_id, legal_entity, kind) values ('master', 'usmf', 'customer'), ('event', 'usmf', 'customer')`,
  `insert into staged_records (run_id, legal_entity, kind, key, record, plain_name, plain_name_key, read_at, settled) values
    ('master', 'usmf', 'customer', 'A1', '{}', 'One', 'one', now(), null),
    ('master', 'usmf', 'contact', 'K1', '{}', 'Kim', 'kim', now(), '{}'), ('event', 'usmf', 'vendor', 'V1', '{}', 'Three', 'three', now(), null)`,
  `insert into jobs (connection_id, run_id, legal_entity, kind, operation, state, zendesk_job_id)
    values ('contoso', 'master', 'usmf', 'customer', 'update', 'open', 'job-1')`,
  `insert into troubles (connection_id, subject) values ('contoso', 'support')`,
  `insert into alerts (id, connection_id, subject, is_failing, message, told_at) values
    ('old', 'contoso', 'sync', true, 'Told.', now()), ('new', 'contoso', 'support', true, 'Not told yet.', null)`,
];

describe('a database of the version before entities became data', () => {
  let database: TestDatabase;
  let client: pg.Client;
  let store: Store | undefined;

  beforeEach(async () => {
    database = await createDatabase();
    client = new pg.Client({ connectionString: database.url });
    await client.connect();
    const db = openDatabase(database.url, { maxConnections: 1 });
    await migrate(db, '009-erp-due');
    await db.destroy();
  });
  afterEach(async () => {
    await store?.close();
    await client.end();
    await database.drop();
  });

  async function upgrade(): Promise<Store> {
    for (const statement of FORMER_ROWS) await client.query(statement);
    store = await openStore({ url: database.url, keys: TEST_KEYS });
    return store;
  }
  const rows = async (text: string): Promise<object[]> => (await client.query<object>(text)).rows;

  it('has the runs under way ended as cancelled, without what they staged, and another one can begin', async () => {
    const { reports, runs } = await upgrade();
    for (const runId of ['master', 'event'])
      expect(await reports.get(runId)).toMatchObject({
        status: 'cancelled',
        finishedAt: expect.any(String),
        error: { code: 'upgraded', message: expect.stringContaining('started again') as unknown },
      });
    expect(await reports.get('ended')).toMatchObject({ status: 'completed', error: null });
    for (const table of ['staged_reads', 'staged_records']) expect(await rows(`select from ${table}`)).toEqual([]);
    const scope = { kind: 'master', full: false, acceptShrink: false } as const;
    const next = { runId: 'next', workflowId: 'master-sync/contoso', connectionId: 'contoso' };
    expect(await runs.begin({ ...next, ...scope })).toEqual({ begun: true });
  });

  it('keeps the claims and the bulk jobs of those runs, so that the next one waits until they have ended', async () => {
    const { planning } = await upgrade();
    const planner = { runId: 'next', workflowId: 'master-sync/contoso', connectionId: 'contoso' };
    expect(await planning.foreignClaims(planner)).toEqual([{ runId: 'master', workflowId: 'master-sync/contoso' }]);
    expect(await planning.openJobs('master')).toMatchObject([{ zendeskJobId: 'job-1' }]);
  });

  it('has its interrupted workflows started again once, by the time of the upgrade', async () => {
    const before = Date.now();
    const { upgrades } = await upgrade();
    const times: Date[] = [];
    const restart = (at: Date): Promise<void> => Promise.resolve(void times.push(at));
    expect([await upgrades.restartInterrupted(restart), await upgrades.restartInterrupted(restart)]).toEqual([
      true,
      false,
    ]);
    expect(times).toHaveLength(1);
    expect(times[0]?.getTime()).toBeGreaterThanOrEqual(before);
    expect(times[0]?.getTime()).toBeLessThanOrEqual(Date.now());
  });

  it('has no interrupted workflows where there was no connection', async () => {
    store = await openStore({ url: database.url, keys: TEST_KEYS });
    expect(await store.upgrades.restartInterrupted(() => Promise.resolve())).toBe(false);
  });

  it('says of every record what it becomes in Zendesk, and keeps its link, its outcome and its reservation', async () => {
    const { records } = await upgrade();
    expect(await rows('select key, target from records order by key')).toEqual([
      { key: 'A1', target: 'organization' },
      { key: 'A2', target: 'organization' },
      { key: 'K1', target: 'user' },
      { key: 'V1', target: 'organization' },
    ]);
    const { items } = await records.list('contoso', {});
    expect(items.map(({ key, zendeskId, externalId, state }) => [key, zendeskId, externalId, state]).sort()).toEqual([
      ['A1', '71', 'A1', 'created'],
      ['A2', null, 'A2', 'rejected'],
      ['K1', '71', 'A1', 'created'],
      ['V1', '73', 'V1', 'unchanged'],
    ]);
  });

  it('keeps external ids and links unique among organizations, and among users', async () => {
    await upgrade();
    const insert = (target: string, column: string, value: string) =>
      client.query(`insert into records (connection_id, legal_entity, kind, target, key, plain_name, plain_name_key, ${column})
        values ('contoso', 'usmf', 'site', '${target}', 'S${value}', 'n', 'n', '${value}')`);
    await expect(insert('organization', 'zendesk_id', '73')).rejects.toThrow('records_zendesk_id');
    await expect(insert('organization', 'external_id_key', 'v1')).rejects.toThrow('records_external_id');
    await insert('user', 'zendesk_id', '73');
    await insert('user', 'external_id_key', 'v1');
    await expect(insert('pet', 'zendesk_id', '99')).rejects.toThrow(/target_check/);
  });

  it('marks attempts that Zendesk refused, and no others', async () => {
    await upgrade();
    expect(await rows('select key, refused_attempt from records where refused_attempt is not null')).toEqual([
      { key: 'A2', refused_attempt: 'upgraded' },
    ]);
  });

  it('has the values of organizations and users read anew, and the fields in Zendesk checked', async () => {
    const { organizations, users, fieldChecks } = await upgrade();
    expect(await organizations.cursor('contoso', ['erp_city'])).toBe(0);
    expect(await users.unknownIds('contoso', ['erp_job_title'], { after: '', limit: 10 })).toEqual(['71']);
    for (const target of ['organization', 'user'] as const)
      expect(await fieldChecks.get('contoso', target)).toBeUndefined();
  });

  it('keeps its problems, and the alerts that were not delivered', async () => {
    const { health } = await upgrade();
    expect(await health.nextAlert('contoso')).toMatchObject({ alert: { id: 'new' }, waiting: 1 });
    await health.record({ connectionId: 'contoso', subject: 'support', problem: { code: 'c', message: 'Again.' } });
    expect(await health.nextAlert('contoso')).toMatchObject({ waiting: 1 });
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

  /** Migrations that the version before cannot work with: they end what it has under way, and the new version starts that again. */
  const BREAKING = ['010-entities-as-data.ts'];

  const takenAwayBy = (file: string): string[] => {
    const statements = [...readFileSync(join(FOLDER, file), 'utf8').matchAll(/`([^`]+)`/g)].map(
      ([, text = '']) => text,
    );
    expect(statements.length).toBeGreaterThan(0);
    return statements.flatMap(takenAway);
  };

  it.each(readdirSync(FOLDER).filter((file) => !BREAKING.includes(file)))(
    'add only, so that the version before can go on: %s',
    (file) => {
      expect(takenAwayBy(file)).toEqual([]);
    },
  );

  it.each(BREAKING)('take away what the version before needs only where they are known to: %s', (file) => {
    expect(takenAwayBy(file)).not.toEqual([]);
  });

  it.each([
    ['alter table records drop column party', 1],
    ['alter table records rename column party to person', 1],
    ['alter table records alter column party set not null', 1],
    ['alter table records add column extra text not null', 1],
    [`alter table records add column extra text not null default ''`, 0],
    ['alter table records add column extra text', 0],
    ['create table extra (id text not null)', 0],
  ])('are checked for what they take away: %s', (statement, mistakes) => {
    expect(takenAway(statement)).toHaveLength(mistakes);
  });
});
