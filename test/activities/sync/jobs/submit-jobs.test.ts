import { describe, expect, it } from '@jest/globals';
import { submitJobs } from '../../../../activities/sync/jobs/submit-jobs.ts';
import { useStepTests, type Observed } from '../../../fixtures/step-context.ts';
import type { TestRun } from '../../../fixtures/test-run.ts';

const CREATE = { path: 'organizations/create_many' };
const UPDATE = { path: 'organizations/update_many' };

const at = useStepTests();

const submit = (run: TestRun) => submitJobs(run.context, run.slice());
const jobs = async (run: TestRun) =>
  (await at.store.jobs.list(run.slice(), ['submitting', 'unsure', 'open', 'recorded'])).map(({ state }) => state);

/** Returns the number of organizations in each job. */
function sizes({ entries }: Observed<unknown>): number[] {
  return entries.map(({ body }) => (body as { organizations: unknown[] }).organizations.length);
}

/** Begins a run that creates `count` customers. */
async function runWith(count: number): Promise<TestRun> {
  const run = await at.begin();
  const [first, ...others] = Array.from({ length: count }, (_, n) => run.customer(`A${String(n).padStart(3, '0')}`));
  if (first !== undefined) await at.plan(run, first, ...others);
  return run;
}

describe('submitting the rows of a slice', () => {
  it('sends no request if nothing is planned', async () => {
    const run = await runWith(0);
    const { result, operations } = await at.observe(() => submit(run));
    expect(result).toEqual({ open: 0, left: false, unsure: false, more: false });
    expect(operations).toEqual([]);
  });

  it('starts jobs of 100 rows until none are left', async () => {
    const run = await runWith(120);
    const seen = await at.observe(() => submit(run));
    expect(seen.result).toEqual({ open: 2, left: false, unsure: false, more: false });
    expect(sizes(seen)).toEqual([100, 20]);
    expect(await jobs(run)).toEqual(['open', 'open']);
  });

  it('starts separate jobs for updates and creates', async () => {
    const before = await at.begin();
    await at.write(before, before.customer('A1'));
    const run = await at.next(before);
    await at.plan(run, run.customer('A1', { name: `${run.legalEntity} Renamed` }), run.customer('A2'));
    const { result, operations } = await at.observe(() => submit(run));
    expect(result).toMatchObject({ open: 2, left: false });
    expect([...operations].sort()).toEqual(['organizations.create_many', 'organizations.update_many']);
  });

  it.each(['before', 'after'])('marks a job as unsure if the connection is closed %s its effect', async (when) => {
    const run = await runWith(1);
    await at.addFault(CREATE, { kind: 'cut', when });
    const { result, operations } = await at.observe(() => submit(run));
    expect(result).toEqual({ open: 0, left: true, unsure: true, more: true });
    expect(operations).toHaveLength(1);
    expect(await jobs(run)).toEqual(['unsure']);
    expect(await at.staged(run)).toMatchObject({ A000: { state: 'submitted', round: 0 } });
  });

  it('marks a job as unsure if Zendesk responds with 500', async () => {
    const run = await runWith(1);
    await at.addFault(CREATE, { kind: 'status', status: 500 });
    expect(await submit(run)).toMatchObject({ unsure: true });
  });

  it('marks the job of an interrupted attempt as unsure, and starts no other', async () => {
    const run = await runWith(101);
    await at.store.jobs.next(run.connectionId, { ...run.slice(), target: 'organization' });
    const { result, operations } = await at.observe(() => submit(run));
    expect(result).toEqual({ open: 0, left: true, unsure: true, more: true });
    expect(operations).toEqual([]);
    expect(await jobs(run)).toEqual(['unsure']);
  });

  it('submits refused rows again in smaller and smaller jobs', async () => {
    const run = await runWith(12);
    await at.addFault(CREATE, { kind: 'status', status: 422 }, 2);
    const seen = await at.observe(() => submit(run));
    expect(sizes(seen)).toEqual([12, 10, 2, ...Array.from({ length: 10 }, () => 1)]);
    expect(seen.result).toMatchObject({ open: 11, left: false, unsure: false });
  });

  it('marks a row that is refused in its own job as refused, with the message of Zendesk', async () => {
    const run = await runWith(1);
    const body = { error: 'RecordInvalid', description: 'The name is not allowed' };
    await at.addFault(CREATE, { kind: 'status', status: 422, body });
    expect(await submit(run)).toEqual({ open: 0, left: false, unsure: false, more: false });
    expect(await at.staged(run)).toMatchObject({ A000: { state: 'refused', refusal: 'The name is not allowed' } });
    expect(await jobs(run)).toEqual(['recorded']);
  });

  it('plans the rows again in the same round after a rate limit, and fails', async () => {
    const run = await runWith(3);
    await at.addFault(CREATE, { kind: 'status', status: 429, retryAfter: 7 });
    await expect(submit(run)).rejects.toMatchObject({ name: 'RemoteError', kind: 'limited', retryAfterMs: 7_000 });
    expect(await at.staged(run)).toMatchObject({ A000: { state: 'planned', round: 0 }, A002: { state: 'planned' } });
    expect(await jobs(run)).toEqual(['recorded']);
  });

  it('plans the rows again without a request if the rate gate is closed', async () => {
    const run = await runWith(1);
    await at.store.gates.yieldToOthers({ connectionId: run.connectionId, system: 'zendesk', buckets: [] }, 60_000);
    const { operations } = await at.observe(() =>
      expect(submit(run)).rejects.toMatchObject({ name: 'GateClosedError' }),
    );
    expect(operations).toEqual([]);
    expect(await at.staged(run)).toMatchObject({ A000: { state: 'planned', round: 0 } });
  });

  it('fails if organizations may not be created in bulk, since they are never created singly', async () => {
    const run = await runWith(1);
    await at.addFault(CREATE, { kind: 'status', status: 403 });
    await expect(submit(run)).rejects.toMatchObject({ kind: 'forbidden' });
    expect(await at.staged(run)).toMatchObject({ A000: { state: 'planned' } });
  });

  it('starts no job while 25 jobs of the connection are open, including those of other slices', async () => {
    const run = await runWith(1);
    await at.query(
      `insert into jobs (connection_id, run_id, legal_entity, kind, operation, state, zendesk_job_id)
       select $1, $2, $1, 'vendor', 'create', 'open', 'V3-' || n from generate_series(1, 25) n`,
      run.connectionId,
      run.runId,
    );
    const { result, operations } = await at.observe(() => submit(run));
    expect(result).toEqual({ open: 0, left: true, unsure: false, more: false });
    expect(operations).toEqual([]);
    await at.query(`update jobs set state = 'finished' where zendesk_job_id = 'V3-1' and run_id = $1`, run.runId);
    expect(await submit(run)).toEqual({ open: 1, left: false, unsure: false, more: false });
  });

  it('ends after 25 jobs, and the next step can continue at once', async () => {
    const run = await runWith(26);
    await at.query('update staged_records set splits = 2 where run_id = $1', run.runId);
    await at.addFault(CREATE, { kind: 'status', status: 422 }, null);
    const seen = await at.observe(() => submit(run));
    expect(seen.result).toEqual({ open: 0, left: true, unsure: false, more: true });
    expect(sizes(seen)).toEqual(Array.from({ length: 25 }, () => 1));
  });

  it('also marks an update without a response as unsure', async () => {
    const before = await at.begin();
    await at.write(before, before.customer('A1'));
    const run = await at.next(before);
    await at.plan(run, run.customer('A1', { name: `${run.legalEntity} Renamed` }));
    await at.addFault(UPDATE, { kind: 'truncate', bytes: 40 });
    expect(await submit(run)).toMatchObject({ unsure: true });
  });
});
