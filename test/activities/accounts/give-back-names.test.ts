import { describe, expect, it } from '@jest/globals';
import { pollJobs } from '../../../activities/sync/jobs/poll-jobs.ts';
import { recordJobs } from '../../../activities/sync/jobs/record-jobs.ts';
import { submitJobs } from '../../../activities/sync/jobs/submit-jobs.ts';
import { planChanges } from '../../../activities/sync/plan-changes.ts';
import { readAgain } from '../../../activities/sync/read-again.ts';
import { resolveRefusals } from '../../../activities/sync/resolve-refusals.ts';
import { useStepTests } from '../../fixtures/step-context.ts';
import type { TestRun } from '../../fixtures/test-run.ts';

const UPDATE = { path: 'organizations/update_many' };

const at = useStepTests();

const same = (run: TestRun) => ({ name: `${run.legalEntity} Same` });
const giveBack = (run: TestRun) => readAgain(run.context, { ...run.slice(), incompleteEntities: [] });

/** Begins a run of two customers of one name, which are in Zendesk: A1 with the plain name, A2 with a suffix. */
async function sharing(): Promise<TestRun> {
  const before = await at.begin();
  await at.write(before, before.customer('A1', same(before)));
  const second = await at.next(before);
  await at.write(second, second.customer('A2', same(second)));
  expect(await reserved(second)).toEqual(['Same', 'Same (A2)']);
  return at.next(second);
}

/** Writes what is planned in the slice of customers. */
async function write(run: TestRun): Promise<void> {
  await planChanges(run.context, { ...run.slice(), after: '' });
  await submitJobs(run.context, run.slice());
  await at.waitForJobs();
  await pollJobs(run.context, run.slice());
  await recordJobs(run.context, run.slice());
}

async function reserved({ connectionId, legalEntity }: TestRun): Promise<(string | null)[]> {
  const rows = await at.query<{ name: string | null }>(
    'select name from records where connection_id = $1 order by key',
    connectionId,
  );
  return rows.map(({ name }) => name?.replace(`${legalEntity} `, '') ?? null);
}

async function namesInZendesk({ legalEntity }: TestRun): Promise<string[]> {
  const organizations = await at.listZendesk<{ name: string; external_id: string | null }>('organizations');
  const own = organizations.filter(({ external_id: id }) => id?.startsWith(`${legalEntity}:`) === true);
  return own.map(({ name }) => name.replace(`${legalEntity} `, '')).sort();
}

