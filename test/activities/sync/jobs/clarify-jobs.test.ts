import { describe, expect, it } from '@jest/globals';
import { clarifyJobs } from '../../../../activities/sync/jobs/clarify-jobs.ts';
import { submitJobs } from '../../../../activities/sync/jobs/submit-jobs.ts';
import { useStepTests } from '../../../fixtures/step-context.ts';
import type { TestRun } from '../../../fixtures/test-run.ts';

const CREATE = { path: 'organizations/create_many' };
const AT_WORK = { kind: 'stick-job', seconds: 100_000 };

const at = useStepTests();

const clarify = (run: TestRun) => clarifyJobs(run.context, run.slice());

/** Begins a run whose job got no response. `when`: `after` its effect or `before` it. */
async function unsure(when: 'before' | 'after'): Promise<TestRun> {
  const run = await at.begin();
  await at.plan(run, run.customer('A1'));
  await at.addFault(CREATE, { kind: 'cut', when });
  await submitJobs(run.context, run.slice());
  return run;
}

/** Starts a job of another app in Zendesk, which also runs during the following tests. */
async function startForeignJob(): Promise<void> {
  await at.addFault(CREATE, AT_WORK);
  const name = `Other app ${String(foreign++)}`;
  await at.callZendesk('POST', 'organizations/create_many', { organizations: [{ name }] });
}
let foreign = 0;

describe('clarifying a job without a response', () => {
  it('sends no request if there is no such job', async () => {
    const run = await at.begin();
    const { result, operations } = await at.observe(() => clarify(run));
    expect(result).toEqual({ waiting: 0 });
    expect(operations).toEqual([]);
  });

  it('records the organizations that the job has created', async () => {
    const run = await unsure('after');
    await at.waitForJobs();
    const { result, operations } = await at.observe(() => clarify(run));
    expect(result).toEqual({ waiting: 0 });
    expect(operations).toEqual(['job_statuses.list', 'organizations.show_many']);
    expect(await at.staged(run)).toMatchObject({ A1: { outcome: 'created', state: 'done' } });
    expect(await at.store.jobs.list(run.slice(), ['unsure'])).toEqual([]);
  });

  it('plans the rows again if nothing was created', async () => {
    const run = await unsure('before');
    expect(await clarify(run)).toEqual({ waiting: 0 });
    expect(await at.staged(run)).toMatchObject({ A1: { outcome: null, state: 'planned', round: 1 } });
  });

  it('includes a job of an interrupted attempt', async () => {
    const run = await at.begin();
    await at.plan(run, run.customer('A1'));
    await at.store.jobs.next(run.connectionId, { ...run.slice(), target: 'organization' });
    expect(await clarify(run)).toEqual({ waiting: 0 });
    expect(await at.staged(run)).toMatchObject({ A1: { state: 'planned', round: 1 } });
  });

  it('does not wait for known jobs of Ledgerdesk', async () => {
    const run = await unsure('before');
    await at.query(`update jobs set state = 'recorded' where run_id <> $1`, run.runId);
    const other = await at.begin();
    await at.plan(other, other.customer('A1'));
    await at.addFault(CREATE, AT_WORK);
    await submitJobs(other.context, other.slice());
    await at.query('update jobs set connection_id = $1 where run_id = $2', run.connectionId, other.runId);
    expect(await clarify(run)).toEqual({ waiting: 0 });
  });
});

describe('an unknown job in Zendesk', () => {
  it('is waited for, since it may be the job without a response', async () => {
    const run = await unsure('before');
    await startForeignJob();
    const { result, operations } = await at.observe(() => clarify(run));
    expect(result.waiting).toBeGreaterThan(0);
    expect(operations).toEqual(['job_statuses.list']);
    expect(await at.staged(run)).toMatchObject({ A1: { state: 'submitted' } });
    expect(await at.store.jobs.list(run.slice(), ['unsure'])).toHaveLength(1);
  });

  it('is waited for at most a minute', async () => {
    const run = await unsure('before');
    await startForeignJob();
    await at.query(`update jobs set submitted_at = now() - interval '59 s' where run_id = $1`, run.runId);
    expect((await clarify(run)).waiting).toBeGreaterThan(0);
    await at.query(`update jobs set submitted_at = now() - interval '61 s' where run_id = $1`, run.runId);
    expect(await clarify(run)).toEqual({ waiting: 0 });
    expect(await at.staged(run)).toMatchObject({ A1: { state: 'planned', round: 1 } });
  });
});
