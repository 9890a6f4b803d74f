import { describe, expect, it } from '@jest/globals';
import { readAgain } from '../../../activities/sync/read-again.ts';
import { setStop } from '../../fixtures/stops.ts';
import { useStepTests } from '../../fixtures/step-context.ts';
import type { TestRun } from '../../fixtures/test-run.ts';

const at = useStepTests();

const again = (run: TestRun) => readAgain(run.context, { ...run.slice(), incompleteEntities: [] });
const marked = async (run: TestRun) => (await at.store.planning.marked(run, run.slice())).map(({ key }) => key);

/** Adds or changes a customer in F&O. */
const enter = ({ legalEntity }: TestRun, key: string, city: string) =>
  at.sandbox.control('PUT', `/state/dynamics/customers/${legalEntity}/${key}`, {
    ...{ OrganizationName: `${legalEntity} ${key}`, AddressCity: city },
  });

/** Begins a run that has claimed these customers, and marks them to be read again, as another run does. */
async function markedRun(...keys: [string, ...string[]]): Promise<TestRun> {
  const run = await at.begin();
  const [first, ...others] = keys;
  await at.plan(run, run.customer(first), ...others.map((key) => run.customer(key)));
  await mark(run);
  return run;
}

async function mark({ connectionId, runId }: TestRun): Promise<void> {
  await at.query(
    'update records set claim_again_at = clock_timestamp() where connection_id = $1 and claim_run = $2',
    connectionId,
    runId,
  );
}

describe('reading marked records again', () => {
  it('sends no request if no record is marked', async () => {
    const run = await at.begin();
    await at.plan(run, run.customer('A1'));
    const { result, operations } = await at.observe(() => again(run));
    expect([result, operations]).toEqual([{ records: 0 }, []]);
  });

  it('stages their current values, to be planned again, and removes the marks', async () => {
    const run = await markedRun('A1', 'A2');
    await enter(run, 'A1', 'Oslo');
    await enter(run, 'A2', 'Bergen');
    const { result, operations } = await at.observe(() => again(run));
    expect([result, operations.length]).toEqual([{ records: 2 }, 1]);
    expect(await at.staged(run)).toMatchObject({ A1: { state: null, operation: null }, A2: { state: null } });
    const [row] = await at.store.planning.rows(
      run.connectionId,
      { ...run.slice(), target: 'organization' },
      { after: '', limit: 1 },
    );
    expect(row).toMatchObject({ record: { values: { AddressCity: 'Oslo' } }, externalId: `${run.legalEntity}:A1` });
    expect(await marked(run)).toEqual([]);
  });

  it('does not change records that F&O no longer has, and removes the marks', async () => {
    const run = await markedRun('A1');
    expect(await again(run)).toEqual({ records: 0 });
    expect(await at.staged(run)).toMatchObject({ A1: { state: 'planned', operation: 'create' } });
    expect(await marked(run)).toEqual([]);
  });

  it('reads only records of its own slice', async () => {
    const run = await markedRun('A1');
    await at.query(`update records set kind = 'vendor' where connection_id = $1`, run.connectionId);
    expect((await at.observe(() => again(run))).operations).toEqual([]);
  });

  it('keeps marks that are set while the records are read', async () => {
    const run = await markedRun('A1');
    await enter(run, 'A1', 'Oslo');
    const reading = { system: 'dynamics', path: '/data/CustomersV3', when: 'before' } as const;
    const stop = await setStop(at, { name: 'the request to F&O', request: reading });
    const done = again(run);
    await stop.reached();
    await mark(run);
    await stop.release();
    expect(await done).toEqual({ records: 1 });
    expect(await marked(run)).toEqual(['A1']);
  });

  it('keeps the marks if F&O is unavailable', async () => {
    const run = await markedRun('A1');
    await at.sandbox.control('POST', '/faults', { system: 'dynamics', action: { kind: 'status', status: 500 } });
    await expect(again(run)).rejects.toMatchObject({ kind: 'unavailable' });
    expect(await marked(run)).toEqual(['A1']);
  });
});
