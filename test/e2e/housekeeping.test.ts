import { beforeAll, describe, expect, it } from '@jest/globals';
import { ScheduleOverlapPolicy } from '@temporalio/client';
import pg from 'pg';
import type { SweepStoreResult } from '../../workflows/contract.ts';
import { createErpIngress, type ErpIngress, type SentEvent } from '../fixtures/erp-ingress.ts';
import { createEdits } from '../fixtures/edits.ts';
import { until } from '../fixtures/stops.ts';
import { setUpWorldWithApi } from '../fixtures/set-up-world.ts';

const DAY_MS = 86_400_000;
const RETENTION_DAYS = 7;
/** The retention of the test namespace in Temporal (one day) and 90 days more. */
const MEMORY_DAYS = 91;

describe('the daily sweep', () => {
  const { world, api } = setUpWorldWithApi({ worker: false });
  const edits = createEdits(world);
  let ingress: ErpIngress;
  let client: pg.Client;

  beforeAll(async () => {
    await edits.connect('kept', { ke: { A1: 'First', B1: 'Second' } });
    await world.startWorker({ LEDGERDESK_RETENTION_DAYS: String(RETENTION_DAYS) });
    ingress = await createErpIngress({ world, api, edits }, 'kept');
    client = new pg.Client({ connectionString: world.databaseUrl });
    await client.connect();
    world.beforeClose(() => client.end());
  });

  const schedule = () => world.client.schedule.getHandle('housekeeping');
  const isScheduled = () =>
    schedule()
      .describe()
      .then(
        () => true,
        () => false,
      );
  /** Returns all sweeps so far. Two sweeps that a schedule starts within one second have the same workflow id. */
  const sweeps = async (): Promise<{ workflowId: string; runId: string }[]> => {
    const found: { workflowId: string; runId: string }[] = [];
    for await (const { workflowId, runId } of world.client.workflow.list({ query: `WorkflowType = 'sweepStore'` }))
      found.push({ workflowId, runId });
    return found;
  };
  /** Triggers the schedule and returns the result of its workflow. */
  async function sweep(): Promise<SweepStoreResult> {
    const before = new Set((await sweeps()).map(({ runId }) => runId));
    // The schedule skips a sweep as long as it does not know that the last one has ended.
    await schedule().trigger(ScheduleOverlapPolicy.ALLOW_ALL);
    const started: { workflowId: string; runId: string }[] = [];
    await until('a sweep is under way', async () => {
      started.push(...(await sweeps()).filter(({ runId }) => !before.has(runId)));
      return started.length > 0;
    });
    const [{ workflowId, runId } = { workflowId: '', runId: '' }] = started;
    return world.client.workflow.getHandle(workflowId, runId).result() as Promise<SweepStoreResult>;
  }
  const runIds = async () => (await world.store.reports.list('kept', undefined)).items.map(({ runId }) => runId);
  const ageEvent = ({ ControlNumber: number }: SentEvent, days: number) =>
    client.query(`update events set received_at = now() - make_interval(days => $1) where control_number = $2`, [
      days,
      String(number),
    ]);

  it('is scheduled once however often the api starts, and stays paused when a person has paused it', async () => {
    await until('it is scheduled', isScheduled);
    expect(await schedule().describe()).toMatchObject({
      action: { type: 'startWorkflow', workflowType: 'sweepStore', workflowId: 'housekeeping', args: [{}] },
      policies: { overlap: 'SKIP' },
      state: { paused: false },
    });
    await schedule().pause('Not now');
    await schedule().update((present) => ({ ...present, spec: { intervals: [{ every: '7d' }] } }));
    await api.kill();
    await api.restart();
    await until('it is daily again', async () => (await schedule().describe()).spec.intervals?.[0]?.every === DAY_MS);
    expect((await schedule().describe()).state).toMatchObject({ paused: true, note: 'Not now' });
    await schedule().unpause();
  });

  it('erases what is old, and nothing that is recent or under way', async () => {
    const old = await world.sync('kept');
    const young = await world.sync('kept');
    const held = await world.sandbox.control<{ id: number }>('POST', '/faults', {
      ...{ system: 'dynamics', match: { path: 'CustomersV3' }, times: null },
      action: { kind: 'hold', when: 'before' },
    });
    const running = await world.start({ connectionId: 'kept' });
    await until('a run is under way', async () => (await runIds()).includes(running));
    await client.query(
      `update runs set started_at = now() - make_interval(days => $1 + 1), finished_at = finished_at - make_interval(days => $1 + 1)
        where run_id in ($2, $3)`,
      [RETENTION_DAYS, old.runId, running],
    );
    await world.store.audit.add({ actor: 'admin', action: 'connection.apply', subject: 'kept', detail: null });
    await client.query(`update audit set at = now() - make_interval(days => $1)`, [RETENTION_DAYS + 1]);
    expect(await sweep()).toMatchObject({ runs: 1, audit: 1, tickets: 0 });
    expect(new Set(await runIds())).toEqual(new Set([young.runId, running]));
    await world.sandbox.control('DELETE', `/faults/${held.id}`);
    expect(await world.ended(running)).toMatchObject({ status: 'completed', totals: { read: 2, unchanged: 2 } });
    expect(await world.sync('kept')).toMatchObject({ totals: { read: 2, unchanged: 2 } });
  });

  it('removes an old event from the list, but the event is not accepted again', async () => {
    const event = ingress.event('ke', 'A1');
    expect(await ingress.post(event)).toMatchObject({ status: 202 });
    await ingress.handled();
    await ageEvent(event, RETENTION_DAYS + 1);
    expect(await sweep()).toMatchObject({ events: 1 });
    expect(await ingress.events()).toEqual([]);
    expect(await ingress.post(event)).toMatchObject({ status: 200 });
    expect(await ingress.post({ ...event, CustomerAccount: 'B1' })).toMatchObject({ status: 422 });
    expect((await ingress.events()).map(({ verdict }) => verdict)).toEqual(['duplicate', 'refused']);
    const remembered = (days: number) =>
      client.query(`update events set received_at = now() - make_interval(days => $1) where verdict = 'remembered'`, [
        days,
      ]);
    await remembered(MEMORY_DAYS - 1);
    expect(await sweep()).toMatchObject({ events: 0 });
    await remembered(MEMORY_DAYS + 1);
    expect(await sweep()).toMatchObject({ events: 1 });
  });

  it('ends a run whose workflow was terminated, and erases what it had read', async () => {
    const held = await world.sandbox.control<{ id: number }>('POST', '/faults', {
      ...{ system: 'dynamics', match: { path: 'CustomersV3' }, times: null },
      action: { kind: 'hold', when: 'before' },
    });
    const workflowId = 'account-sync/kept/ke/customer/A1';
    const account = { connectionId: 'kept', legalEntity: 'ke', kind: 'customer', accountNumber: 'A1' };
    const options = { taskQueue: 'ledgerdesk', workflowId, args: [account] };
    const { firstExecutionRunId: runId } = await world.client.workflow.start('syncAccount', options);
    const status = async () => (await world.store.runs.get(runId))?.status;
    await until('it has begun', async () => (await status()) === 'running');
    await world.client.workflow.getHandle(workflowId).terminate('by hand');
    await world.sandbox.control('DELETE', `/faults/${held.id}`);
    await sweep();
    expect(await status()).toBe('running');
    await client.query(`update runs set started_at = now() - interval '25 hours' where run_id = $1`, [runId]);
    await sweep();
    expect(await status()).toBe('cancelled');
    expect((await client.query('select from staged_records where run_id = $1', [runId])).rows).toEqual([]);
  });
});
