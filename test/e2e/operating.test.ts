import { afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { legalEntitySyncId } from '../../workflows/ids.ts';
import { ADMIN_TOKEN } from '../fixtures/api-process.ts';
import { createErpIngress } from '../fixtures/erp-ingress.ts';
import { readPageCommands, type PageCommands } from '../fixtures/page-commands.ts';
import { createPeople } from '../fixtures/people.ts';
import { until } from '../fixtures/stops.ts';
import { readWaits } from '../fixtures/waits.ts';
import { connectionFile } from '../fixtures/connection-file.ts';
import { setUpWorldWithApi } from '../fixtures/set-up-world.ts';

describe('the commands of docs/operating.md', () => {
  const { world, api } = setUpWorldWithApi();
  const people = createPeople(world);
  let page: PageCommands;

  beforeAll(async () => {
    page = await readPageCommands('operating.md', world);
    for (const number of ['US-001', 'US-002']) await people.account('usmf', number);
    await people.account('frrt', 'FR-001');
    await people.contact('usmf', '000001', { account: 'US-001', name: 'Ada Lane', email: 'ada@example.com' });
    const file = connectionFile(world.sandbox, { id: 'contoso', dynamics: { legalEntities: ['usmf', 'frrt'] } });
    expect(await api.request('POST', '/api/connections', file)).toMatchObject({ status: 200 });
    expect(await world.sync('contoso')).toMatchObject({ status: 'completed', totals: { read: 4, created: 4 } });
  });
  afterEach(async () => {
    await world.sandbox.control('DELETE', '/faults');
    await world.sandbox.control('PATCH', '/settings/dynamics', { deniedEntitySets: [] });
  });

  const run = (heading: string, { nth = 0, workflowId = '' } = {}): Promise<string> => {
    const server = { LEDGERDESK_URL: api.url, LEDGERDESK_ADMIN_TOKEN: ADMIN_TOKEN };
    return page.run(heading, { nth, variables: { WORKFLOW_ID: workflowId, ...server } });
  };
  const runs = async () => (await world.store.reports.list('contoso', undefined)).items;
  const runOf = async (workflowId: string) => {
    const report = (await runs()).find((each) => each.workflowId === workflowId);
    if (report === undefined) throw new Error(`There is no run of ${workflowId}.`);
    return world.ended(report.runId);
  };
  const begun = (workflowId: string) =>
    until(`${workflowId} has begun`, async () => (await runs()).some((each) => each.workflowId === workflowId));
  const move = (city: string) => people.edits.customer('usmf', 'US-001', { AddressCity: city });
  const cityInZendesk = async () => (await people.edits.organization('usmf:US-001')).organization_fields['erp_city'];
  const holdDynamics = (times: number | null) =>
    world.sandbox.control('POST', '/faults', {
      ...{ system: 'dynamics', match: { path: 'CustomersV3' }, times },
      action: { kind: 'status', status: 429, retryAfter: 600 },
    });
  const waits = async (workflowId: string) => {
    const report = await readWaits(world.client, workflowId).catch(() => undefined);
    return report?.waits.at(-1)?.state === 'waiting';
  };

  it('resync a connection', async () => {
    await move('Renton');
    await run('A connection');
    await begun('resync-contoso');
    expect(await runOf('resync-contoso')).toMatchObject({
      status: 'completed',
      totals: { read: 4, updated: 1, unchanged: 3 },
    });
    expect(await cityInZendesk()).toBe('Renton');
  });

  it('compare a whole connection', async () => {
    const { id } = await people.edits.organization('usmf:US-002');
    await people.edits.editOrganization(id, { organization_fields: { erp_currency: 'XXX' } });
    await run('A connection', { nth: 1 });
    await begun('resync-contoso-full');
    expect(await runOf('resync-contoso-full')).toMatchObject({ status: 'completed', totals: { read: 4 } });
    expect((await people.edits.organization('usmf:US-002')).organization_fields['erp_currency']).not.toBe('XXX');
  });

  it('resync a legal entity', async () => {
    await run('A legal entity');
    await begun('resync-contoso-usmf');
    const { status, phases } = await runOf('resync-contoso-usmf');
    expect(status).toBe('completed');
    expect(new Set(phases.map(({ legalEntity }) => legalEntity))).toEqual(new Set(['usmf']));
  });

  it('resync one account and one contact, and wait for the result', async () => {
    await move('Tacoma');
    await people.contact('usmf', '000001', { phone: '+1 206 555 0100' });
    expect(await run('One account')).toContain('"updated":1');
    expect(await cityInZendesk()).toBe('Tacoma');
    expect(await run('One contact')).toContain('"updated":1');
    expect((await people.user('usmf:000001')).phone).toContain('0100');
  });

  it('write the annotations', async () => {
    expect(await run('The annotations')).toContain('"tickets":0');
  });

  it('start workflows that are found by connection and legal entity, as if the api had started them', async () => {
    const found = async (query: string): Promise<Set<string>> => {
      const ids = new Set<string>();
      for await (const { workflowId } of world.client.workflow.list({ query })) ids.add(workflowId);
      return ids;
    };
    const account = 'account-sync/contoso/usmf/customer/US-001';
    const ofEntity = ['resync-contoso-usmf', account, 'account-sync/contoso/usmf/contact/000001'];
    const ofConnection = ['resync-contoso', 'resync-contoso-full', 'support-reconcile/contoso', ...ofEntity];
    await until('those of the connection are found', async () => {
      const ids = await found('LedgerdeskConnection = "contoso"');
      return ofConnection.every((id) => ids.has(id));
    });
    await until('those of the legal entity are found', async () => {
      const ids = await found('LedgerdeskConnection = "contoso" AND LedgerdeskLegalEntity = "usmf"');
      return ofEntity.every((id) => ids.has(id)) && !ids.has('resync-contoso');
    });
  });

  it('pause, resume, show and trigger a schedule', async () => {
    const describe = () => world.client.schedule.getHandle('master-sync/contoso').describe();
    await run('Pause');
    expect((await describe()).state).toMatchObject({ paused: true, note: 'Stocktaking until Monday' });
    await run('Resume');
    expect((await describe()).state).toMatchObject({ paused: false, note: 'Stocktaking is over' });
    expect(await run('Look at it')).toContain('master-sync/contoso');
    const scheduled = async () =>
      (await runs()).filter(({ workflowId }) => workflowId.startsWith('master-sync/contoso-'));
    expect(await scheduled()).toEqual([]);
    await run('Run now');
    await until('the schedule has run', async () => (await scheduled()).some(({ status }) => status === 'completed'));
  });

  it('find what waits, and end its wait', async () => {
    await holdDynamics(1);
    const runId = await world.start({ connectionId: 'contoso' });
    const at = { connectionId: 'contoso', runId, stage: 'read' };
    const [usmf, frrt] = [
      legalEntitySyncId({ ...at, legalEntity: 'usmf' }),
      legalEntitySyncId({ ...at, legalEntity: 'frrt' }),
    ];
    await until('both wait', async () => (await waits(usmf)) && (await waits(frrt)));
    let listed = '';
    await until('the search shows them', async () => {
      listed = await run('Find it');
      return listed.includes(usmf) && listed.includes(frrt);
    });
    for (const workflowId of [usmf, frrt]) await run('End a wait early', { workflowId });
    expect(await world.ended(runId)).toMatchObject({ status: 'completed', totals: { read: 4 } });
    expect((await readWaits(world.client, usmf)).waits[0]).toMatchObject({
      summary: expect.stringMatching(/^Dynamics 365 asked us to wait: \d+ s$/),
      state: 'ended early',
    });
  });

  it('cancel a run, which ends in order and releases everything', async () => {
    await holdDynamics(null);
    const runId = await world.start({ connectionId: 'contoso' });
    const workflowId = legalEntitySyncId({ connectionId: 'contoso', runId, stage: 'read', legalEntity: 'usmf' });
    await until('it waits', () => waits(workflowId));
    await run('Cancel', { workflowId: 'master-sync/contoso' });
    expect(await world.ended(runId)).toMatchObject({ status: 'cancelled' });
    expect(await world.store.runs.listRunning('contoso')).toEqual([]);
    await world.sandbox.control('DELETE', '/faults');
    await world.store.gates.endWait({ connectionId: 'contoso', system: 'dynamics', buckets: ['account'] });
    expect(await world.sync('contoso')).toMatchObject({ status: 'completed', totals: { read: 4, unchanged: 4 } });
  });

  it('reset an event that failed, so that it has its effect', async () => {
    await move('Everett');
    await world.sandbox.control('PATCH', '/settings/dynamics', { deniedEntitySets: ['CustomersV3'] });
    const ingress = await createErpIngress({ world, api, edits: people.edits }, 'contoso');
    expect(await ingress.post(ingress.event('usmf', 'US-001'))).toMatchObject({ status: 202 });
    await ingress.handled();
    const [event] = await ingress.events();
    expect(event).toMatchObject({ verdict: 'accepted', outcome: 'missing_privilege' });
    await world.sandbox.control('PATCH', '/settings/dynamics', { deniedEntitySets: [] });
    await run('Reset it', { workflowId: event?.workflowId ?? '' });
    await until('the event has its effect', async () => (await ingress.events())[0]?.outcome === 'updated');
    expect(await cityInZendesk()).toBe('Everett');
  });

  it('show a history, which needs no decoding where the keys are generated', async () => {
    expect(await run('Look at a history', { workflowId: 'resync-contoso' })).toContain(
      'input[0].connectionId: contoso',
    );
  });

  it('were all run', () => {
    expect(page.untried()).toEqual([]);
  });
});
