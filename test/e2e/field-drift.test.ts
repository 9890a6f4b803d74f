import { beforeAll, describe, expect, it } from '@jest/globals';
import { WORKFLOW_TYPES, TASK_QUEUE, type PingResult } from '../../workflows/contract.ts';
import { createEdits, readingOnly } from '../fixtures/edits.ts';
import type { World } from '../fixtures/world.ts';
import { setUpWorld } from '../fixtures/set-up-world.ts';

const KEYS = ['A1', 'A2', 'A3', 'A4'] as const;

/** Changes of the field `erp_city` in Zendesk, with the code of the note that reports each. */
const DRIFTS = [
  { title: 'is deleted', code: 'field_recreated', drift: deleteField },
  { title: 'becomes an integer field', code: 'field_type_differs', drift: retype({ type: 'integer' }) },
  {
    title: 'becomes a drop-down field',
    code: 'field_type_differs',
    drift: retype({ type: 'dropdown', custom_field_options: [{ name: 'Oslo', value: 'oslo' }] }),
  },
  { title: 'is deactivated', code: 'field_inactive', drift: deactivate },
] as const;

function api(world: World, request: string, body?: unknown): Promise<Response> {
  const [method, path] = request.split(' ');
  const headers = { authorization: `Bearer ${world.sandbox.zendeskToken}`, 'content-type': 'application/json' };
  const json = body === undefined ? {} : { body: JSON.stringify(body) };
  return fetch(`${world.sandbox.zendesk}/api/v2/${path}`, { method: method ?? 'GET', headers, ...json });
}

async function deleteField(world: World): Promise<void> {
  await api(world, 'DELETE organization_fields/erp_city');
}

function retype(definition: object): (world: World) => Promise<void> {
  return async (world) => {
    await deleteField(world);
    const field = { key: 'erp_city', title: 'ERP city', ...definition };
    await api(world, 'POST organization_fields', { organization_field: field });
  };
}

async function deactivate(world: World): Promise<void> {
  await api(world, 'PUT organization_fields/erp_city', { organization_field: { active: false } });
}

describe.each(DRIFTS)('a field in Zendesk that $title', ({ code, drift }) => {
  const world = setUpWorld({ limits: 'sandbox' });
  const edits = createEdits(world);

  beforeAll(async () => {
    const settings = { incrementalPerMinute: 1_000, organizationUpdatesPerMinute: 100 };
    await world.sandbox.control('PATCH', '/settings/zendesk', settings);
    for (const key of KEYS)
      await edits.customer('fd', key, { OrganizationName: `Field Drift ${key}`, AddressCity: 'Bergen' });
    await world.connect('drift', readingOnly(['fd']));
    expect(await world.sync('drift')).toMatchObject({ status: 'completed', totals: { created: 4 } });
    await drift(world);
  });

  const writes = async (): Promise<readonly string[]> =>
    (await edits.journal('zendesk'))
      .filter(({ method, path }) => method !== 'GET' && !path.includes('_fields'))
      .map(({ method, path }) => `${method} ${path}`);

  it('is named by ping, with what to do', async () => {
    const result = (await world.client.workflow.execute(WORKFLOW_TYPES.pingConnection, {
      taskQueue: TASK_QUEUE,
      workflowId: 'ping/drift/1',
      args: [{ connectionId: 'drift' }],
    })) as PingResult;
    const check = result.checks.find(({ name }) => name === 'zendesk.fields');
    expect(check).toMatchObject({ status: 'warn', detail: expect.stringContaining('erp_city') });
    expect(check?.fix).toContain('erp_city');
    expect(result.ok).toBe(true);
  });

  it('is found by the next run that writes; the other fields are written, and no record is rejected', async () => {
    for (const key of KEYS.slice(0, 3))
      await edits.customer('fd', key, { AddressCity: 'Oslo', AddressCountryRegionId: 'NOR' });
    const run = await world.sync('drift');
    expect(run).toMatchObject({ status: 'completed', totals: { read: 4, rejected: 0 } });
    expect(run.notes.filter((note) => note.code === code)).toEqual([
      { code, message: expect.stringContaining('erp_city') },
    ]);
    for (const key of KEYS.slice(0, 3))
      expect((await edits.organization(`fd:${key}`)).organization_fields).toMatchObject({ erp_country: 'NOR' });
  });

  it('costs nothing afterwards: three unchanged runs write nothing', async () => {
    await world.sandbox.control('DELETE', '/journal');
    for (let run = 0; run < 3; run += 1)
      expect(await world.sync('drift')).toMatchObject({ status: 'completed', totals: { read: 4, unchanged: 4 } });
    expect(await writes()).toEqual([]);
  });

  it('is filled on every account once it is as it should be', async () => {
    if (code === 'field_inactive')
      await api(world, 'PUT organization_fields/erp_city', { organization_field: { active: true } });
    else if (code === 'field_type_differs') await deleteField(world);
    if (code !== 'field_recreated') await world.sync('drift');
    const cities = await Promise.all(
      KEYS.map(async (key) => (await edits.organization(`fd:${key}`)).organization_fields['erp_city']),
    );
    expect(cities).toEqual(['Oslo', 'Oslo', 'Oslo', 'Bergen']);
    await world.sandbox.control('DELETE', '/journal');
    expect(await world.sync('drift')).toMatchObject({ totals: { read: 4, unchanged: 4 } });
    expect(await writes()).toEqual([]);
  });
});

describe('a field that another app has taken before the first sync, with another type', () => {
  const world = setUpWorld({ seed: 'distributor', limits: 'sandbox' });

  beforeAll(async () => {
    const field = { key: 'erp_account_number', title: 'Account number of another app', type: 'integer' };
    await api(world, 'POST organization_fields', { organization_field: field });
    await world.connect('taken', (settings) => ({
      ...settings,
      dynamics: { ...settings.dynamics, legalEntities: ['frrt'] },
    }));
  });

  it('is left out, with a note that names it, and all accounts are written without it', async () => {
    const run = await world.sync('taken');
    expect(run.status).toBe('completed');
    expect(run.totals.created + run.totals.adopted).toBeGreaterThan(10);
    const refused = (await world.store.records.list('taken', { code: 'zendesk_refused' })).items;
    expect(refused).toEqual([]);
    expect(run.notes).toEqual([
      { code: 'field_type_differs', message: expect.stringContaining('"erp_account_number"') },
    ]);
  });
});
