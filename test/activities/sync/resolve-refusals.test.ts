import { describe, expect, it } from '@jest/globals';
import { submitJobs } from '../../../activities/sync/jobs/submit-jobs.ts';
import { planChanges } from '../../../activities/sync/plan-changes.ts';
import { resolveRefusals } from '../../../activities/sync/resolve-refusals.ts';
import { useStepTests } from '../../fixtures/step-context.ts';
import type { TestRun } from '../../fixtures/test-run.ts';

const FIELDS = 'organization_fields.list';

const at = useStepTests();

const resolve = (run: TestRun) => resolveRefusals(run.context, { ...run.slice(), incompleteEntities: [] });

/** Begins a run with the create of a customer that Zendesk has refused `round` times. */
async function refusedCreate(round: number): Promise<TestRun> {
  const run = await at.begin();
  await at.plan(run, run.customer('A1'));
  await refuse(run, round);
  return run;
}

async function refuse(run: TestRun, round: number): Promise<void> {
  await at.query(
    `update staged_records set operation_state = 'refused', refusal = 'Name has already been taken', round = $2
     where run_id = $1`,
    run.runId,
    round,
  );
}

describe('resolving the refusals of a slice', () => {
  it('sends no request if there are none', async () => {
    const run = await at.begin();
    const { result, operations } = await at.observe(() => resolve(run));
    expect([result, operations]).toEqual([{ left: 0, planned: 0, fieldsChanged: false }, []]);
  });

  it('plans all refused records from the first round if a custom field was the reason', async () => {
    const run = await refusedCreate(3);
    await at.callZendesk('PUT', 'organization_fields/erp_city', { organization_field: { active: false } });
    const { result, operations } = await at.observe(() => resolve(run));
    await at.callZendesk('PUT', 'organization_fields/erp_city', { organization_field: { active: true } });
    expect([result, operations]).toEqual([{ left: 0, planned: 1, fieldsChanged: true }, [FIELDS]]);
    expect(await at.staged(run)).toMatchObject({ A1: { state: null, round: 0, refusal: null } });
    await planChanges(run.context, { ...run.slice(), after: '' });
    const { entries } = await at.observe(() => submitJobs(run.context, run.slice()));
    expect(JSON.stringify(entries[0]?.body)).toContain('erp_country');
    expect(JSON.stringify(entries[0]?.body)).not.toContain('erp_city');
  });

  it('rejects a record that was refused four times, with the message of Zendesk, and does not repeat the attempt', async () => {
    const run = await refusedCreate(4);
    const { result, operations } = await at.observe(() => resolve(run));
    expect([result, operations]).toEqual([{ left: 0, planned: 0, fieldsChanged: false }, [FIELDS]]);
    const { items } = await at.store.records.list(run.connectionId, {});
    expect(items).toMatchObject([{ state: 'rejected', code: 'zendesk_refused' }]);
    expect(items[0]?.message).toContain('Name has already been taken');
    const next = await at.next(run);
    await at.plan(next, next.customer('A1'));
    expect(await at.staged(next)).toMatchObject({ A1: { operation: null, outcome: 'rejected' } });
  });

  it('tries a rejected record again if it has changed', async () => {
    const run = await refusedCreate(4);
    await resolve(run);
    const next = await at.next(run);
    await at.plan(next, next.customer('A1', { name: `${next.legalEntity} Other` }));
    expect(await at.staged(next)).toMatchObject({ A1: { operation: 'create', outcome: null } });
  });

  it('resolves 50 refusals in a step, and returns whether others may be left', async () => {
    const run = await at.begin();
    const keys = Array.from({ length: 51 }, (_, n) => `A${String(n).padStart(2, '0')}`);
    const [first = run.customer('A00'), ...others] = keys.map((key) => run.customer(key));
    await at.plan(run, first, ...others);
    await refuse(run, 4);
    expect(await resolve(run)).toMatchObject({ left: 1, planned: 0 });
    expect(await resolve(run)).toMatchObject({ left: 0, planned: 0 });
    expect(new Set(Object.values(await at.staged(run)).map(({ outcome }) => outcome))).toEqual(new Set(['rejected']));
  });
});
