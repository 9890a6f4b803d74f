import { beforeAll, describe, expect, it } from '@jest/globals';
import type { EntitySpec } from '../../domain/entity-spec.ts';
import { createEdits, readingOnly } from '../fixtures/edits.ts';
import { until } from '../fixtures/stops.ts';
import { setUpWorld } from '../fixtures/set-up-world.ts';

/** Branches of customers, in an entity set with its own key, names and a numeric member of an extension. */
const BRANCH: EntitySpec = {
  kind: 'branch',
  target: 'organization',
  entitySet: 'ContactPersons',
  key: 'ContactPersonId',
  order: ['dataAreaId', 'ContactPersonId'],
  members: { name: [{ join: ['ContactPersonName'] }], party: 'ContactPersonPartyNumber' },
  mapping: {
    fields: [
      { key: 'erp_branch', title: 'ERP branch', type: 'text', source: { template: '{legalEntity}/{key}' } },
      { key: 'erp_head_count', title: 'ERP head count', type: 'text', source: { from: 'ABCHeadCount' } },
    ],
    attributes: {},
    tags: ['erp_branch'],
  },
  externalId: '{legalEntity}:branch:{accountNumber}',
  dependsOn: ['customer'],
  events: { members: ['BranchId'] },
};

const TITLE_FIELD = {
  key: 'erp_branch_title',
  title: 'ERP branch title',
  type: 'text',
  source: { from: 'ProfessionalTitle' },
} as const;

describe('a third entity, by its specification alone', () => {
  const world = setUpWorld();
  const edits = createEdits(world);

  beforeAll(async () => {
    const field = { entitySet: 'ContactPersons', name: 'ABCHeadCount', type: 'Edm.Int32' };
    await world.sandbox.control('POST', '/state/dynamics/fields', field);
    await edits.customer('te', 'C1', { OrganizationName: 'Contoso Retail', AddressCity: 'Bergen' });
    for (const [key, name, heads] of [
      ['B1', 'Contoso Retail North', 12],
      ['B2', 'Contoso Retail South', 7],
    ] as const)
      await branch(key, { ContactPersonName: name, ABCHeadCount: heads, ProfessionalTitle: `Branch ${key}` });
    await connect([BRANCH]);
  });

  const branch = (key: string, values: object) =>
    world.sandbox.control('PUT', `/state/dynamics/contacts/te/${key}`, values);
  const connect = (entities: readonly EntitySpec[]) =>
    world.connect('thirds', (settings) => ({ ...readingOnly(['te'])(settings), entities }));
  const writes = async (): Promise<number> =>
    (await edits.journal('zendesk')).filter(({ method, path }) => method !== 'GET' && !path.includes('_fields')).length;

  it('is read, reserved, written and counted in phases of its own', async () => {
    const run = await world.sync('thirds');
    expect(run).toMatchObject({ status: 'completed', totals: { read: 3, created: 3 } });
    expect(run.phases.map(({ kind, read, created }) => ({ kind, read, created }))).toEqual([
      { kind: 'branch', read: 2, created: 2 },
      { kind: 'customer', read: 1, created: 1 },
    ]);
    expect(await edits.organization('te:branch:B1')).toMatchObject({
      name: 'Contoso Retail North',
      tags: ['erp_branch'],
      organization_fields: expect.objectContaining({ erp_branch: 'te/B1', erp_head_count: '12' }),
    });
  });

  it('is listed with its kind and its outcome', async () => {
    const { items } = await world.store.records.list('thirds', { kind: 'branch' });
    expect(items.map(({ key, externalId, state }) => ({ key, externalId, state }))).toEqual([
      { key: 'B1', externalId: 'te:branch:B1', state: 'created' },
      { key: 'B2', externalId: 'te:branch:B2', state: 'created' },
    ]);
  });

  it('costs nothing when nothing has changed, and one update when a number has', async () => {
    await world.sandbox.control('DELETE', '/journal');
    expect(await world.sync('thirds')).toMatchObject({ totals: { read: 3, unchanged: 3 }, requests: { zendesk: 2 } });
    expect(await writes()).toBe(0);
    await branch('B2', { ABCHeadCount: 8 });
    expect(await world.sync('thirds')).toMatchObject({ totals: { read: 3, updated: 1, unchanged: 2 } });
    const { organization_fields: fields } = await edits.organization('te:branch:B2');
    expect(fields).toMatchObject({ erp_head_count: '8' });
  });

  it('gets another field through another line of its specification: the next run creates and fills it, and the one after writes nothing', async () => {
    const fields = [...BRANCH.mapping.fields, TITLE_FIELD];
    await connect([{ ...BRANCH, mapping: { ...BRANCH.mapping, fields } }]);
    expect(await world.sync('thirds')).toMatchObject({ status: 'completed', totals: { updated: 2, unchanged: 1 } });
    for (const key of ['B1', 'B2'])
      expect((await edits.organization(`te:branch:${key}`)).organization_fields).toMatchObject({
        erp_branch_title: `Branch ${key}`,
      });
    await world.sandbox.control('DELETE', '/journal');
    expect(await world.sync('thirds')).toMatchObject({ totals: { read: 3, updated: 0, unchanged: 3 } });
    expect(await writes()).toBe(0);
  });

  it('has its open jobs recorded when its run is cancelled', async () => {
    await world.sandbox.control('PATCH', '/settings/zendesk', { jobDelayMs: 4_000 });
    await branch('B3', { ContactPersonName: 'Contoso Retail West', ABCHeadCount: 3 });
    const runId = await world.start({ connectionId: 'thirds' });
    await until('the branch is being created', async () =>
      (await edits.journal('zendesk')).some(({ path }) => path.endsWith('/organizations/create_many')),
    );
    await world.client.workflow.getHandle('master-sync/thirds').cancel();
    expect(await world.ended(runId)).toMatchObject({ status: 'cancelled' });
    const [record] = (await world.store.records.list('thirds', { kind: 'branch' })).items.filter(
      ({ key }) => key === 'B3',
    );
    expect(record).toMatchObject({
      state: 'created',
      zendeskId: String((await edits.organization('te:branch:B3')).id),
    });
    await world.sandbox.control('PATCH', '/settings/zendesk', { jobDelayMs: 300 });
    expect(await world.sync('thirds')).toMatchObject({ totals: { read: 4, unchanged: 4 } });
  });
});
