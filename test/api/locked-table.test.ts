import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { startApi, type RunningApi } from './running-api.ts';

const LONGEST_MS = 10_000;

describe('the API while a table is locked', () => {
  let api: RunningApi;
  let maintenance: pg.Client;

  beforeAll(async () => {
    api = await startApi();
    const file = { id: 'contoso', dynamics: DYNAMICS, zendesk: { subdomain: 'contoso' } };
    expect((await api.ask('POST', '/api/connections', file)).status).toBe(200);
    maintenance = new pg.Client({ connectionString: api.databaseUrl });
    await maintenance.connect();
  });
  afterEach(() => maintenance.query('rollback'));
  afterAll(async () => {
    await maintenance.end();
    await api.close();
  });

  const lock = (table: string) => maintenance.query(`begin; lock table ${table} in access exclusive mode`);
  async function timed(path: string) {
    const since = performance.now();
    const { status, body } = await api.ask('GET', path);
    return { status, body, isInTime: performance.now() - since < LONGEST_MS };
  }
  const UNAVAILABLE = {
    ...{ status: 503, isInTime: true },
    body: {
      error: { code: 'unavailable', message: expect.stringMatching(/^A table of the database is locked, .* pg_locks/) },
    },
  };

  it.each([
    ['records', '/api/connections/contoso/records'],
    ['events', '/api/connections/contoso/events'],
  ])('ends a list of %s within 10 s, and says why', async (table, path) => {
    await lock(table);
    expect(await timed(path)).toMatchObject(UNAVAILABLE);
    await maintenance.query('rollback');
    expect((await timed(path)).status).toBe(200);
  });

  it('ends each of 30 lists at once within 10 s, and meanwhile answers what needs no locked table', async () => {
    await lock('records');
    const lists = Array.from({ length: 30 }, () => timed('/api/connections/contoso/records'));
    const results = await Promise.all(lists);
    expect(results.filter(({ status, isInTime }) => status !== 503 || !isInTime)).toEqual([]);
    expect((await timed('/api/connections/contoso/events')).status).toBe(200);
  });

  it('is not ready while its own row cannot be written', async () => {
    await lock('write_proofs');
    const { status, body } = await timed('/readyz');
    expect([status, body]).toMatchObject([
      503,
      {
        error: {
          code: 'not_ready',
          missing: ['store', 'worker'],
          message: expect.stringContaining('is locked'),
        },
      },
    ]);
  });
});

const GUID = '11111111-2222-3333-4444-555555555555';
const DYNAMICS = {
  environmentUrl: 'https://contoso.operations.dynamics.com',
  tenantId: GUID,
  clientId: GUID,
  clientSecret: 'erp-secret-1',
};
