import { describe, expect, it } from '@jest/globals';
import { planChanges } from '../../../activities/sync/plan-changes.ts';
import { resolveRefusals } from '../../../activities/sync/resolve-refusals.ts';
import { useStepTests } from '../../fixtures/step-context.ts';
import type { ErpRecord } from '../../../domain/sync/record.ts';
import type { TestRun } from '../../fixtures/test-run.ts';

const FIELDS = 'organization_fields.list';
const SHOW = 'organizations.show_many';
const SEARCH = 'organizations.search';

const at = useStepTests();

const resolve = (run: TestRun, incompleteEntities: string[] = []) =>
  resolveRefusals(run.context, { ...run.slice(), incompleteEntities });
const planAnew = (run: TestRun) => planChanges(run.context, { ...run.slice(), after: '' });
const add = (input: object) => at.sandbox.control<{ id: number }>('POST', '/state/zendesk/organizations', input);

/**
 * Begins a run with the create of a customer that Zendesk has refused `round` times. `added`: an organization that an
 * agent added before.
 */
async function refusedCreate(round: number, added?: (run: TestRun) => object): Promise<{ run: TestRun; id: string }> {
  const run = await at.begin();
  await at.plan(run, run.customer('A1'));
  const { id } = added === undefined ? { id: 0 } : await add(added(run));
  await refuse(run, round);
  return { run, id: String(id) };
}

async function refuse(run: TestRun, round: number): Promise<void> {
  await at.query(
    `update staged_records set operation_state = 'refused', refusal = 'Name has already been taken', round = $2
     where run_id = $1`,
    run.runId,
    round,
  );
}

/** Returns the external id and name that are planned for the customer A1. */
async function planned(run: TestRun): Promise<object | undefined> {
  const [row] = await at.query<object>('select external_id, name from staged_records where run_id = $1', run.runId);
  return row;
}

describe('resolving a create that Zendesk refused', () => {
  it('looks up the owner of the external id and the name, and plans the account again', async () => {
    const { run } = await refusedCreate(0);
    const { result, operations } = await at.observe(() => resolve(run));
    expect(result).toEqual({ left: 0, planned: 1, fieldsChanged: false });
    expect(operations).toEqual([FIELDS, SHOW, SEARCH]);
    expect(await at.staged(run)).toMatchObject({ A1: { state: null, operation: null, round: 1 } });
  });

  it('tries the name once more if no organization has it', async () => {
    const { run } = await refusedCreate(1);
    await resolve(run);
    await planAnew(run);
    expect(await at.staged(run)).toMatchObject({ A1: { operation: 'create' } });
    expect(await planned(run)).toMatchObject({ name: `${run.legalEntity} A1` });
  });

  it('adopts an organization with its name that an agent has added', async () => {
    const { run, id } = await refusedCreate(0, ({ legalEntity }) => ({ name: `${legalEntity} A1` }));
    await resolve(run);
    await planAnew(run);
    expect(await at.staged(run)).toMatchObject({ A1: { operation: 'adopt', zendeskId: id } });
  });

  it('finds the name ambiguous for all accounts that share it, and guesses for none', async () => {
    const run = await at.begin();
    const name = `${run.legalEntity} Shared`;
    await at.plan(run, ...(['A1', 'A2', 'A3'].map((key) => run.customer(key, { name })) as [ErpRecord]));
    expect(await at.staged(run)).toMatchObject({ A1: { operation: 'create' }, A2: { operation: null } });
    await add({ name });
    await at.query(
      `update staged_records set operation_state = 'refused', refusal = 'taken' where run_id = $1 and key = 'A1'`,
      run.runId,
    );
    await resolve(run);
    expect(await planAnew(run)).toEqual({ unfinished: 0, next: null });
    expect(await at.staged(run)).toMatchObject({
      ...{ A1: { outcome: 'rejected' }, A2: { outcome: 'rejected' }, A3: { outcome: 'rejected' } },
    });
    const { items } = await at.store.records.list(run.connectionId, { code: 'name_ambiguous' });
    expect(items).toHaveLength(3);
  });

  it('does not adopt before all legal entities could be read', async () => {
    const { run } = await refusedCreate(0, ({ legalEntity }) => ({ name: `${legalEntity} A1` }));
    await resolve(run, ['frrt']);
    await planAnew(run);
    expect(await at.staged(run)).toMatchObject({ A1: { outcome: 'rejected' } });
    const { items } = await at.store.records.list(run.connectionId, {});
    expect(items).toMatchObject([{ code: 'waiting_for_entity' }]);
  });

  it('updates the organization that has its external id', async () => {
    const { run, id } = await refusedCreate(0, ({ legalEntity }) => ({
      ...{ name: `${legalEntity} Added`, external_id: `${legalEntity}:A1` },
    }));
    await resolve(run);
    await planAnew(run);
    expect(await at.staged(run)).toMatchObject({ A1: { operation: 'update', zendeskId: id } });
  });

  it('uses another name if an organization of another app has its name', async () => {
    const { run } = await refusedCreate(1, ({ legalEntity }) => ({ name: `${legalEntity} A1`, external_id: 'crm' }));
    await resolve(run);
    await planAnew(run);
    expect(await at.staged(run)).toMatchObject({ A1: { operation: 'create' } });
    expect(await planned(run)).toMatchObject({ name: `${run.legalEntity} A1 (A1)` });
  });

  it('uses another name after the third refusal, even if no organization has its name', async () => {
    const { run } = await refusedCreate(2);
    await resolve(run);
    await planAnew(run);
    expect(await planned(run)).toMatchObject({ name: `${run.legalEntity} A1 (A1)` });
  });
});

describe('resolving an update that Zendesk refused', () => {
  /** Begins a run with a refused update. Returns the id of the organization. */
  async function refusedUpdate(): Promise<{ run: TestRun; id: string }> {
    const before = await at.begin();
    await at.write(before, before.customer('A1'));
    const run = await at.next(before);
    await at.plan(run, run.customer('A1', { name: `${run.legalEntity} Renamed` }));
    const id = (await at.staged(run))['A1']?.zendeskId ?? '';
    await refuse(run, 1);
    return { run, id };
  }

  it('also reads the organization by its id, and updates it', async () => {
    const { run, id } = await refusedUpdate();
    expect((await at.observe(() => resolve(run))).operations).toEqual([FIELDS, SHOW, SHOW, SEARCH]);
    await planAnew(run);
    expect(await at.staged(run)).toMatchObject({ A1: { operation: 'update', zendeskId: id } });
    expect(await planned(run)).toMatchObject({ name: `${run.legalEntity} Renamed` });
  });

  it('keeps the name if the organization itself already has it', async () => {
    const { run, id } = await refusedUpdate();
    const name = `${run.legalEntity} Renamed`;
    await at.sandbox.control('PATCH', `/state/zendesk/organizations/${id}`, { name });
    await resolve(run);
    await planAnew(run);
    expect(await at.query('select name from records where connection_id = $1', run.connectionId)).toEqual([{ name }]);
  });

  it('creates the organization if it was deleted', async () => {
    const { run, id } = await refusedUpdate();
    await at.sandbox.control('DELETE', `/state/zendesk/organizations/${id}`);
    await resolve(run);
    await planAnew(run);
    expect(await at.staged(run)).toMatchObject({ A1: { operation: 'create', zendeskId: null } });
  });
});
