import { describe, expect, it } from '@jest/globals';
import { submitJobs } from '../../../activities/sync/jobs/submit-jobs.ts';
import { takeOverClaims } from '../../../activities/sync/take-over-claims.ts';
import { useStepTests } from '../../fixtures/step-context.ts';
import type { TestRun } from '../../fixtures/test-run.ts';

const SHOW = 'job_statuses.show_many';
const CREATE = { path: 'organizations/create_many' };

const at = useStepTests();

/** Begins a run that has claimed a customer. */
async function claiming(): Promise<TestRun> {
  const run = await at.begin();
  await at.plan(run, run.customer('A1'));
  return run;
}

/** Begins another run after the workflow of `before` has ended without ending its run. */
async function after(before: TestRun): Promise<TestRun> {
  await at.store.runs.abandon(before.runId);
  return at.next(before);
}

/** Takes over claims. `isOver`: whether the workflows of all other runs have ended. */
function takeOver(run: TestRun, isOver = true) {
  const context = at.contextOf(run, { isRunOver: () => Promise.resolve(isOver) });
  return at.observe(() => takeOverClaims(context, run));
}

const claimedBy = async ({ connectionId }: TestRun) =>
  (
    await at.query<{ run: string | null }>(
      'select claim_run as run from records where connection_id = $1',
      connectionId,
    )
  ).map(({ run }) => run);

describe('the claims of a run whose workflow has ended', () => {
  it('are released without a request if the run has no open job', async () => {
    const before = await claiming();
    const run = await after(before);
    const { result, operations } = await takeOver(run);
    expect([result, operations]).toEqual([{ waiting: 0 }, []]);
    expect(await claimedBy(run)).toEqual([null]);
  });

  it('remain while a job of the run is running in Zendesk', async () => {
    const before = await claiming();
    await at.addFault(CREATE, { kind: 'stick-job', seconds: 100_000 });
    await submitJobs(before.context, before.slice());
    const run = await after(before);
    const { result, operations } = await takeOver(run);
    expect([result, operations]).toEqual([{ waiting: 1 }, [SHOW]]);
    expect(await claimedBy(run)).toEqual([before.runId]);
  });

  it('are released if the jobs of the run have ended', async () => {
    const before = await claiming();
    await submitJobs(before.context, before.slice());
    await at.waitForJobs();
    const run = await after(before);
    const { result, operations } = await takeOver(run);
    expect([result, operations]).toEqual([{ waiting: 0 }, [SHOW]]);
    expect(await claimedBy(run)).toEqual([null]);
  });

  it('remain for two minutes if Zendesk does not show a job of the run, which may be queued', async () => {
    const before = await claiming();
    await at.addFault(CREATE, { kind: 'lose-job', applied: false });
    await submitJobs(before.context, before.slice());
    const run = await after(before);
    expect((await takeOver(run)).result).toEqual({ waiting: 1 });
    await at.query(`update jobs set submitted_at = now() - interval '121 s' where run_id = $1`, before.runId);
    expect((await takeOver(run)).result).toEqual({ waiting: 0 });
    expect(await claimedBy(run)).toEqual([null]);
  });

  it('remain for two minutes if the id of a job was lost', async () => {
    const before = await claiming();
    await at.addFault(CREATE, { kind: 'cut', when: 'after' });
    await submitJobs(before.context, before.slice());
    const run = await after(before);
    await at.query(`update jobs set submitted_at = now() - interval '119 s' where run_id = $1`, before.runId);
    const young = await takeOver(run);
    expect([young.result, young.operations]).toEqual([{ waiting: 1 }, []]);
    expect(await claimedBy(run)).toEqual([before.runId]);
    await at.query(`update jobs set submitted_at = now() - interval '121 s' where run_id = $1`, before.runId);
    const old = await takeOver(run);
    expect([old.result, old.operations]).toEqual([{ waiting: 0 }, []]);
    expect(await claimedBy(run)).toEqual([null]);
  });

  it('remain while one job of the run is running, even if the id of another was lost long ago', async () => {
    const before = await claiming();
    await at.addFault(CREATE, { kind: 'stick-job', seconds: 100_000 });
    await submitJobs(before.context, before.slice());
    await at.query(
      `insert into jobs (connection_id, run_id, legal_entity, kind, operation, state, submitted_at)
       select connection_id, run_id, legal_entity, kind, operation, 'unsure', now() - interval '1 hour' from jobs where run_id = $1`,
      before.runId,
    );
    const run = await after(before);
    expect((await takeOver(run)).result).toEqual({ waiting: 1 });
  });

  it('remain if Zendesk cannot show the jobs of the run', async () => {
    const before = await claiming();
    await submitJobs(before.context, before.slice());
    const run = await after(before);
    await at.addFault({ path: 'job_statuses' }, { kind: 'status', status: 500 });
    await expect(takeOver(run)).rejects.toMatchObject({ kind: 'unavailable' });
    expect(await claimedBy(run)).toEqual([before.runId]);
  });
});

describe('other claims', () => {
  it('of a running run remain, and are not waited for', async () => {
    const before = await claiming();
    const run = await after(before);
    const { result, operations } = await takeOver(run, false);
    expect([result, operations]).toEqual([{ waiting: 0 }, []]);
    expect(await claimedBy(run)).toEqual([before.runId]);
  });

  it('of the run itself remain', async () => {
    const run = await claiming();
    expect((await takeOver(run)).result).toEqual({ waiting: 0 });
    expect(await claimedBy(run)).toEqual([run.runId]);
  });

  it('of one ended run are released even if those of another have to wait', async () => {
    const before = await claiming();
    await at.addFault(CREATE, { kind: 'stick-job', seconds: 100_000 });
    await submitJobs(before.context, before.slice());
    const second = await after(before);
    await at.plan(second, second.customer('A2'));
    const run = await after(second);
    expect((await takeOver(run)).result).toEqual({ waiting: 1 });
    expect((await claimedBy(run)).sort()).toEqual([before.runId, null].sort());
  });
});
