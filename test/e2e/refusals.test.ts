import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { RECONNECT_NOTE, TASK_QUEUE, WAKE_SIGNAL, WORKFLOW_TYPES } from '../../workflows/contract.ts';
import { pingId, probeId, scheduleIds } from '../../workflows/ids.ts';
import { startApiProcess, type ApiProcess } from '../fixtures/api-process.ts';
import { createEdits, relaxZendeskLimits, type Edits } from '../fixtures/edits.ts';
import { until } from '../fixtures/stops.ts';
import { createSupport, type Support } from '../fixtures/support.ts';
import { createWorld, type World } from '../fixtures/world.ts';

/** Refusals are confirmed and probed 200 times faster: after 0.3 s and 0.9 s, and every 9 s. */
const FASTER = '200';
/** The number of runs under random refusals. The full number takes minutes. */
const RUNS = Number(process.env['REFUSAL_RUNS'] ?? 6);

const WRONG_SECRET = {
  error: 'invalid_client',
  error_description: 'AADSTS7000215: Invalid client secret provided. Trace ID: 0',
  error_codes: [7000215],
};

describe('a remote system that refuses good credentials for a moment', () => {
  let world: World;
  let edits: Edits;
  let support: Support;
  let api: ApiProcess;

  beforeAll(async () => {
    world = await createWorld({ seed: 'empty' });
    edits = createEdits(world);
    support = createSupport(world);
    await relaxZendeskLimits(world.sandbox);
    await world.startWorker({ TEST_REFUSALS_FASTER: FASTER });
    api = await startApiProcess(world);
  });
  afterEach(async () => {
    await world.sandbox.control('DELETE', '/faults');
    await world.sandbox.control('PATCH', '/settings/entra', { secretExpired: false });
  });
  afterAll(async () => {
    await api.kill();
    await world.close();
  });

  const connect = async (id: string): Promise<void> => {
    await edits.connect(id, { [id]: { A1: `${id} One`, B1: `${id} Two` } });
    for (const scheduleId of scheduleIds(id))
      await world.client.schedule.create({
        scheduleId,
        spec: { intervals: [{ every: '7d' }] },
        action: { type: 'startWorkflow', workflowType: 'syncMasterData', taskQueue: 'nobody', args: [] },
      });
    expect(await world.sync(id)).toMatchObject({ status: 'completed' });
  };
  const pausesOf = async (id: string) =>
    Promise.all(
      scheduleIds(id).map(async (one) => {
        const { state } = await world.client.schedule.getHandle(one).describe();
        return { paused: state.paused, note: state.note };
      }),
    );
  const addFault = (system: string, action: object, more: object = {}) =>
    world.sandbox.control('POST', '/faults', { system, action: { kind: 'status', ...action }, ...more });
  const stateOf = async (id: string) => (await world.store.connections.require(id)).state;
  const expectUnharmed = async (id: string) => {
    expect(await stateOf(id)).toBe('active');
    expect(await world.store.health.hasAlerts(id)).toBe(false);
    expect((await pausesOf(id)).map(({ paused }) => paused)).toEqual([false, false]);
  };

  it.each([
    ['a-secret', 'entra', { status: 401, body: WRONG_SECRET }, {}],
    ['z-token', 'zendesk', { status: 401 }, {}],
    ['z-right', 'zendesk', { status: 403 }, {}],
    ['z-page', 'zendesk', { status: 403, body: 'html' }, { times: 2 }],
    ['z-401-page', 'zendesk', { status: 401, body: 'html' }, { times: 2 }],
    ['f-empty', 'dynamics', { status: 401, body: 'empty' }, { times: 2 }],
    ['f-page', 'dynamics', { status: 403, body: 'html' }, { times: 2 }],
    ['f-right', 'dynamics', { status: 403 }, {}],
  ])('is asked again, and nothing is paused or reported (%s)', async (...[id, system, action, more]) => {
    await connect(id);
    if (system === 'entra') await world.sandbox.control('POST', '/state/entra/revoke');
    await addFault(system, action, more);
    await edits.customer(id, 'C1', { OrganizationName: `${id} Three` });
    expect(await world.sync(id)).toMatchObject({ status: 'completed', totals: { created: 1 } });
    await expectUnharmed(id);
    expect(await world.store.refusals.unconfirmed(id)).toEqual([]);
  });

  it('shows that the run waits, on the run and on the connection', async () => {
    await connect('seen');
    await addFault('zendesk', { status: 401 }, { times: null });
    const runId = await world.start({ connectionId: 'seen' });
    await until('the refusal is recorded', async () => (await world.store.refusals.unconfirmed('seen')).length > 0);
    const showRun = () => api.request('GET', `/api/runs/${runId}`);
    await until('the run waits', async () => 'waiting' in ((await showRun()).body as object));
    const [shown, listed] = await Promise.all([showRun(), api.request('GET', '/api/connections/seen')]);
    await world.sandbox.control('DELETE', '/faults');
    const message = expect.stringMatching(/^Zendesk refused ".*" \(invalid_token\): refusal \d of 3\. /) as unknown;
    const refusal = [{ code: 'refusal_unconfirmed', message }];
    expect(shown.body).toMatchObject({ status: 'running', waiting: { code: 'refusal_unconfirmed' } });
    expect(listed.body).toMatchObject({ state: 'active', unconfirmed: refusal });
    expect(await world.ended(runId)).toMatchObject({ status: 'completed' });
    await expectUnharmed('seen');
  });

  it('is believed at last when it refuses for good, and asked by a probe until it accepts them again', async () => {
    await connect('gone');
    const [, reconcile = ''] = scheduleIds('gone');
    await world.client.schedule.getHandle(reconcile).pause('for the audit');
    await world.sandbox.control('POST', '/state/entra/revoke');
    await world.sandbox.control('PATCH', '/settings/entra', { secretExpired: true });
    const run = await world.sync('gone');
    expect(run).toMatchObject({ status: 'failed', error: { code: 'needs_reconnect' } });
    expect(run.error?.message).toContain('AADSTS7000222');
    const tookMs = Date.parse(run.finishedAt ?? '') - Date.parse(run.startedAt);
    expect(tookMs).toBeGreaterThanOrEqual(1_200);
    expect(tookMs).toBeLessThan(15_000);
    expect(await stateOf('gone')).toBe('needs_reconnect');
    expect(await pausesOf('gone')).toEqual([
      { paused: true, note: RECONNECT_NOTE },
      { paused: true, note: 'for the audit' },
    ]);
    const probe = world.client.workflow.getHandle(probeId('gone'));
    await world.sandbox.control('DELETE', '/journal');
    await probe.signal(WAKE_SIGNAL);
    await until('the probe has asked', async () => (await edits.journal('entra')).length > 0);
    expect(await stateOf('gone')).toBe('needs_reconnect');
    expect(await edits.journal('zendesk')).toEqual([]);
    await world.sandbox.control('PATCH', '/settings/entra', { secretExpired: false });
    await until('the probe has lifted the state', async () => (await stateOf('gone')) === 'active');
    await probe.result();
    expect((await pausesOf('gone')).map(({ paused }) => paused)).toEqual([false, true]);
    expect(await world.sync('gone')).toMatchObject({ status: 'completed' });
  });

  it('is believed again after a ping whose credential checks are ok', async () => {
    await connect('pinged');
    await world.sandbox.control('POST', '/state/entra/revoke');
    await world.sandbox.control('PATCH', '/settings/entra', { secretExpired: true });
    await world.sync('pinged');
    const ping = (suffix: string) =>
      world.client.workflow.execute(WORKFLOW_TYPES.pingConnection, {
        taskQueue: TASK_QUEUE,
        workflowId: pingId('pinged', suffix),
        args: [{ connectionId: 'pinged' }],
      });
    await ping('rejected');
    expect(await stateOf('pinged')).toBe('needs_reconnect');
    await world.sandbox.control('PATCH', '/settings/entra', { secretExpired: false });
    await ping('accepted');
    expect(await stateOf('pinged')).toBe('active');
    expect((await pausesOf('pinged')).map(({ paused }) => paused)).toEqual([false, false]);
  });

  it(
    `never stops when one in a hundred token and API calls is refused at random (${RUNS} runs, the sandbox has seed 1)`,
    async () => {
      await connect('random');
      const { id } = await edits.organization('random:A1');
      await world.sandbox.control('POST', '/state/zendesk/tickets/generate', { count: 3, organizationIds: [id] });
      const refusals = [
        ['entra', { status: 401, body: WRONG_SECRET }],
        ...['dynamics', 'zendesk'].flatMap((system) => [
          [system, { status: 401, body: 'empty' }],
          [system, { status: 403 }],
          [system, { status: 403, body: 'html' }],
        ]),
      ] as [string, object][];
      for (const [system, action] of refusals) await addFault(system, action, { times: null, chance: 0.01 });
      for (let run = 0; run < RUNS; run += 1) {
        await world.sandbox.control('POST', '/state/entra/revoke');
        await edits.customer('random', `N${run}`, { OrganizationName: `random new ${run}` });
        expect(await world.sync('random', { full: true })).toMatchObject({
          status: 'completed',
          totals: { created: 1 },
        });
        await support.reconcile('random');
        await expectUnharmed('random');
      }
      const { items } = await world.sandbox.control<{ items: { struck: number }[] }>('GET', '/faults');
      process.stdout.write(`${RUNS} runs met ${items.reduce((sum, { struck }) => sum + struck, 0)} refusals\n`);
    },
    RUNS * 30_000 + 60_000,
  );
});
