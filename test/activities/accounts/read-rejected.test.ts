import { describe, expect, it } from '@jest/globals';
import { readRejectedAgain } from '../../../activities/accounts/read-rejected.ts';
import { openTarget } from '../../../activities/sync/open-slice.ts';
import { nameAmbiguous } from '../../../domain/sync/rejection.ts';
import { useStepTests } from '../../fixtures/step-context.ts';
import type { TestRun } from '../../fixtures/test-run.ts';

const SHOW = 'organizations.show_many';
const at = useStepTests();

const add = (input: object) => at.sandbox.control<{ id: number }>('POST', '/state/zendesk/organizations', input);
const edit = (id: number, input: object) => at.sandbox.control('PATCH', `/state/zendesk/organizations/${id}`, input);
const known = (run: TestRun) =>
  at.query<object>(
    'select zendesk_id, external_id, name from organizations where connection_id = $1 order by 1',
    run.connectionId,
  );

/** Begins a run with an account that the last run has rejected, because a known organization has its name. */
async function rejectedBefore(): Promise<{ run: TestRun; id: number }> {
  const before = await at.begin();
  const name = `${before.legalEntity} A1`;
  const { id } = await add({ name });
  const mapped = { fields: [], tags: [] };
  const items = [
    { id: String(id), name, externalId: null, fields: {}, tags: [], updatedAt: '2026-01-01T00:00:00Z', deleted: false },
  ];
  const askedAt = await at.store.staging.now();
  await at.store.changes.record(before.ref, { organizations: { seen: { items, askedAt, mapped } } });
  await at.plan(before, before.customer('A1'));
  const remark = nameAmbiguous(name, { organizations: 1, accounts: 2 });
  await at.store.planning.save(before, {
    outcomes: [{ ...before.customer('A1'), outcome: 'rejected', remark }],
    operations: [],
  });
  const run = await at.next(before);
  await at.store.staging.addRecords(
    { runId: run.runId, target: 'organization' },
    [run.customer('A1'), run.customer('A2')],
    await at.store.staging.now(),
  );
  return { run, id };
}

async function readAgain(run: TestRun, asked: boolean) {
  const target = await openTarget(at.store, run, 'organization');
  return at.observe(() => readRejectedAgain(run.context, run.ref, { target, asked }));
}

describe('reading what a rejected account could belong to', () => {
  it('finds the external id that a person has set a moment ago', async () => {
    const { run, id } = await rejectedBefore();
    await edit(id, { external_id: `${run.legalEntity}:A1` });
    expect((await readAgain(run, false)).operations).toEqual([SHOW, SHOW]);
    expect(await known(run)).toMatchObject([{ zendesk_id: String(id), external_id: `${run.legalEntity}:A1` }]);
  });

  it('finds the external id on an organization that was not known', async () => {
    const { run, id } = await rejectedBefore();
    const other = await add({ name: `${run.legalEntity} Other`, external_id: `${run.legalEntity}:A1` });
    await readAgain(run, false);
    expect((await known(run)).length).toBe(2);
    expect(await known(run)).toMatchObject([{ zendesk_id: String(id) }, { zendesk_id: String(other.id) }]);
  });

  it('forgets an organization that was deleted, and learns its new name', async () => {
    const renamed = await rejectedBefore();
    await edit(renamed.id, { name: 'Renamed' });
    await readAgain(renamed.run, false);
    expect(await known(renamed.run)).toMatchObject([{ name: 'Renamed' }]);
    const deleted = await rejectedBefore();
    await at.sandbox.control('DELETE', `/state/zendesk/organizations/${deleted.id}`);
    await readAgain(deleted.run, false);
    expect(await known(deleted.run)).toEqual([]);
  });

  it('sends no request for a whole run unless a person has asked to retry', async () => {
    const { run } = await rejectedBefore();
    expect((await readAgain(run, true)).operations).toEqual([]);
    await at.store.records.allowRetry(run.connectionId, { keys: [], kinds: ['customer'] });
    expect((await readAgain(run, true)).operations).toEqual([SHOW, SHOW]);
  });

  it('sends no request if no account was rejected', async () => {
    const run = await at.begin();
    await at.plan(run, run.customer('A1'));
    expect((await readAgain(run, false)).operations).toEqual([]);
  });
});
