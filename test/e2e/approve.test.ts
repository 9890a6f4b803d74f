import { beforeAll, describe, expect, it } from '@jest/globals';
import type { Plan } from '../../store/review/plans.ts';
import type { RunReport } from '../../store/sync/run-reports.ts';
import type { ApiResponse } from '../fixtures/api-process.ts';
import { createEdits } from '../fixtures/edits.ts';
import { writesOf } from '../fixtures/previews.ts';
import { setUpWorldWithApi } from '../fixtures/set-up-world.ts';

const { world, api } = setUpWorldWithApi({ seed: 'distributor' });

async function post(path: string, body: object = {}): Promise<ApiResponse & { body: Record<string, unknown> }> {
  return (await api.request('POST', `/api/${path}`, body)) as ApiResponse & { body: Record<string, unknown> };
}

async function preview(id: string): Promise<Plan> {
  const { status, body } = await post(`connections/${id}/plans`);
  expect(status).toBe(202);
  await world.ended(body['runId'] as string);
  return (await api.request('GET', `/api/plans/${String(body['planId'])}`)).body as Plan;
}

async function approve({ planId, hash }: Plan, more: object = {}): Promise<RunReport> {
  const { status, body } = await post(`plans/${planId}/approve`, { hash, ...more });
  expect({ status, body }).toMatchObject({ status: 202 });
  return world.ended(body['runId'] as string);
}

beforeAll(async () => {
  await world.connect('contoso', (settings) => ({ ...settings, sync: { ...settings.sync, contacts: true } }));
});

describe('an approved plan', () => {
  const codes = async (code: string) =>
    (await world.store.records.list('contoso', { code })).items.map(({ key }) => key);
  let plan: Plan;
  let customersOnly: RunReport;
  let userWrites: readonly string[];
  let pilot: RunReport;
  let rest: Plan;
  let run: RunReport;
  let skipped: readonly string[];

  beforeAll(async () => {
    plan = await preview('contoso');
    await world.sandbox.control('DELETE', '/journal');
    pilot = await approve(plan, { only: { pilot: 4 } });
    const second = await preview('contoso');
    customersOnly = await approve(second, { only: { kinds: ['customer'] } });
    userWrites = (await writesOf(world)).filter(
      (line) => line.includes('/users/update') || line.includes('users/create'),
    );
    rest = await preview('contoso');
  });

  it('is refused by another hash, and returns the same run when it is approved again', async () => {
    const wrong = await post(`plans/${rest.planId}/approve`, { hash: 'f'.repeat(64) });
    expect(wrong).toMatchObject({ status: 409, body: { error: { code: 'hash_differs' } } });
    const again = await post(`plans/${plan.planId}/approve`, { hash: plan.hash });
    expect(again).toMatchObject({ status: 202, body: { runId: pilot.runId } });
  });

  it('writes a pilot of the first accounts only', () => {
    const { created, updated, adopted } = pilot.totals;
    const organizations = pilot.phases.filter(({ kind }) => kind !== 'contact');
    const written = organizations.reduce((sum, phase) => sum + phase.created + phase.updated + phase.adopted, 0);
    expect(written).toBe(4);
    expect(created + updated + adopted).toBeGreaterThanOrEqual(4);
    expect(pilot.totals.read).toBe(plan.totals.read);
  });

  it('writes only the kinds that were approved', () => {
    const others = customersOnly.phases.filter(({ kind }) => kind !== 'customer');
    for (const { created, updated, adopted } of others) expect([created, updated, adopted]).toEqual([0, 0, 0]);
    expect(customersOnly.totals.created).toBeGreaterThan(20);
    expect(userWrites.length).toBeLessThanOrEqual(2);
  });

  it('leaves what has changed since the plan was made', async () => {
    const edits = createEdits(world);
    const { items } = await world.store.plans.changes(rest.planId, { kind: 'vendor', operation: 'create' });
    const edited = items.slice(0, 3);
    expect(edited).toHaveLength(3);
    for (const { legalEntity, key } of edited)
      await edits.vendor(legalEntity, key, { VendorOrganizationName: `Renamed ${key} Ltd` });
    run = await approve(rest);
    skipped = await codes('not_in_plan');
    expect(skipped.filter((key) => edited.some((change) => change.key === key)).sort()).toEqual(
      edited.map(({ key }) => key).sort(),
    );
    const { totals } = rest;
    expect(run.totals.created).toBeLessThanOrEqual(totals.create - 3);
    expect(run.totals.created).toBeGreaterThan(totals.create - 10);
    expect(await world.store.plans.get(rest.planId)).toMatchObject({ status: 'applied', applyRunId: run.runId });
    expect((await world.store.plans.changes(rest.planId, {})).total).toBe(0);
  });

  it('is followed by an ordinary run that writes the rest', async () => {
    const after = await world.sync('contoso');
    expect(after).toMatchObject({ status: 'completed' });
    expect(await codes('not_in_plan')).toEqual([]);
    const unchanged = await preview('contoso');
    expect(unchanged.totals).toMatchObject({ create: 0, update: 0, adopt: 0 });
  });
});
