import { describe, expect, it } from '@jest/globals';
import { completeRecords } from '../../../activities/sync/complete-records.ts';
import { useStepTests } from '../../fixtures/step-context.ts';
import type { TestRun } from '../../fixtures/test-run.ts';

const TAG = 'organizations.tags.add';

const at = useStepTests();

const complete = (run: TestRun) => completeRecords(run.context, run.slice());

interface Tagged {
  readonly id: number;
  readonly external_id: string | null;
  readonly tags: readonly string[];
}

const organizationOf = async ({ legalEntity }: TestRun): Promise<Tagged> => {
  const all = await at.listZendesk<Tagged>('organizations');
  const found = all.find(({ external_id: id }) => id === `${legalEntity}:A1`);
  if (found === undefined) throw new Error('There is no organization.');
  return found;
};

/** Begins a run whose only account has an organization with these tags, and without Ledgerdesk's tag. */
async function lackingTag(...tags: string[]): Promise<TestRun> {
  const before = await at.begin();
  await at.write(before, before.customer('A1'));
  const { id } = await organizationOf(before);
  await at.sandbox.control('PATCH', `/state/zendesk/organizations/${id}`, { tags });
  await at.query(`update organizations set own_tags = '{}' where connection_id = $1`, before.connectionId);
  const run = await at.next(before);
  await at.plan(run, run.customer('A1'));
  return run;
}

describe('adding the missing tags of an organization', () => {
  it('adds them and keeps the tags of agents', async () => {
    const run = await lackingTag('vip');
    const { result, operations } = await at.observe(() => complete(run));
    expect([result, operations]).toEqual([{ left: 0 }, [TAG]]);
    expect([...(await organizationOf(run)).tags].sort()).toEqual(['erp_customer', 'vip']);
    expect(await at.staged(run)).toMatchObject({ A1: { outcome: 'updated', state: 'done' } });
  });

  it('is not repeated by the next run', async () => {
    const before = await lackingTag();
    await complete(before);
    const run = await at.next(before);
    await at.plan(run, run.customer('A1'));
    expect(await at.staged(run)).toMatchObject({ A1: { outcome: 'unchanged' } });
  });

  it('unlinks an account whose organization was deleted, and leaves it to the resolution of refusals', async () => {
    const run = await lackingTag();
    const { id } = await organizationOf(run);
    await at.sandbox.control('DELETE', `/state/zendesk/organizations/${id}`);
    await complete(run);
    expect(await at.staged(run)).toMatchObject({
      A1: { outcome: null, state: 'refused', refusal: expect.stringContaining('deleted') },
    });
    const linked = await at.query(
      'select 1 from records where connection_id = $1 and zendesk_id is not null',
      run.connectionId,
    );
    expect(linked).toEqual([]);
  });

  it('fails if the address is not a Zendesk account, and keeps the link', async () => {
    const run = await lackingTag();
    await at.addFault({ path: '/tags$' }, { kind: 'status', status: 404, body: { error: 'InvalidEndpoint' } });
    await expect(complete(run)).rejects.toMatchObject({ kind: 'missing', code: 'InvalidEndpoint' });
    expect(await at.staged(run)).toMatchObject({ A1: { outcome: null, state: 'incomplete' } });
  });

  it('keeps the remark about a field that Zendesk ignores', async () => {
    const run = await lackingTag();
    await at.query(
      `update organizations set fields = fields || '{"erp_city": "Oslo"}', written = written || '{"erp_city": "Seattle"}',
       written_at = now() + interval '1 hour' where connection_id = $1`,
      run.connectionId,
    );
    await complete(run);
    const { items } = await at.store.records.list(run.connectionId, {});
    expect(items).toMatchObject([{ state: 'updated', code: 'field_ignored' }]);
  });

  it('records each account before the next', async () => {
    const run = await manyLackingTags(3);
    const fault = { system: 'zendesk', match: { path: '/tags$' }, skip: 1, action: { kind: 'status', status: 429 } };
    await at.sandbox.control('POST', '/faults', fault);
    await expect(complete(run)).rejects.toMatchObject({ kind: 'limited' });
    const outcomes = Object.values(await at.staged(run)).map(({ outcome }) => outcome);
    expect(outcomes).toEqual(['updated', null, null]);
  });

  it('completes 50 accounts in a step, and returns whether others may be left', async () => {
    const run = await manyLackingTags(51);
    const { result, operations } = await at.observe(() => complete(run));
    expect([result, operations.length]).toEqual([{ left: 1 }, 50]);
    expect(await complete(run)).toEqual({ left: 0 });
    const outcomes = Object.values(await at.staged(run)).map(({ outcome }) => outcome);
    expect(new Set(outcomes)).toEqual(new Set(['updated']));
  });
});

/** Begins a run of `count` accounts whose organizations lack Ledgerdesk's tag. */
async function manyLackingTags(count: number): Promise<TestRun> {
  const before = await at.begin();
  const keys = Array.from({ length: count }, (_, n) => `A${String(n).padStart(2, '0')}`);
  const [first = before.customer('A00'), ...others] = keys.map((key) => before.customer(key));
  await at.write(before, first, ...others);
  await at.query(`update organizations set own_tags = '{}' where connection_id = $1`, before.connectionId);
  const run = await at.next(before);
  await at.plan(run, first, ...others);
  return run;
}
