import { describe, expect, it } from '@jest/globals';
import { pollJobs } from '../../../../activities/sync/jobs/poll-jobs.ts';
import { recordJobs } from '../../../../activities/sync/jobs/record-jobs.ts';
import { submitJobs } from '../../../../activities/sync/jobs/submit-jobs.ts';
import type { ErpRecord } from '../../../../domain/sync/record.ts';
import { useStepTests } from '../../../fixtures/step-context.ts';
import type { TestRun } from '../../../fixtures/test-run.ts';

const STATUS = 'job_statuses.show_many';
const SHOW = 'organizations.show_many';
const CREATE = { path: 'organizations/create_many' };
const UPDATE = { path: 'organizations/update_many' };
const FOR_EVER = 100_000;

const at = useStepTests();

const poll = (run: TestRun) => pollJobs(run.context, run.slice());

/** Changes how the sandbox shows the status of new jobs. */
const hide = (settings: { jobsHiddenSeconds: number; hiddenJobs?: string; jobQueueSeconds?: number }) =>
  at.sandbox.control('PATCH', '/settings/zendesk', settings);

/** Begins a run whose customers are about to be created in bulk jobs. */
async function creating(count: number): Promise<TestRun> {
  const run = await at.begin();
  const customers = Array.from({ length: count }, (_, n) => run.customer(`A${String(n).padStart(3, '0')}`));
  await at.plan(run, ...(customers as [ErpRecord, ...ErpRecord[]]));
  await submitJobs(run.context, run.slice());
  return run;
}

/** Polls at these ages of the jobs, in seconds, and records what has ended. Returns the requests by age. */
async function pollAt(run: TestRun, ages: readonly number[]): Promise<Record<number, readonly string[]>> {
  const requests: Record<number, readonly string[]> = {};
  for (const seconds of ages) {
    await at.query(
      `update jobs set submitted_at = now() - $2 * interval '1 s', changed_at = now() - $2 * interval '1 s'
       where run_id = $1 and state = 'open'`,
      run.runId,
      seconds,
    );
    const { operations } = await at.observe(async () => {
      if ((await poll(run)).ended > 0) await recordJobs(run.context, run.slice());
    });
    if (operations.length > 0) requests[seconds] = operations;
  }
  return requests;
}

async function jobSizes(run: TestRun): Promise<number[]> {
  const rows = await at.query<{ rows: number }>(
    'select count(*)::int as rows from staged_records where run_id = $1 and job_no is not null group by job_no order by job_no',
    run.runId,
  );
  return rows.map(({ rows: count }) => count);
}

const unwritten = async (run: TestRun) =>
  Object.values(await at.staged(run)).filter(({ outcome }) => outcome !== 'created');

describe('bulk jobs whose status Zendesk hides', () => {
  it.each(['missing', 'no-list', 'id-only', 'not-found'])(
    'are recorded by their records at the second question (hidden jobs: %s)',
    async (hiddenJobs) => {
      await hide({ jobsHiddenSeconds: FOR_EVER, hiddenJobs });
      const run = await creating(219);
      await at.waitForJobs();
      expect(await pollAt(run, [1, 3, 7])).toEqual({ 1: [STATUS], 7: [SHOW, SHOW, SHOW, SHOW] });
      expect(await unwritten(run)).toEqual([]);
      expect(await at.store.jobs.list(run.slice(), ['open', 'finished', 'lost'])).toEqual([]);
    },
  );

  it('are asked for twice in a minute while they are queued, and nothing is sent again', async () => {
    await hide({ jobsHiddenSeconds: 60, jobQueueSeconds: FOR_EVER });
    const run = await creating(219);
    expect(await pollAt(run, [1, 3, 7, 15, 30, 60])).toEqual({ 1: [STATUS], 7: [SHOW] });
    await hide({ jobsHiddenSeconds: 0 });
    expect(await pollAt(run, [90, 120])).toEqual({ 90: [STATUS], 120: [STATUS] });
    expect(await jobSizes(run)).toEqual([100, 100, 19]);
  });

  it('are asked for again as soon as some of their records exist, because rows may be refused', async () => {
    await hide({ jobsHiddenSeconds: FOR_EVER });
    await at.addFault(CREATE, { kind: 'fail-rows', rows: [1], details: 'No' });
    const run = await creating(3);
    await at.waitForJobs();
    expect(await pollAt(run, [1])).toEqual({ 1: [STATUS] });
    await hide({ jobsHiddenSeconds: 0 });
    expect(await pollAt(run, [7])).toEqual({ 7: [SHOW, STATUS, SHOW] });
    expect(await at.staged(run)).toMatchObject({
      A000: { outcome: 'created' },
      A001: { state: 'refused', refusal: 'No' },
      A002: { outcome: 'created' },
    });
  });

  it('that never run are lost after three minutes, and all rows are sent again in jobs of the same size', async () => {
    await at.addFault(CREATE, { kind: 'lose-job', applied: false });
    const run = await creating(120);
    await at.waitForJobs();
    const requests = await pollAt(run, [1, 7, 90, 150]);
    expect(requests[150]).toEqual([STATUS, SHOW]);
    expect(await at.store.jobs.list(run.slice(), ['open'])).toHaveLength(1);
    expect(await pollAt(run, [210])).toEqual({ 210: [STATUS, SHOW, SHOW] });
    const { operations } = await at.observe(() => submitJobs(run.context, run.slice()));
    expect(operations).toEqual(['organizations.create_many']);
    await at.waitForJobs();
    await pollAt(run, [1]);
    expect(await unwritten(run)).toEqual([]);
  });

  it('are lost with the rows that are really missing, which are sent again in one job', async () => {
    await hide({ jobsHiddenSeconds: FOR_EVER });
    await at.addFault(CREATE, { kind: 'fail-rows', rows: [7, 30, 31, 90], details: 'No' });
    const run = await creating(100);
    await at.waitForJobs();
    await pollAt(run, [1, 7, 90, 150, 210]);
    expect(await unwritten(run)).toHaveLength(4);
    await hide({ jobsHiddenSeconds: 0 });
    const { entries } = await at.observe(() => submitJobs(run.context, run.slice()));
    expect(entries.map(({ path }) => path)).toEqual([expect.stringMatching(/create_many$/)]);
    await at.waitForJobs();
    await pollAt(run, [1]);
    expect(await unwritten(run)).toEqual([]);
  });

  it('are recorded by the values of their records if they update', async () => {
    const before = await at.begin();
    const keys = ['A1', 'A2', 'A3'];
    await at.write(before, ...(keys.map((key) => before.customer(key)) as [ErpRecord, ...ErpRecord[]]));
    const run = await at.next(before);
    const renamed = keys.map((key) => run.customer(key, { name: `${run.legalEntity} Renamed ${key}` }));
    await at.plan(run, ...(renamed as [ErpRecord, ...ErpRecord[]]));
    await at.query('update staged_records set splits = 2 where run_id = $1', run.runId);
    await at.addFault(UPDATE, { kind: 'lose-job', applied: false });
    await hide({ jobsHiddenSeconds: FOR_EVER });
    await submitJobs(run.context, run.slice());
    await at.waitForJobs();
    expect(await pollAt(run, [1, 7])).toEqual({ 1: [STATUS], 7: [SHOW, SHOW, SHOW] });
    const outcomes = Object.values(await at.staged(run)).map(({ outcome }) => outcome);
    expect(outcomes.sort()).toEqual([null, 'updated', 'updated']);
  });
});
