import { beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { scheduleIds } from '../../workflows/ids.ts';
import { createErpIngress } from '../fixtures/erp-ingress.ts';
import { createEdits } from '../fixtures/edits.ts';
import { connectionFile } from '../fixtures/connection-file.ts';
import { setUpWorldWithApi } from '../fixtures/set-up-world.ts';

/** The tables that belong to no connection: API tokens, audit, keys, migrations, upgrades, and proofs of a write. */
const SHARED_TABLES = [
  'api_tokens',
  'audit',
  'key_canary',
  'kysely_migration',
  'kysely_migration_lock',
  'upgrades',
  'write_proofs',
];

/** A request that Zendesk refused once. */
const REFUSED = {
  system: 'zendesk',
  operation: 'show users',
  kind: 'unauthorized',
  code: null,
  message: 'No.',
} as const;

describe('a connection that is removed', () => {
  const { world, api } = setUpWorldWithApi({ seed: 'distributor', limits: 'sandbox' });
  let client: pg.Client;

  beforeAll(async () => {
    client = new pg.Client({ connectionString: world.databaseUrl });
    await client.connect();
    world.beforeClose(() => client.end());
    for (const id of ['leaving', 'staying']) await fill(id);
  }, 240_000);

  /** Applies a connection, and fills every table with a row of it. */
  async function fill(id: string): Promise<void> {
    const file = connectionFile(world.sandbox, {
      id,
      dynamics: { legalEntities: ['frrt'] },
      sync: { vendors: true, externalId: `${id}:{legalEntity}:{accountNumber}` },
    });
    const { status } = await api.request('POST', '/api/connections', file);
    expect(status).toBe(200);
    const run = await world.sync(id);
    expect(run).toMatchObject({ status: 'completed' });
    const { store } = world;
    const resync = `${id} under way`;
    const scope = { legalEntity: undefined, full: false, acceptShrink: false };
    await store.runs.begin({ runId: resync, workflowId: 'account', connectionId: id, kind: 'account', ...scope });
    await store.runs.addNote(resync, { code: 'bulk_user_import_off', message: 'One by one.' });
    await store.runs.join(`${id} joined`, id, run.runId);
    const audited = { actor: 'admin', action: 'run.grant', subject: null, detail: null };
    await store.runGrants.give({ runId: `${id} next`, connectionId: id }, ['limits'], audited);
    await store.startedRuns.add({ runId: `${id} started`, connectionId: id, workflowId: `${id} started` });
    await store.zendeskTokens.save(id, { accessToken: `${id} token`, refreshToken: `${id} refresh`, expiresInS: 60 });
    await store.zendeskTokens.beginConsent(id, { state: `${id} state`, verifier: `${id} verifier` });
    await store.supportReading.markDue(id, { record: 'ticket', id: '1' });
    await store.dueRecords.markDue(id, { legalEntity: 'frrt', kind: 'customer', key: 'K' });
    await store.supportReading.save(id, 'tickets', { cursor: 'a cursor', reading: null });
    const request = { connectionId: id, system: 'zendesk', buckets: ['account'] };
    await store.gates.yieldToOthers(request, 1);
    await store.entityColumns.save(id, 'CustomersV3', ['KnownAs']);
    await store.refusals.refuse({ ...REFUSED, connectionId: id });
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
    await client.query(`insert into gos (connection_id, given_by) values ('${id}', 'admin')`);
    await client.query(`insert into settings_revisions (connection_id, no, settings, external_id_template, state, created_by)
      values ('${id}', 2, '{}', '{accountNumber}', 'former', 'admin')`);
    await client.query(`insert into plans (plan_id, connection_id, run_id, revision, why, status, hash, summary, expires_at)
      values ('${id} plan', '${id}', '${id} plan', 1, '{asked}', 'open', 'hash', '{}', now())`);
    await client.query(`insert into plan_changes (plan_id, legal_entity, kind, key, operation, changes, line)
      values ('${id} plan', 'frrt', 'customer', 'K', 'create', '[]', 'line')`);
    await client.query(`insert into unclear_renumberings (connection_id, legal_entity, kind, key, former_key)
      select connection_id, legal_entity, kind, key, 'former' from records
      where connection_id = '${id}' and kind = 'customer' limit 1`);
    await client.query(`insert into reused_numbers (connection_id) values ('${id}')`);
    const ingress = await createErpIngress({ world, api, edits: createEdits(world) }, id);
    const event = {
      BusinessEventId: 'E',
      BusinessEventLegalEntity: 'FRRT',
      ControlNumber: 1,
      CustomerAccount: 'UNKNOWN',
    };
    expect(await ingress.post(event)).toMatchObject({ status: 202 });
    await ingress.handled();
  }

  async function tables(): Promise<string[]> {
    const { rows } = await client.query<{ name: string }>(
      `select tablename as name from pg_tables where schemaname = 'public' order by 1`,
    );
    return rows.map(({ name }) => name).filter((name) => !SHARED_TABLES.includes(name));
  }
  /** Returns the number of rows of a connection in each table, by the connection or the run of the row. */
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
      const ofPlan = `plan_id in (select plan_id from plans where connection_id = '${id}')`;
      const through = names.includes('plan_id') ? ofPlan : names.includes('run_id') ? ofRun : 'false';
      const belongs = table === 'connections' ? `id = '${id}'` : (own ?? through);
      const { rows } = await client.query<{ n: number }>(`select count(*)::int as n from ${table} where ${belongs}`);
      counted[table] = rows[0]?.n ?? 0;
    }
    return counted;
  }

  it('leaves nothing in any table, removes nothing of another, and its schedules are gone', async () => {
    const [leaving, staying] = [await rowsOf('leaving'), await rowsOf('staying')];
    // Otherwise a table could be empty because nothing was ever written to it.
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
    // Both connections use the same Zendesk account, so the other one has also read these organizations.
    expect(found.sort()).toEqual(['audit', 'organizations']);
  });
});
