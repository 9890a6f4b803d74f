import { describe, expect, it } from '@jest/globals';
import { pollJobs } from '../../../../activities/sync/jobs/poll-jobs.ts';
import { submitJobs } from '../../../../activities/sync/jobs/submit-jobs.ts';
import type { Job } from '../../../../store/sync/jobs.ts';
import { useStepTests } from '../../../fixtures/step-context.ts';
import { until } from '../../../fixtures/stops.ts';
import type { TestRun } from '../../../fixtures/test-run.ts';

const CREATE = { path: 'organizations/create_many' };
const UPDATE = { path: 'organizations/update_many' };
const AT_WORK = { kind: 'stick-job', seconds: 100_000 };

const at = useStepTests();

const poll = (run: TestRun) => pollJobs(run.context, run.slice());

async function jobOf(run: TestRun): Promise<Job> {
  const [job] = await at.store.jobs.list(run.slice(), ['open', 'finished', 'lost', 'recorded']);
  if (job === undefined) throw new Error('There is no job.');
  return job;
}

/** Makes the jobs of a run look as if they had been submitted, and had last changed, some seconds ago. */
async function age(run: TestRun, seconds: number): Promise<void> {
  await at.query(
    `update jobs set submitted_at = now() - $2 * interval '1 s', changed_at = now() - $2 * interval '1 s' where run_id = $1`,
    run.runId,
    seconds,
  );
}

/** Begins a run with an open job that creates a customer. `action`: a fault of the job. */
async function creating(action?: object): Promise<TestRun> {
  const run = await at.begin();
  await at.plan(run, run.customer('A1'));
  if (action !== undefined) await at.addFault(CREATE, action);
  await submitJobs(run.context, run.slice());
  if (action === undefined) await at.waitForJobs();
  return run;
}

/** Begins a run with an open job that renames a customer. `action`: a fault of the job. */
async function renaming(action?: object): Promise<TestRun> {
  const before = await at.begin();
  await at.write(before, before.customer('A1'));
  const run = await at.next(before);
  await at.plan(run, run.customer('A1', { name: `${run.legalEntity} Renamed` }));
  if (action !== undefined) await at.addFault(UPDATE, action);
  await submitJobs(run.context, run.slice());
  await at.waitForJobs();
  return run;
}

