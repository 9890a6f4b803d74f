import { beforeAll, describe, expect, it } from '@jest/globals';
import { ScheduleOverlapPolicy } from '@temporalio/client';
import { TASK_QUEUE, WORKFLOW_TYPES } from '../../workflows/contract.ts';
import { createEdits } from '../fixtures/edits.ts';
import { until } from '../fixtures/stops.ts';
import { connectionFile } from '../fixtures/connection-file.ts';
import { setUpWorldWithApi } from '../fixtures/set-up-world.ts';

const MASTER = 'master-sync/planned';
const RECONCILE = 'support-reconcile/planned';

interface ShownSchedule {
  readonly id: string;
  readonly everyMs: number;
  readonly paused: boolean;
}

describe('the schedules of a connection', () => {
  const { world, api } = setUpWorldWithApi();
  const edits = createEdits(world);

  beforeAll(() => edits.customer('pl', 'P1', { OrganizationName: 'Planned' }));

  const file = (sync: object) =>
    connectionFile(world.sandbox, {
      id: 'planned',
      dynamics: { legalEntities: ['pl'] },
      sync: { contacts: false, externalId: '{legalEntity}:{accountNumber}', ...sync },
    });
  const apply = async (sync: object = {}) => {
    const { status, body } = await api.request('POST', '/api/connections', file(sync));
    expect([status, body]).toMatchObject([200, { connection: { id: 'planned', state: 'active' } }]);
  };
  const schedules = async (): Promise<ShownSchedule[]> => {
    const { status, body } = await api.request('GET', '/api/connections/planned/schedule');
    expect(status).toBe(200);
    return (body as { items: ShownSchedule[] }).items;
  };
  const change = async (what: object) => {
    const { status, body } = await api.request('POST', '/api/connections/planned/schedule', what);
    expect([status, body]).toMatchObject([200, { total: 2 }]);
  };
  const handle = (id: string) => world.client.schedule.getHandle(id);
  const runsOf = async (type: string): Promise<{ workflowId: string; status: string }[]> => {
    const runs = [];
    for await (const { workflowId, status } of world.client.workflow.list({ query: `WorkflowType = '${type}'` }))
      runs.push({ workflowId, status: status.name });
    return runs;
  };

  it('exist once it is applied, skip overlapping runs, and catch up half an hour', async () => {
    await apply({ every: '20m', reconcileEvery: '30m' });
    expect(await schedules()).toMatchObject([
      { id: MASTER, everyMs: 1_200_000, paused: false, note: null, nextAt: expect.any(String), lastAt: null },
      { id: RECONCILE, everyMs: 1_800_000, paused: false },
    ]);
    for (const [id, type, every] of [
      [MASTER, WORKFLOW_TYPES.syncMasterData, 1_200_000],
      [RECONCILE, WORKFLOW_TYPES.reconcileSupport, 1_800_000],
    ] as const) {
      const { policies, action, spec } = await handle(id).describe();
      expect(policies).toMatchObject({ overlap: 'SKIP', catchupWindow: 1_800_000 });
      expect(action).toMatchObject({
        workflowType: type,
        workflowId: id,
        taskQueue: TASK_QUEUE,
        args: [{ connectionId: 'planned' }],
      });
      expect(spec.intervals).toMatchObject([{ every }]);
      expect(spec.jitter).toBeGreaterThan(0);
    }
  });

  it('start their runs when they are triggered', async () => {
    await handle(MASTER).trigger();
    await until('the account is in Zendesk', async () => (await edits.organizations('pl:')).has('pl:P1'));
    await until('the run has ended', async () => {
      const { body } = await api.request('GET', '/api/connections/planned/runs');
      return (body as { items: { status: string }[] }).items[0]?.status === 'completed';
    });
    const { body } = await api.request('GET', '/api/connections/planned/runs');
    expect((body as { items: object[] }).items).toMatchObject([
      { workflowId: expect.stringMatching(/^master-sync\/planned-\d{4}-/), totals: { read: 1, created: 1 } },
    ]);
    await handle(RECONCILE).trigger();
    await until('the reconciling has ended', async () =>
      (await runsOf('reconcileSupport')).some(({ status }) => status === 'COMPLETED'),
    );
  });

  it('start nothing while their last run is under way', async () => {
    const { id } = await world.sandbox.control<{ id: number }>('POST', '/faults', {
      system: 'dynamics',
      match: { path: 'CustomersV3' },
      times: null,
      action: { kind: 'hold', when: 'before' },
    });
    const running = async () => (await runsOf('syncMasterData')).filter(({ status }) => status === 'RUNNING');
    await handle(MASTER).trigger(ScheduleOverlapPolicy.SKIP);
    await until('a run is under way', async () => (await running()).length === 1);
    const before = (await runsOf('syncMasterData')).length;
    await handle(MASTER).trigger(ScheduleOverlapPolicy.SKIP);
    await until(
      'the second was skipped',
      async () => (await handle(MASTER).describe()).info.numActionsSkippedOverlap > 0,
    );
    expect((await runsOf('syncMasterData')).length).toBe(before);
    await world.sandbox.control('DELETE', `/faults/${id}`);
    await until('it has ended', async () => (await running()).length === 0);
  });

  it('are paused and resumed', async () => {
    await change({ paused: true });
    expect((await schedules()).map(({ paused }) => paused)).toEqual([true, true]);
    expect((await handle(MASTER).describe()).state).toMatchObject({ paused: true, note: 'Paused by the admin API' });
    await change({ paused: false });
    expect((await schedules()).map(({ paused }) => paused)).toEqual([false, false]);
  });

  it('take another interval and stay paused when the connection is applied again', async () => {
    await change({ paused: true, everyMs: 600_000 });
    expect(await schedules()).toMatchObject([{ everyMs: 600_000, paused: true }, { paused: true }]);
    await apply({ every: '45m', reconcileEvery: '1h' });
    expect(await schedules()).toMatchObject([
      { everyMs: 2_700_000, paused: true },
      { everyMs: 3_600_000, paused: true },
    ]);
    expect((await handle(MASTER).describe()).spec.intervals).toMatchObject([{ every: 2_700_000 }]);
    await change({ paused: false });
  });

  it.each([[{ everyMs: 1_000 }], [{ everyMs: 'often' }], [{ paused: 'yes' }], [{ more: 1 }]])(
    'are not changed by %j',
    async (body) => {
      expect((await api.request('POST', '/api/connections/planned/schedule', body)).status).toBe(400);
    },
  );

  it('are removed with their connection', async () => {
    expect(await api.request('DELETE', '/api/connections/planned')).toMatchObject({ status: 200 });
    await expect(handle(MASTER).describe()).rejects.toThrow();
    await expect(handle(RECONCILE).describe()).rejects.toThrow();
  });
});
