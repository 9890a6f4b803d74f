import { describe, expect, it } from '@jest/globals';
import { pollJobs } from '../../../../activities/sync/jobs/poll-jobs.ts';
import { recordJobs } from '../../../../activities/sync/jobs/record-jobs.ts';
import { submitJobs } from '../../../../activities/sync/jobs/submit-jobs.ts';
import { useStepTests } from '../../../fixtures/step-context.ts';
import type { TestRun } from '../../../fixtures/test-run.ts';

const CREATE = { path: 'organizations/create_many' };
const UPDATE = { path: 'organizations/update_many' };

const at = useStepTests();

const record = (run: TestRun) => recordJobs(run.context, run.slice());

/** Begins a run of two customers whose job has ended. `action`: a fault of the job. */
async function created(action?: object): Promise<TestRun> {
  const run = await at.begin();
  await at.plan(run, run.customer('A1'), run.customer('A2'));
  if (action !== undefined) await at.addFault(CREATE, action);
  await endJobs(run);
  return run;
}

/** Begins a run that renames two customers in separate jobs, which have ended. */
async function renamed(): Promise<TestRun> {
  const before = await at.begin();
  await at.write(before, before.customer('A1'), before.customer('A2'));
  const run = await at.next(before);
  await at.plan(
    run,
    run.customer('A1', { name: `${run.legalEntity} Renamed 1` }),
    run.customer('A2', { name: `${run.legalEntity} Renamed 2` }),
  );
  await at.query('update staged_records set splits = 2 where run_id = $1', run.runId);
  await endJobs(run);
  return run;
}

/** Begins a run that changes the city of one customer. */
async function moved(): Promise<TestRun> {
  const before = await at.begin();
  await at.write(before, before.customer('A1'));
  const run = await at.next(before);
  const customer = run.customer('A1');
  await at.plan(run, { ...customer, values: { ...customer.values, AddressCity: 'Oslo' } });
  return run;
}

async function endJobs(run: TestRun): Promise<void> {
  await submitJobs(run.context, run.slice());
  await at.waitForJobs();
  await pollJobs(run.context, run.slice());
}

describe('recording the results of ended jobs', () => {
  it('does nothing if no job has ended', async () => {
    const run = await at.begin();
    const { result, operations } = await at.observe(() => record(run));
    expect([result, operations]).toEqual([{ recorded: 0 }, []]);
  });

  it('reads created organizations by external id, and links their accounts', async () => {
    const run = await created();
    const { result, operations, entries } = await at.observe(() => record(run));
    expect([result, operations]).toEqual([{ recorded: 1 }, ['organizations.show_many']]);
    expect(decodeURIComponent(entries[0]?.query ?? '')).toBe(
      `external_ids=${run.legalEntity}:A1,${run.legalEntity}:A2`,
    );
    expect(await at.staged(run)).toMatchObject({ A1: { outcome: 'created' }, A2: { outcome: 'created' } });
    const { items } = await at.store.records.list(run.connectionId, {});
    expect(items.map(({ state, zendeskId }) => [state, typeof zendeskId])).toEqual([
      ['created', 'string'],
      ['created', 'string'],
    ]);
    expect(await record(run)).toEqual({ recorded: 0 });
  });

  it('stores the message of Zendesk for refused rows, and the others are created', async () => {
    const run = await created({ kind: 'fail-rows', rows: [1], details: 'Name: A2 has already been taken' });
    await record(run);
    expect(await at.staged(run)).toMatchObject({
      A1: { outcome: 'created' },
      A2: { outcome: null, state: 'refused', refusal: 'Name: A2 has already been taken' },
    });
  });

  it('plans the rows of a failed job again', async () => {
    const run = await created({ kind: 'fail-job' });
    expect(await record(run)).toEqual({ recorded: 1 });
    expect(await at.staged(run)).toMatchObject({
      A1: { state: 'planned', round: 1 },
      A2: { state: 'planned', round: 1 },
    });
  });

  it('plans the rows of a lost job again, except those whose organizations exist', async () => {
    const run = await created({ kind: 'fail-rows', rows: [0] });
    await at.query(`update jobs set state = 'lost', results = null where run_id = $1`, run.runId);
    await record(run);
    expect(await at.staged(run)).toMatchObject({ A1: { state: 'planned', round: 1 }, A2: { outcome: 'created' } });
  });

  it('rejects rows that were sent five times without a result, and no others', async () => {
    const run = await created({ kind: 'fail-job' });
    await at.query(
      `update staged_records set round = case key when 'A1' then 4 else 5 end where run_id = $1`,
      run.runId,
    );
    await record(run);
    expect(await at.staged(run)).toMatchObject({
      A1: { outcome: null, state: 'planned', round: 5 },
      A2: { outcome: 'rejected', state: 'done', round: 5 },
    });
    const { items } = await at.store.records.list(run.connectionId, { state: 'rejected' });
    expect(items).toMatchObject([{ key: 'A2', code: 'zendesk_refused' }]);
    expect(items[0]?.message).toContain('bulk job');
  });

  it('does not reject a row that Zendesk has refused after many rounds', async () => {
    const run = await created({ kind: 'fail-rows', rows: [1], details: 'No' });
    await at.query('update staged_records set round = 9 where run_id = $1', run.runId);
    await record(run);
    expect(await at.staged(run)).toMatchObject({ A1: { outcome: 'created' }, A2: { state: 'refused', refusal: 'No' } });
  });

  it('closes a job without a request if all its rows have been read again', async () => {
    const run = await created();
    const rows = [run.customer('A1'), run.customer('A2')];
    await at.store.staging.addRecords({ ...run, target: 'organization' }, rows, await at.store.staging.now());
    const { result, operations } = await at.observe(() => record(run));
    expect([result, operations]).toEqual([{ recorded: 1 }, []]);
    expect(await at.store.jobs.list(run.slice(), ['recorded'])).toHaveLength(1);
    expect(await at.staged(run)).toMatchObject({ A1: { state: null, round: 0 }, A2: { state: null } });
  });
});

