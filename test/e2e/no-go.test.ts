import { beforeAll, describe, expect, it } from '@jest/globals';
import type { ConnectionView } from '../../api/admin/connection-view.ts';
import { TASK_QUEUE, WORKFLOW_TYPES } from '../../workflows/contract.ts';
import { connectionFile } from '../fixtures/connection-file.ts';
import { createEdits } from '../fixtures/edits.ts';
import { createErpIngress, type ErpIngress } from '../fixtures/erp-ingress.ts';
import { setUpWorldWithApi } from '../fixtures/set-up-world.ts';
import { until } from '../fixtures/stops.ts';
import { createSupport } from '../fixtures/support.ts';

const ID = 'careful';
const TEMPLATE = '{legalEntity}:{accountNumber}';
const SCHEDULES = [
  [`master-sync/${ID}`, WORKFLOW_TYPES.syncMasterData],
  [`support-reconcile/${ID}`, WORKFLOW_TYPES.reconcileSupport],
] as const;

describe('a connection that must be reviewed', () => {
  const { world, api } = setUpWorldWithApi();
  const edits = createEdits(world);
  const support = createSupport(world);
  let erp: ErpIngress;
  let runToken: string;

  const file = (change: { sync?: object; annotation?: unknown } = {}) => ({
    ...connectionFile(world.sandbox, {
      id: ID,
      dynamics: { legalEntities: ['na', 'nb'] },
      sync: { contacts: false, externalId: TEMPLATE, ...change.sync },
      review: { first: 'ask', changes: 'ask', every: 'off' },
    }),
    ...('annotation' in change && { annotation: change.annotation }),
  });
  const apply = async (change: Parameters<typeof file>[0] = {}): Promise<ConnectionView> => {
    const { status, body } = await api.request('POST', '/api/connections', file(change));
    expect(status).toBe(200);
    return (body as { connection: ConnectionView }).connection;
  };
  const post = (path: string, body: object = {}) => api.request('POST', `/api/connections/${ID}/${path}`, body);
  /** Posts with a token that may start runs, but not give the go. */
  const postToRun = async (path: string) => {
    const response = await fetch(`${api.url}/api/connections/${ID}/${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${runToken}`, 'content-type': 'application/json' },
      body: '{}',
    });
    return { status: response.status, body: (await response.json()) as { runId: string } };
  };
  const items = async (path: string) => {
    const { body } = await api.request('GET', path);
    return (body as { items: Record<string, unknown>[] }).items;
  };
  const execute = (type: string, input: object) =>
    world.client.workflow.execute(type, { taskQueue: TASK_QUEUE, workflowId: `by-hand/${type}`, args: [input] });
  const sync = async (body: object = {}) => {
    const answer = await post('sync', body);
    expect(answer).toMatchObject({ status: 202 });
    return world.ended((answer.body as { runId: string }).runId);
  };
  const completed = async (type: string): Promise<number> =>
    (await world.client.workflow.count(`WorkflowType = '${type}' AND ExecutionStatus = 'Completed'`)).count;
  /** Starts what a schedule starts, and waits for its end. */
  const trigger = async ([scheduleId, type]: readonly [string, string]): Promise<void> => {
    const before = await completed(type);
    await world.client.schedule.getHandle(scheduleId).trigger();
    await until(`${scheduleId} has run`, async () => (await completed(type)) > before);
  };
  const sendEvent = async (legalEntity: string, key: string) => {
    expect(await erp.post(erp.event(legalEntity, key))).toMatchObject({ status: 202 });
    await erp.handled();
    return (await erp.events()).at(-1)?.outcome;
  };

  beforeAll(async () => {
    await edits.customer('na', 'A1', { OrganizationName: 'Alpine Ski House' });
    await edits.customer('nb', 'B1', { OrganizationName: 'Best For You' });
    expect(await apply()).toMatchObject({ state: 'active', go: [], noGo: { code: 'no_go' } });
    erp = await createErpIngress({ world, api, edits }, ID);
    const { body } = await api.request('POST', '/api/tokens', { scope: 'run' });
    runToken = (body as { token: string }).token;
    expect(await post('wire')).toMatchObject({ status: 200 });
  });

  it('writes nothing before its go: not by schedules, by hand, or for events', async () => {
    await support.clearJournal();
    for (const schedule of [...SCHEDULES, ...SCHEDULES]) await trigger(schedule);
    const refused = { code: 'no_go', message: expect.stringContaining(`ledgerdesk sync ${ID}`) };
    expect(await execute(WORKFLOW_TYPES.syncMasterData, { connectionId: ID })).toEqual(refused);
    const account = { connectionId: ID, legalEntity: 'na', kind: 'customer', accountNumber: 'A1' };
    expect(await execute(WORKFLOW_TYPES.syncAccount, account)).toEqual(refused);
    expect(await sendEvent('na', 'A1')).toBe('no_go');
    await support.tickets({ count: 1, organizationIds: [(await edits.addOrganization({ name: 'By hand' })).id] });
    await until('the event of the ticket has ended', async () =>
      (await items(`/api/connections/${ID}/events`)).some(
        ({ source, outcome }) => source === 'zendesk' && outcome === 'no_go',
      ),
    );
    expect(await support.writes()).toEqual({ dynamics: [], zendesk: [] });
    expect(await items(`/api/connections/${ID}/runs`)).toEqual([]);
  });

  it('answers who may not give the go with what to do', async () => {
    const refused = { error: { code: 'no_go', message: expect.stringContaining(`ledgerdesk preview ${ID}`) } };
    for (const path of ['sync', 'retry'])
      expect([path, await postToRun(path)]).toMatchObject([path, { status: 409, body: refused }]);
    expect(await post('retry')).toMatchObject({ status: 409, body: refused });
  });

  it('gets its go from a sync, for what the sync covers', async () => {
    expect(await sync({ legalEntity: 'na' })).toMatchObject({ status: 'completed', totals: { created: 1 } });
    const [audited] = await items(`/api/audit?connection=${ID}`);
    expect(audited).toMatchObject({ action: 'connection.sync', detail: 'go for na, all kinds' });
    expect((await api.request('GET', `/api/connections/${ID}`)).body).toMatchObject({
      go: [{ legalEntity: 'na', kind: '*', by: 'admin' }],
    });
    const { body } = await postToRun('sync');
    expect(await world.ended(body.runId)).toMatchObject({ status: 'completed', totals: { unchanged: 1, skipped: 1 } });
    expect(await edits.record(ID, 'B1')).toMatchObject({ state: 'skipped', code: 'no_go', zendeskId: null });
    expect([...(await edits.organizations('nb')).keys()]).toEqual([]);
    expect(await sendEvent('nb', 'B1')).toBe('no_go');
  });

  it('writes the rest, and what events report, after a sync of the whole', async () => {
    expect(await sync()).toMatchObject({ status: 'completed', totals: { created: 1, unchanged: 1 } });
    await edits.customer('nb', 'B1', { OrganizationName: 'Best For All' });
    expect(await sendEvent('nb', 'B1')).toBe('updated');
    expect((await edits.organization('nb:B1')).name).toBe('Best For All');
  });

  it('keeps a changed template waiting, and works with the former one until approval', async () => {
    const externalId = '{kind}:{legalEntity}:{accountNumber}';
    expect(await apply({ sync: { externalId } })).toMatchObject({
      externalId: TEMPLATE,
      revision: 1,
      pending: { revision: 2, settings: ['sync.externalId'], by: 'admin' },
    });
    await edits.customer('na', 'A2', { OrganizationName: 'Adventure Works' });
    expect(await sendEvent('na', 'A2')).toBe('created');
    expect((await edits.organization('na:A2')).name).toBe('Adventure Works');
    const { totals, notes } = await world.sync(ID);
    expect(totals).toMatchObject({ read: 3, unchanged: 3 });
    expect(notes).toEqual([{ code: 'settings_pending', message: expect.stringContaining(`ledgerdesk preview ${ID}`) }]);
    expect(await apply()).not.toHaveProperty('pending');
    expect((await world.sync(ID)).notes).toEqual([]);
  });

  it('takes effect under the new template once the revision is activated, without a create', async () => {
    const externalId = '{kind}:{legalEntity}:{accountNumber}';
    expect(await apply({ sync: { externalId } })).toMatchObject({ pending: { revision: 3 } });
    expect(await world.store.revisions.activate(ID, 3)).toBe(true);
    expect((await world.sync(ID)).totals).toMatchObject({ created: 0, updated: 3 });
    expect((await edits.organization('customer:na:A1')).name).toBe('Alpine Ski House');
  });

  it('switches the annotation off at once, and on only after approval', async () => {
    const sync = { externalId: '{kind}:{legalEntity}:{accountNumber}' };
    const { id } = await edits.organization('customer:na:A1');
    expect(await apply({ sync, annotation: { customers: false } })).toMatchObject({
      settings: { annotation: { customers: false, vendors: { field: 'Notes' } } },
    });
    await support.clearJournal();
    await support.tickets({ count: 1, organizationIds: [id] });
    const listed = () => items(`/api/connections/${ID}/support`);
    await until('the load is computed', async () => (await listed()).some(({ open }) => open === 1));
    expect(await listed()).toMatchObject([{ key: 'A1', written: null, problem: { code: 'annotation_off' } }]);
    await support.reconcile(ID);
    expect((await support.writes()).dynamics).toEqual([]);
    expect(await support.memo('na', 'A1')).toBe('');
    const { body } = await post('ping');
    const names = (body as { checks: { name: string }[] }).checks.map(({ name }) => name);
    expect(names).toContain('dynamics.customers');
    expect(names).not.toContain('dynamics.annotation.customers');
    expect(await apply({ sync })).toMatchObject({
      settings: { annotation: { customers: false } },
      pending: { settings: ['annotation.customers'] },
    });
  });
});