describe('polling open jobs', () => {
  it('sends no request if there are none', async () => {
    const run = await at.begin();
    const { result, operations } = await at.observe(() => poll(run));
    expect(result).toEqual({ open: 0, ended: 0 });
    expect(operations).toEqual([]);
  });

  it('stores the items of a job that has ended', async () => {
    const run = await creating();
    const { result, operations } = await at.observe(() => poll(run));
    expect(result).toEqual({ open: 0, ended: 1 });
    expect(operations).toEqual(['job_statuses.show_many']);
    const { state, status, results, shownAt } = await jobOf(run);
    expect({ state, status, results, shownAt }).toEqual({
      ...{ state: 'finished', status: 'completed', shownAt: expect.any(String) },
      results: [expect.objectContaining({ ok: true, index: null })],
    });
  });

  it('counts a job that has failed as a whole as ended, without items', async () => {
    const run = await creating({ kind: 'fail-job' });
    await at.waitForJobs();
    expect(await poll(run)).toEqual({ open: 0, ended: 1 });
    expect(await jobOf(run)).toMatchObject({ state: 'finished', status: 'failed', results: null });
  });

  it('keeps a running job open', async () => {
    const run = await creating(AT_WORK);
    expect(await poll(run)).toEqual({ open: 1, ended: 0 });
    const { status, state } = await jobOf(run);
    expect([['queued', 'working'].includes(status ?? ''), state]).toEqual([true, 'open']);
  });

  it('counts a job as lost that is still running after 15 minutes', async () => {
    const run = await creating(AT_WORK);
    await until('the job works', async () => {
      await poll(run);
      return (await jobOf(run)).status === 'working';
    });
    await age(run, 899);
    expect(await poll(run)).toEqual({ open: 1, ended: 0 });
    await age(run, 901);
    expect(await poll(run)).toEqual({ open: 0, ended: 1 });
    expect(await jobOf(run)).toMatchObject({ state: 'lost' });
  });

  it('waits an hour for a job that is still queued', async () => {
    await at.sandbox.control('PATCH', '/settings/zendesk', { jobQueueSeconds: 100_000 });
    const run = await at.begin();
    await at.plan(run, run.customer('A1'));
    await submitJobs(run.context, run.slice());
    await age(run, 3_590);
    expect(await poll(run)).toEqual({ open: 1, ended: 0 });
    expect(await jobOf(run)).toMatchObject({ status: 'queued', state: 'open' });
    await age(run, 3_601);
    expect(await poll(run)).toEqual({ open: 0, ended: 1 });
    expect(await jobOf(run)).toMatchObject({ state: 'lost' });
  });

  it('counts a job that has ended as finished after any time', async () => {
    const run = await creating();
    await at.query(`update jobs set submitted_at = now() - interval '1 day' where run_id = $1`, run.runId);
    expect(await poll(run)).toEqual({ open: 0, ended: 1 });
    expect(await jobOf(run)).toMatchObject({ state: 'finished' });
  });

  it('resets the misses of a job when Zendesk shows it', async () => {
    const run = await creating(AT_WORK);
    await at.query('update jobs set misses = 2 where run_id = $1', run.runId);
    await age(run, 63);
    expect(await poll(run)).toEqual({ open: 1, ended: 0 });
    expect(await jobOf(run)).toMatchObject({ state: 'open', misses: 0 });
  });

  it('reads all jobs of the slice in one request', async () => {
    const run = await at.begin();
    await at.plan(run, run.customer('A1'), run.customer('A2'));
    await at.query('update staged_records set splits = 2 where run_id = $1', run.runId);
    await at.addFault(CREATE, { kind: 'fail-job' });
    await submitJobs(run.context, run.slice());
    await at.waitForJobs();
    const { result, operations } = await at.observe(() => poll(run));
    expect(operations).toEqual(['job_statuses.show_many']);
    expect(result).toEqual({ open: 0, ended: 2 });
  });
});

describe('the only update of a slice', () => {
  it('is recorded without reading its job if the organization has the sent values', async () => {
    const run = await renaming();
    const { result, operations } = await at.observe(() => poll(run));
    expect(result).toEqual({ open: 0, ended: 0 });
    expect(operations).toEqual(['organizations.show_many']);
    expect(await at.staged(run)).toMatchObject({ A1: { outcome: 'updated', state: 'done' } });
    expect(await jobOf(run)).toMatchObject({ state: 'recorded' });
  });

  it('is polled if the organization does not have these values', async () => {
    const run = await renaming({ kind: 'fail-rows', rows: [0], details: 'No' });
    const { result, operations } = await at.observe(() => poll(run));
    expect(result).toEqual({ open: 0, ended: 1 });
    expect(operations).toEqual(['organizations.show_many', 'job_statuses.show_many']);
    expect(await at.staged(run)).toMatchObject({ A1: { outcome: null, state: 'submitted' } });
  });

  it('is not read again if Zendesk has shown its job as running', async () => {
    const run = await renaming();
    await at.query(`update jobs set job_status = 'working' where run_id = $1`, run.runId);
    expect((await at.observe(() => poll(run))).operations).toEqual(['job_statuses.show_many']);
  });

  it('is not read again if Zendesk has not shown its job', async () => {
    const run = await renaming();
    await at.query('update jobs set misses = 2 where run_id = $1', run.runId);
    await age(run, 63);
    expect((await at.observe(() => poll(run))).operations).toEqual(['job_statuses.show_many']);
  });

  it('is not read if it is one of several', async () => {
    const before = await at.begin();
    await at.write(before, before.customer('A1'), before.customer('A2'));
    const run = await at.next(before);
    await at.plan(
      run,
      run.customer('A1', { name: `${run.legalEntity} Renamed 1` }),
      run.customer('A2', { name: `${run.legalEntity} Renamed 2` }),
    );
    await at.query('update staged_records set splits = 2 where run_id = $1', run.runId);
    await submitJobs(run.context, run.slice());
    await at.waitForJobs();
    const { result, operations } = await at.observe(() => poll(run));
    expect(result).toEqual({ open: 0, ended: 2 });
    expect(operations).toEqual(['job_statuses.show_many']);
  });
});