describe('a name with a suffix', () => {
  it('is given back within the run that renames the account with the plain name', async () => {
    const run = await sharing();
    const other = run.customer('A1', { name: `${run.legalEntity} Other` });
    await at.plan(run, other, run.customer('A2', same(run)));
    await write(run);
    expect(await giveBack(run)).toEqual({ records: 1 });
    // A worker that was killed before the answer runs the step again.
    expect(await giveBack(run)).toEqual({ records: 1 });
    await write(run);
    expect(await giveBack(run)).toEqual({ records: 0 });
    expect(await namesInZendesk(run)).toEqual(['Other', 'Same']);
    expect(await at.staged(run)).toMatchObject({ A1: { outcome: 'updated' }, A2: { outcome: 'updated' } });
  });

  it('stays within a run that applies a plan, because the second change was not approved', async () => {
    const run = await sharing();
    await at.plan(run, run.customer('A1', { name: `${run.legalEntity} Other` }), run.customer('A2', same(run)));
    await write(run);
    await at.query(
      `insert into plans (plan_id, connection_id, run_id, revision, why, status, hash, summary, expires_at, apply_run_id)
       values ($1, $2, $1, 1, '{asked}', 'approved', 'hash', '{}', now(), $1)`,
      run.runId,
      run.connectionId,
    );
    expect(await giveBack(run)).toEqual({ records: 0 });
    const next = await at.next(run);
    await at.plan(next, next.customer('A2', same(next)));
    expect(await reserved(next)).toEqual(['Other', 'Same']);
  });

  it('stays while the account with the plain name is only missing in F&O, or only in Zendesk', async () => {
    const run = await sharing();
    const key = [run.connectionId, 'A1'] as const;
    await at.query('update records set present = false, absences = 2 where connection_id = $1 and key = $2', ...key);
    await at.plan(run, run.customer('A2', same(run)));
    expect(await reserved(run)).toEqual(['Same', 'Same (A2)']);

    const next = await at.next(run);
    await at.query(
      'update records set present = true, absences = 0, zendesk_id = null where connection_id = $1 and key = $2',
      ...key,
    );
    await at.query(
      'delete from organizations where connection_id = $1 and name_key like $2',
      run.connectionId,
      '%same',
    );
    await at.plan(next, next.customer('A2', same(next)));
    expect(await reserved(next)).toEqual(['Same', 'Same (A2)']);
  });

  it('is given back when the account with the plain name is gone from F&O and from Zendesk', async () => {
    const run = await sharing();
    await at.query(
      `update records set present = false, absences = 2, zendesk_id = null where connection_id = $1 and key = 'A1'`,
      run.connectionId,
    );
    await at.query(
      'delete from organizations where connection_id = $1 and name_key like $2',
      run.connectionId,
      '%same',
    );
    await at.plan(run, run.customer('A2', same(run)));
    expect(await reserved(run)).toEqual([null, 'Same']);
  });

  it('stays after Zendesk has refused the plain name for no visible reason, until a full run', async () => {
    const run = await sharing();
    await at.plan(run, run.customer('A1', { name: `${run.legalEntity} Other` }), run.customer('A2', same(run)));
    await write(run);
    expect(await giveBack(run)).toEqual({ records: 1 });
    await at.addFault(UPDATE, { kind: 'fail-rows', rows: [0], details: 'Name: has already been taken' }, 3);
    for (let round = 0; round < 3; round += 1) {
      await write(run);
      await resolveRefusals(run.context, { ...run.slice(), incompleteEntities: [] });
    }
    await at.sandbox.control('DELETE', '/faults');
    await write(run);
    expect(await reserved(run)).toEqual(['Other', 'Same (A2)']);
    expect(await giveBack(run)).toEqual({ records: 0 });

    const next = await at.next(run);
    await at.plan(next, next.customer('A2', same(next)));
    expect(await reserved(next)).toEqual(['Other', 'Same (A2)']);
    expect(await at.staged(next)).toMatchObject({ A2: { outcome: 'unchanged' } });

    const full = await at.next(next);
    await at.query('update runs set full_comparison = true where run_id = $1', full.runId);
    await at.plan(full, full.customer('A2', same(full)));
    expect(await reserved(full)).toEqual(['Other', 'Same']);
  });
});

describe('external ids that were swapped in Zendesk', () => {
  it('are stored with the organizations among which a person has to choose', async () => {
    const before = await at.begin();
    await at.write(before, before.customer('A1'), before.customer('A2'));
    const run = await at.next(before);
    const { connectionId, legalEntity } = run;
    await at.query(
      `update organizations set external_id = swapped, external_id_key = lower(swapped) from
        (select zendesk_id as id, case when external_id like '%A1' then $2 else $3 end as swapped from organizations
         where connection_id = $1) s where connection_id = $1 and zendesk_id = s.id`,
      connectionId,
      `${legalEntity}:A2`,
      `${legalEntity}:A1`,
    );
    await at.plan(run, run.customer('A1'), run.customer('A2'));
    const rows = await at.query<{ code: string; candidates: readonly object[] }>(
      'select code, candidates from records where connection_id = $1 order by key',
      connectionId,
    );
    const candidate = (own: string, other: string) => ({
      ...{ name: `${legalEntity} ${own}`, externalId: `${legalEntity}:${other}` },
      linkedTo: `${legalEntity}/customer/${own}`,
    });
    expect(rows).toMatchObject([
      { code: 'external_id_contested', candidates: [candidate('A2', 'A1'), candidate('A1', 'A2')] },
      { code: 'external_id_contested', candidates: [candidate('A1', 'A2'), candidate('A2', 'A1')] },
    ]);
  });
});
