import { beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import type { AdminDeps } from '../../api/admin/admin-deps.ts';
import { withReason, type RunWithReason } from '../../api/admin/why-waiting.ts';
import { showRun } from '../../cli/run-report.ts';
import { createEdits } from '../fixtures/edits.ts';
import { until } from '../fixtures/stops.ts';
import { setUpWorld } from '../fixtures/set-up-world.ts';
import type { World } from '../fixtures/world.ts';

/** Errors of PostgreSQL are real: a trigger raises them. */
describe('an error that nobody has classified', () => {
  const world = setUpWorld();
  const edits = createEdits(world);
  let database: pg.Client;

  beforeAll(async () => {
    database = new pg.Client({ connectionString: world.databaseUrl });
    await database.connect();
    world.beforeClose(() => database.end());
  });

  const raise = (table: string, sqlState: string) =>
    database.query(`create or replace function broken() returns trigger language plpgsql as $$
      begin raise exception 'Contoso is secret' using errcode = '${sqlState}'; end $$;
      create trigger broken before insert on ${table} for each row execute function broken()`);
  const repair = (table: string) => database.query(`drop trigger broken on ${table}`);

  it('and that is certain ends the run with the step and the class, and is an alert', async () => {
    await edits.connect('certain', { ce: { C1: 'Certain One' } });
    await raise('staged_records', '22P05');
    const run = await world.sync('certain');
    expect(run).toMatchObject({ status: 'failed', error: { code: 'internal_error' } });
    expect(run.error?.message).toContain('"readRecordsPage"');
    expect(run.error?.message).toContain('22P05');
    expect(run.error?.message).not.toContain('Contoso');
    expect((await database.query(`select code from alerts where connection_id = 'certain'`)).rows).toEqual([
      { code: 'internal_error' },
    ]);
    await repair('staged_records');
    expect(await world.sync('certain')).toMatchObject({ status: 'completed', totals: { created: 1 } });
  });

  it('but that says that PostgreSQL is absent waits, and the run says so until it goes on', async () => {
    await edits.connect('waiting', { wa: { W1: 'Waiting One' } });
    await raise('staged_records', '57P03');
    const runId = await world.start({ connectionId: 'waiting' });
    const shown = await waitingRun(world, runId);
    expect(shown.waiting).toMatchObject({ code: 'database_unavailable' });
    expect(showRun(shown, Date.now())).toContain('Waiting     PostgreSQL does not answer (error 57P03)');
    expect(showRun(shown, Date.now())).not.toContain('Contoso');
    await repair('staged_records');
    const run = await world.ended(runId);
    expect(run).toMatchObject({ status: 'completed', totals: { created: 1 } });
    expect(await withReason(depsOf(world), run)).not.toHaveProperty('waiting');
  });

  it('says why it waits also while Zendesk does not answer', async () => {
    await edits.connect('silent', { si: { S1: 'Silent One' } });
    expect(await world.sync('silent')).toMatchObject({ status: 'completed' });
    await edits.customer('si', 'S2', { OrganizationName: 'Silent Two' });
    const fault = { system: 'zendesk', times: null, action: { kind: 'status', status: 503, retryAfter: null } };
    await world.sandbox.control('POST', '/faults', fault);
    const runId = await world.start({ connectionId: 'silent' });
    const { waiting } = await waitingRun(world, runId);
    expect(waiting).toMatchObject({ code: 'zendesk_unavailable' });
    await world.sandbox.control('DELETE', '/faults');
    expect(await world.ended(runId)).toMatchObject({ status: 'completed', totals: { created: 1 } });
  });
});

/** Returns the parts of the API that the reason needs. */
function depsOf({ store, client }: World): AdminDeps {
  const temporal = { client, withDeadline: <T>(_limitMs: number, call: () => Promise<T>) => call() };
  return { services: { store, temporal } as unknown as AdminDeps['services'], publicUrl: () => '' };
}

/** Waits until a run says why it waits, and returns it. */
async function waitingRun(world: World, runId: string): Promise<RunWithReason> {
  const shown: RunWithReason[] = [];
  await until('the run says why it waits', async () => {
    const report = await world.store.reports.get(runId);
    if (report !== undefined) shown.push(await withReason(depsOf(world), report));
    return shown.at(-1)?.waiting !== undefined;
  });
  const run = shown.at(-1);
  if (run === undefined) throw new Error('The run has no report.');
  return run;
}
