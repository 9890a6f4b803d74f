import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { findFreePort } from '../../runtime/processes/free-port.ts';
import { RECONNECT_NOTE, TASK_QUEUE, WORKFLOW_TYPES } from '../../workflows/contract.ts';
import { scheduleIds } from '../../workflows/ids.ts';
import { expectedSignature, startAlertReceiver, type AlertReceiver } from '../fixtures/alert-receiver.ts';
import { createEdits } from '../fixtures/edits.ts';
import { until } from '../fixtures/stops.ts';
import { WRONG_TOKEN } from '../fixtures/credential-failures.ts';
import { historyToJson } from '../replay/history-json.ts';
import { setUpWorld } from '../fixtures/set-up-world.ts';

const KEY = Buffer.alloc(32, 11);
const PATH = '/hook/the-path-is-a-secret-too';

interface Delivered {
  readonly type: string;
  readonly timestamp: string;
  readonly data: Readonly<Record<string, string | null>>;
}

describe('alerts', () => {
  const world = setUpWorld({ worker: false });
  const edits = createEdits(world);
  let port: number;
  let receiver: AlertReceiver | undefined;

  beforeAll(async () => {
    port = await findFreePort();
    await world.startWorker({
      LEDGERDESK_ALERT_URL: `http://127.0.0.1:${port}${PATH}`,
      LEDGERDESK_ALERT_SECRET: `whsec_${KEY.toString('base64')}`,
      LEDGERDESK_PUBLIC_URL: 'https://ledgerdesk.example.com',
    });
    for (const id of ['first', 'outside', 'back'])
      await edits.connect(id, { [id]: { A1: `${id} One`, B1: `${id} Two` } });
  });
  afterAll(async () => receiver?.stop());

  const deny = (deniedEntitySets: string[]) =>
    world.sandbox.control('PATCH', '/settings/dynamics', { deniedEntitySets });
  const taken = () => (receiver?.received ?? []).filter(({ status }) => status === 204);
  const delivered = (id: string): Delivered[] =>
    taken()
      .map(({ body }) => JSON.parse(body) as Delivered)
      .filter(({ data }) => data['connectionId'] === id);
  const types = (id: string) => delivered(id).map(({ type }) => type);
  const nothingLeft = (id: string) =>
    until('every alert is delivered', async () => !(await world.store.health.hasAlerts(id)), 90_000);
  const run = (type: string, workflowId: string, connectionId: string): Promise<unknown> =>
    world.client.workflow.execute(type, { taskQueue: TASK_QUEUE, workflowId, args: [{ connectionId }] });

  it('are sent for the first failure and the recovery but not for the second failure, even if the receiver is down at first', async () => {
    expect(await world.sync('first')).toMatchObject({ status: 'completed' });
    await deny(['CustomersV3']);
    const failed = await world.sync('first');
    expect(failed).toMatchObject({ status: 'failed', error: { code: 'missing_privilege' } });
    expect(await world.sync('first')).toMatchObject({ status: 'failed' });
    expect(await world.store.health.nextAlert('first')).toMatchObject({ waiting: 1, alert: { runId: failed.runId } });

    receiver = await startAlertReceiver(port);
    await nothingLeft('first');
    await deny([]);
    expect(await world.sync('first')).toMatchObject({ status: 'completed' });
    expect(await world.sync('first')).toMatchObject({ status: 'completed' });
    await nothingLeft('first');

    expect(delivered('first')).toEqual([
      {
        type: 'sync.failed',
        timestamp: expect.stringMatching(/^\d{4}-.*Z$/),
        data: {
          connectionId: 'first',
          code: 'missing_privilege',
          message: failed.error?.message,
          runId: failed.runId,
          link: `https://ledgerdesk.example.com/api/runs/${failed.runId}`,
        },
      },
      {
        type: 'sync.recovered',
        timestamp: expect.any(String),
        data: expect.objectContaining({ code: null, message: 'The sync of connection "first" works again.' }),
      },
    ]);
  });

  it('carry the same id at every attempt, the time of the attempt, and a signature that others can check', () => {
    const [rejected, ...others] = receiver?.received ?? [];
    expect(rejected?.status).toBe(503);
    expect(others.map(({ status }) => status)).toEqual([204, 204]);
    expect(others[0]?.headers['webhook-id']).toBe(rejected?.headers['webhook-id']);
    expect(others[0]?.body).toBe(rejected?.body);
    expect(others[1]?.headers['webhook-id']).not.toBe(others[0]?.headers['webhook-id']);
    for (const request of receiver?.received ?? []) {
      expect(request.headers['content-type']).toBe('application/json');
      expect(Math.abs(Number(request.headers['webhook-timestamp']) - Date.now() / 1_000)).toBeLessThan(300);
      expect(request.headers['webhook-signature']).toBe(expectedSignature(request, KEY));
    }
  });

  it('are delivered by their own workflow, whose history holds neither the address nor the key', async () => {
    const shown = await world.client.workflow.getHandle('alert/first').describe();
    expect(shown).toMatchObject({ type: WORKFLOW_TYPES.deliverAlerts, status: { name: 'COMPLETED' } });
    const history = historyToJson(await world.client.workflow.getHandle('alert/first').fetchHistory());
    const text = JSON.stringify(history, (member, value: unknown) =>
      member === 'data' && typeof value === 'string' ? Buffer.from(value, 'base64').toString('utf8') : value,
    );
    expect(text).toContain('first');
    for (const secret of [PATH, KEY.toString('base64')]) expect(text).not.toContain(secret);
  });

  it('report rejected credentials once, whichever step finds out first, and the schedules pause at once', async () => {
    const [synced = ''] = scheduleIds('outside');
    await world.client.schedule.create({
      scheduleId: synced,
      spec: { intervals: [{ every: '7d' }] },
      action: { type: 'startWorkflow', workflowType: 'syncMasterData', taskQueue: 'unused', args: [] },
    });
    const schedule = async () => (await world.client.schedule.getHandle(synced).describe()).state;
    expect(await world.sync('outside')).toMatchObject({ status: 'completed' });
    await world.store.credentials.apply('outside', { 'zendesk.accessToken': WRONG_TOKEN });
    await expect(run(WORKFLOW_TYPES.reconcileSupport, 'support-reconcile/outside', 'outside')).rejects.toThrow();
    expect(await world.store.connections.require('outside')).toMatchObject({ state: 'needs_reconnect' });
    expect(await schedule()).toMatchObject({ paused: true, note: RECONNECT_NOTE });
    expect(await world.sync('outside')).toMatchObject({ status: 'failed', error: { code: 'needs_reconnect' } });

    await world.client.workflow.execute(WORKFLOW_TYPES.syncAccount, {
      taskQueue: TASK_QUEUE,
      workflowId: 'account-sync/outside/outside/customer/A1',
      args: [{ connectionId: 'outside', legalEntity: 'outside', kind: 'customer', accountNumber: 'A1' }],
    });
    expect(await world.store.connections.require('outside')).toMatchObject({ state: 'needs_reconnect' });

    await world.store.credentials.apply('outside', { 'zendesk.accessToken': world.sandbox.zendeskToken });
    expect(await world.sync('outside')).toMatchObject({ status: 'completed' });
    expect(await schedule()).toMatchObject({ paused: false });
    await nothingLeft('outside');
    expect(types('outside')).toEqual(['credentials.failed', 'credentials.recovered']);
    const [rejected] = delivered('outside');
    expect(rejected?.data).toMatchObject({
      code: 'needs_reconnect',
      runId: null,
      link: 'https://ledgerdesk.example.com/api/connections/outside',
    });
    for (const secret of [WRONG_TOKEN, world.sandbox.zendeskToken, world.sandbox.clientSecret])
      expect(JSON.stringify(receiver?.received)).not.toContain(secret);
  });

  it('report that support cannot be read back, and that it can be again', async () => {
    const reconcile = () => run(WORKFLOW_TYPES.reconcileSupport, 'support-reconcile/back', 'back');
    expect(await world.sync('back')).toMatchObject({ status: 'completed' });
    await reconcile();
    const fault = { system: 'zendesk', match: { path: 'incremental/tickets' }, times: null };
    await world.sandbox.control('POST', '/faults', { ...fault, action: { kind: 'status', status: 403 } });
    for (let nth = 0; nth < 2; nth += 1) await expect(reconcile()).rejects.toThrow();
    await world.sandbox.control('DELETE', '/faults');
    for (let nth = 0; nth < 2; nth += 1) await reconcile();
    await nothingLeft('back');
    expect(types('back')).toEqual(['support.failed', 'support.recovered']);
  });
});
