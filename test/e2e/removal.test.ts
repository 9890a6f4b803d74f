import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { scheduleIds } from '../../workflows/ids.ts';
import { startApiProcess, type ApiProcess } from '../fixtures/api-process.ts';
import { createErpIngress } from '../fixtures/erp-ingress.ts';
import { createEdits } from '../fixtures/edits.ts';
import { createWorld, type World } from '../fixtures/world.ts';

/** What belongs to no connection: who may do what, who did what, which keys there are, and which migrations and upgrades were made. */
const OF_NOBODY = ['api_tokens', 'audit', 'key_canary', 'kysely_migration', 'kysely_migration_lock', 'upgrades'];

describe('a connection that is removed', () => {
  let world: World;
  let api: ApiProcess;
  let client: pg.Client;

  beforeAll(async () => {
    world = await createWorld({ seed: 'distributor' });
    [api] = await Promise.all([startApiProcess(world), world.startWorker()]);
    client = new pg.Client({ connectionString: world.databaseUrl });
    await client.connect();
    for (const id of ['leaving', 'staying']) await fill(id);
  }, 240_000);
  afterAll(async () => {
    await client.end();
    await api.kill();
    await world.close();
  });

  /** Applies a connection, and sees to it that every table has something of it. */
  async function fill(id: string): Promise<void> {
    const { dynamics, entra, zendesk, tenantId, clientId, clientSecret, zendeskToken } = world.sandbox;
    const { status } = await api.request('POST', '/api/connections', {
      id,
      dynamics: {
        ...{ environmentUrl: dynamics, authorityHost: entra, tenantId, clientId, clientSecret },
        legalEntities: ['frrt'],
      },
      zendesk: { subdomain: 'contoso', baseUrl: zendesk, accessToken: zendeskToken },
      sync: { every: '7d', reconcileEvery: '7d', externalId: `${id}:{legalEntity}:{accountNumber}` },
    });
    expect(status).toBe(200);
    const run = await world.sync(id);
    expect(run).toMatchObject({ status: 'completed' });
    const { store } = world;
    const resync = `${id} under way`;
    const scope = { legalEntity: undefined, full: false, acceptShrink: false };
    await store.runs.begin({ runId: resync, workflowId: 'account', connectionId: id, kind: 'account', ...scope });
    await store.runs.addNote(resync, { code: 'bulk_user_import_off', message: 'One by one.' });
    await store.runs.join(`${id} joined`, id, run.runId);
    await store.startedRuns.add({ runId: `${id} started`, connectionId: id, workflowId: `${id} started` });
    await store.zendeskTokens.save(id, { accessToken: `${id} token`, refreshToken: `${id} refresh`, expiresInS: 60 });
    await store.zendeskTokens.beginConsent(id, { state: `${id} state`, verifier: `${id} verifier` });
    await store.supportReading.markDue(id, { record: 'ticket', id: '1' });
    await store.dueRecords.markDue(id, { legalEntity: 'frrt', kind: 'customer', key: 'K' });
    await store.supportReading.saveCursor(id, 'tickets', 'a cursor');
    const request = { connectionId: id, system: 'zendesk', buckets: ['account'] };
    await store.gates.yieldToOthers(request, 1);
    await store.health.record({ connectionId: id, subject: 'sync', problem: { code: 'unreachable', message: 'No.' } });
    await client.query(`insert into tickets (connection_id, zendesk_id, status, created_at, updated_at, seen_at)
      values ('${id}', '1', 'open', now(), now(), now())`);
    await client.query(`insert into account_support (connection_id, legal_entity, kind, key, load, status, computed_at)
      select connection_id, legal_entity, kind, key, '{}', 'quiet', now() from records
      where connection_id = '${id}' and kind = 'customer' limit 1`);
    await client.query(`insert into annotation_wakes (connection_id, legal_entity, kind, key, looked_at)
      select connection_id, legal_entity, kind, key, now() from records
      where connection_id = '${id}' and kind = 'customer' limit 1`);
    await client.query(`insert into jobs (connection_id, run_id, legal_entity, kind, operation, state)
      values ('${id}', '${resync}', 'frrt', 'customer', 'create', 'open')`);
    await client.query(
      `insert into staged_reads (run_id, legal_entity, kind) values ('${resync}', 'frrt', 'customer')`,
    );
    await client.query(`insert into staged_records (run_id, legal_entity, kind, target, key, record, plain_name, plain_name_key, read_at)
      values ('${resync}', 'frrt', 'customer', 'organization', 'K', '{}', 'n', 'n', now())`);
    const ingress = await createErpIngress({ world, api, edits: createEdits(world) }, id);
    const event = {
      BusinessEventId: 'E',
      BusinessEventLegalEntity: 'FRRT',
      ControlNumber: 1,
      CustomerAccount: 'nobody',
    };
    expect(await ingress.post(event)).toMatchObject({ status: 202 });
    await ingress.handled();
  }

  async function tables(): Promise<string[]> {
    const { rows } = await client.query<{ name: string }>(
      `select tablename as name from pg_tables where schemaname = 'public' order by 1`,
    );
    return rows.map(({ name }) => name).filter((name) => !OF_NOBODY.includes(name));
  }
  /** How many rows each table has of a connection, by its own column or that of the run that a row belongs to. */
  async function rowsOf(id: string): Promise<Record<string, number>> {
    const counted: Record<string, number> = {};
    for (const table of await tables()) {
      const { rows: columns } = await client.query<{ name: string }>(
        `select column_name as name from information_schema.columns where table_name = $1`,
        [table],
      );
      const names = columns.map(({ name }) => name);
      const own = names.includes('connection_id') ? `connection_id = '${id}'` : undefined;
      const ofRun = `run_id in (select run_id from runs where connection_id = '${id}')`;
      const isOurs = table === 'connections' ? `id = '${id}'` : (own ?? (names.includes('run_id') ? ofRun : 'false'));
      const { rows } = await client.query<{ n: number }>(`select count(*)::int as n from ${table} where ${isOurs}`);
      counted[table] = rows[0]?.n ?? 0;
    }
    return counted;
  }

  it('leaves nothing in any table, removes nothing of another, and its schedules are gone', async () => {
    const [leaving, staying] = [await rowsOf('leaving'), await rowsOf('staying')];
    // So that nothing is found empty because it always was.
    expect(Object.entries(leaving).filter(([, rows]) => rows === 0)).toEqual([]);
    expect(await api.request('DELETE', '/api/connections/leaving')).toMatchObject({ status: 200 });
    for (const table of await tables()) {
      const { rows } = await client.query<{ n: number }>(`select count(*)::int as n from ${table}`);
      expect([table, rows[0]?.n]).toEqual([table, staying[table]]);
    }
    expect(await rowsOf('staying')).toEqual(staying);
    for (const id of scheduleIds('leaving'))
      await expect(world.client.schedule.getHandle(id).describe()).rejects.toThrow();
    for (const id of scheduleIds('staying')) await world.client.schedule.getHandle(id).describe();
  });

  it('leaves its name in the audit only', async () => {
    const { rows } = await client.query<{ name: string }>(
      `select tablename as name from pg_tables where schemaname = 'public'`,
    );
    const found: string[] = [];
    for (const { name } of rows) {
      const { rowCount } = await client.query(`select from ${name} t where t::text like '%leaving%'`);
      if ((rowCount ?? 0) > 0) found.push(name);
    }
    // Both work with one Zendesk account here, where what was written stays: the other has seen these organizations, too.
    expect(found.sort()).toEqual(['audit', 'organizations']);
  });
});
