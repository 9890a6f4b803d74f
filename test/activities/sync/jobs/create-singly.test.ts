import { describe, expect, it } from '@jest/globals';
import { submitJobs } from '../../../../activities/sync/jobs/submit-jobs.ts';
import { useStepTests } from '../../../fixtures/step-context.ts';
import type { TestRun } from '../../../fixtures/test-run.ts';

const CREATE_ONE = { method: 'POST', path: '/users$' };
const CREATE_MANY = 'users.create_many';

const at = useStepTests();

const submit = (run: TestRun) => submitJobs(run.context, run.slice('contact'));
const notes = async ({ runId }: TestRun) => (await at.store.reports.get(runId))?.notes;
const users = async (run: TestRun) => {
  const all = await at.listZendesk<{ external_id: string | null }>('users');
  return all.flatMap(({ external_id: id }) => (id?.startsWith(`${run.legalEntity}:`) === true ? [id] : [])).sort();
};

/** Begins a run that creates these contacts of a customer, in a Zendesk that forbids to create users in bulk. */
async function runWith(...keys: [string, ...string[]]): Promise<TestRun> {
  await at.sandbox.control('PATCH', '/settings/zendesk', { bulkUserImport: false });
  const run = await at.begin();
  await at.write(run, run.customer('A1'));
  const [first, ...others] = keys;
  await at.plan(run, run.contact(first), ...others.map((key) => run.contact(key)));
  return run;
}

describe('users that Zendesk forbids to create in bulk', () => {
  it('are created singly, and the run has a note', async () => {
    const run = await runWith('K1', 'K2');
    const { result, operations } = await at.observe(() => submit(run));
    expect(result).toEqual({ open: 0, left: false, unsure: false, more: false });
    expect(operations).toEqual([CREATE_MANY, 'users.create', 'users.create']);
    expect(await at.staged(run)).toMatchObject({ K1: { outcome: 'created' }, K2: { outcome: 'created' } });
    expect(await users(run)).toEqual([`${run.legalEntity}:K1`, `${run.legalEntity}:K2`]);
    expect(await notes(run)).toMatchObject([{ code: 'bulk_user_import_off' }]);
    expect(await at.store.jobs.list(run.slice('contact'), ['recorded'])).toHaveLength(1);
  });

  it('add no note to a run that created none of them', async () => {
    const run = await runWith('K1', 'K2');
    const body = { error: 'RecordInvalid', description: 'Record validation errors', details: {} };
    await at.addFault(CREATE_ONE, { kind: 'status', status: 422, body }, 2);
    await submit(run);
    expect(await at.staged(run)).toMatchObject({ K1: { state: 'refused' }, K2: { state: 'refused' } });
    expect(await notes(run)).toEqual([]);
  });

  it('are not sent in bulk again in the same run', async () => {
    const run = await runWith('K1');
    await submit(run);
    await at.plan(run, run.contact('K2'));
    expect((await at.observe(() => submit(run))).operations).toEqual(['users.create']);
  });

  it('are sent in bulk again in another run', async () => {
    const before = await runWith('K1');
    await submit(before);
    const run = await at.next(before);
    await at.plan(run, run.contact('K2'));
    expect((await at.observe(() => submit(run))).operations).toEqual([CREATE_MANY, 'users.create']);
  });

  it('are marked as refused if Zendesk refuses them, and the others are created', async () => {
    const run = await runWith('K1', 'K2', 'K3');
    const body = { error: 'RecordInvalid', description: 'Email is not allowed here' };
    await at.addFault(CREATE_ONE, { kind: 'status', status: 422, body });
    expect(await submit(run)).toMatchObject({ left: false, unsure: false });
    expect(await at.staged(run)).toMatchObject({
      K1: { state: 'refused', refusal: 'Email is not allowed here' },
      K2: { outcome: 'created' },
      K3: { outcome: 'created' },
    });
  });

  it('leave their job unsure if a response is lost', async () => {
    const run = await runWith('K1', 'K2', 'K3');
    await at.addFault({ ...CREATE_ONE, path: '/users$' }, { kind: 'cut', when: 'after' });
    const { result, operations } = await at.observe(() => submit(run));
    expect(result).toMatchObject({ left: true, unsure: true });
    expect(operations).toEqual([CREATE_MANY, 'users.create']);
    expect(await at.staged(run)).toMatchObject({ K1: { state: 'submitted' }, K3: { state: 'submitted' } });
    expect(await at.store.jobs.list(run.slice('contact'), ['unsure'])).toHaveLength(1);
  });

  it('are planned again after a rate limit, except those that are already created', async () => {
    const run = await runWith('K1', 'K2', 'K3');
    const fault = { system: 'zendesk', match: CREATE_ONE, skip: 1, action: { kind: 'status', status: 429 } };
    await at.sandbox.control('POST', '/faults', fault);
    await expect(submit(run)).rejects.toMatchObject({ kind: 'limited' });
    expect(await at.staged(run)).toMatchObject({
      K1: { outcome: 'created' },
      K2: { outcome: null, state: 'planned', round: 0 },
      K3: { outcome: null, state: 'planned' },
    });
  });

  it('are created in at most three jobs per step', async () => {
    const run = await runWith('K1', 'K2', 'K3', 'K4');
    await at.query('update staged_records set splits = 2 where run_id = $1', run.runId);
    const { result, operations } = await at.observe(() => submit(run));
    expect(result).toEqual({ open: 0, left: true, unsure: false, more: true });
    expect(operations.filter((operation) => operation === 'users.create')).toHaveLength(3);
    expect(await at.staged(run)).toMatchObject({ K4: { outcome: null, state: 'planned' } });
  });

  it('get a remark if Zendesk has ignored a value', async () => {
    const run = await runWith('K1');
    await at.callZendesk('DELETE', 'user_fields/erp_contact_id');
    await submit(run);
    await at.callZendesk('POST', 'user_fields', { user_field: { key: 'erp_contact_id', title: 'Contact' } });
    const { items } = await at.store.records.list(run.connectionId, { kind: 'contact' });
    expect(items).toMatchObject([{ key: 'K1', state: 'created', code: 'field_ignored' }]);
  });

  it('are completed later if they belong to several organizations', async () => {
    await at.sandbox.control('PATCH', '/settings/zendesk', { bulkUserImport: false });
    const run = await at.begin();
    await at.write(run, run.customer('A1'), run.customer('A2', { party: 'P-A1' }));
    await at.plan(run, run.contact('K1'));
    await submit(run);
    expect(await at.staged(run)).toMatchObject({ K1: { outcome: null, state: 'incomplete' } });
  });

  it('fail if the account may not create users at all', async () => {
    const run = await runWith('K1');
    await at.addFault(CREATE_ONE, { kind: 'status', status: 403 });
    await expect(submit(run)).rejects.toMatchObject({ kind: 'forbidden' });
    expect(await at.staged(run)).toMatchObject({ K1: { state: 'planned' } });
  });
});

describe('updates of users', () => {
  it('fail if Zendesk forbids them, since updates are never sent singly', async () => {
    const before = await at.begin();
    await at.write(before, before.customer('A1'));
    await at.write(before, before.contact('K1'));
    const run = await at.next(before);
    await at.plan(run, run.contact('K1', { name: 'Another name' }));
    await at.addFault({ path: 'users/update_many' }, { kind: 'status', status: 403 });
    await expect(submit(run)).rejects.toMatchObject({ kind: 'forbidden' });
    expect(await notes(run)).toEqual([]);
  });
});
