import { describe, expect, it } from '@jest/globals';
import { submitJobs } from '../../../activities/sync/jobs/submit-jobs.ts';
import { readZendeskChanges } from '../../../activities/sync/prepare-target.ts';
import { useStepTests } from '../../fixtures/step-context.ts';
import type { TestRun } from '../../fixtures/test-run.ts';

const SHOW = 'organizations.show_many';
const UPDATE = 'organizations.update_many';

const at = useStepTests();

const submit = (run: TestRun) => submitJobs(run.context, run.slice());

/**
 * Begins a run that plans to adopt the organizations of two customers, which an agent has added. Returns the first
 * one's id.
 */
async function adopting(): Promise<{ run: TestRun; added: number }> {
  const run = await at.begin();
  const add = (name: string) => at.sandbox.control<{ id: number }>('POST', '/state/zendesk/organizations', { name });
  const { id: added } = await add(`${run.legalEntity} A1`);
  await add(`${run.legalEntity} A2`);
  await readZendeskChanges(run.context, { ...run.ref, target: 'organization', after: '', full: false });
  await at.plan(run, run.customer('A1'), run.customer('A2'));
  return { run, added };
}

const edit = (id: number, input: object) => at.sandbox.control('PATCH', `/state/zendesk/organizations/${id}`, input);

describe('organizations with a planned adoption', () => {
  it('are read again, and written if no app has claimed them', async () => {
    const { run } = await adopting();
    const { result, operations } = await at.observe(() => submit(run));
    expect(result).toMatchObject({ open: 1, left: false });
    expect(operations).toEqual([SHOW, UPDATE]);
  });

  it('are written if they already have the external id of the account, in any case', async () => {
    const { run, added } = await adopting();
    await edit(added, { external_id: `${run.legalEntity}:a1`.toUpperCase() });
    expect((await at.observe(() => submit(run))).operations).toEqual([SHOW, UPDATE]);
  });

  it('are written if they have an empty external id', async () => {
    const { run, added } = await adopting();
    await edit(added, { external_id: '' });
    expect((await at.observe(() => submit(run))).operations).toEqual([SHOW, UPDATE]);
  });

  it.each([
    ['has the external id of another app', { external_id: 'crm-7' }],
    ['was renamed', { name: 'Another company' }],
  ])(
    'are not written if one %s, whose account is left to the resolution of refusals; others are written',
    async (_, change) => {
      const { run, added } = await adopting();
      await edit(added, change);
      const { result, operations } = await at.observe(() => submit(run));
      expect(operations).toEqual([SHOW, SHOW, UPDATE]);
      expect(result).toMatchObject({ open: 1, left: false });
      expect(await at.staged(run)).toMatchObject({
        A1: { state: 'refused', refusal: expect.any(String), round: 0 },
        A2: { state: 'submitted', operation: 'adopt', round: 0 },
      });
    },
  );

  it('are removed from the store if they were deleted', async () => {
    const { run, added } = await adopting();
    await at.sandbox.control('DELETE', `/state/zendesk/organizations/${added}`);
    await submit(run);
    expect(await at.staged(run)).toMatchObject({ A1: { state: 'refused' }, A2: { state: 'submitted' } });
    const known = await at.query(
      'select 1 from organizations where connection_id = $1 and zendesk_id = $2',
      run.connectionId,
      String(added),
    );
    expect(known).toEqual([]);
  });

  it('are not read for a job that only changes linked organizations', async () => {
    const before = await at.begin();
    await at.write(before, before.customer('A1'));
    const run = await at.next(before);
    await at.plan(run, run.customer('A1', { name: `${run.legalEntity} Renamed` }));
    expect((await at.observe(() => submit(run))).operations).toEqual([UPDATE]);
  });

  it('remain planned if Zendesk cannot show them', async () => {
    const { run } = await adopting();
    await at.addFault({ path: 'organizations/show_many' }, { kind: 'status', status: 500 });
    await expect(submit(run)).rejects.toMatchObject({ kind: 'unavailable' });
    expect(await at.staged(run)).toMatchObject({ A1: { state: 'planned', round: 0 }, A2: { state: 'planned' } });
  });
});