describe('recording the results of ended updates', () => {
  it('uses the items of the jobs if there are several, without a request', async () => {
    const run = await renamed();
    const { result, operations } = await at.observe(() => record(run));
    expect([result, operations]).toEqual([{ recorded: 2 }, []]);
    expect(await at.staged(run)).toMatchObject({ A1: { outcome: 'updated' }, A2: { outcome: 'updated' } });
  });

  it('reads the organizations again if there is only one job', async () => {
    const run = await moved();
    await at.addFault(UPDATE, { kind: 'fail-rows', rows: [0], details: 'Not now' });
    await endJobs(run);
    const { operations } = await at.observe(() => record(run));
    expect(operations).toEqual(['organizations.show_many']);
    expect(await at.staged(run)).toMatchObject({ A1: { state: 'refused', refusal: 'Not now' } });
  });

  it('adds a remark about ignored values, and marks the check of the fields as due', async () => {
    const run = await moved();
    await at.callZendesk('DELETE', 'organization_fields/erp_city');
    await endJobs(run);
    await record(run);
    await at.callZendesk('POST', 'organization_fields', { organization_field: { key: 'erp_city', title: 'City' } });
    expect(await at.staged(run)).toMatchObject({ A1: { outcome: 'unchanged' } });
    const { items } = await at.store.records.list(run.connectionId, {});
    expect(items).toMatchObject([{ key: 'A1', code: 'field_ignored' }]);
    expect((await at.store.fieldChecks.get(run.connectionId, 'organization'))?.needed).toBe('');
  });

  it('plans the rows of a failed job again, except those that have the values', async () => {
    const run = await renamed();
    const [organization] = (await at.listZendesk<{ id: number; external_id: string }>('organizations')).filter(
      ({ external_id: externalId }) => externalId === `${run.legalEntity}:A1`,
    );
    await at.sandbox.control('PATCH', `/state/zendesk/organizations/${organization?.id ?? 0}`, { name: 'Other' });
    await at.query(`update jobs set results = null where run_id = $1`, run.runId);
    const { operations } = await at.observe(() => record(run));
    expect(operations).toEqual(['organizations.show_many', 'organizations.show_many']);
    expect(await at.staged(run)).toMatchObject({ A1: { state: 'planned', round: 1 }, A2: { outcome: 'updated' } });
  });
});
