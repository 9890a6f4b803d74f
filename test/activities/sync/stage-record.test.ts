import { describe, expect, it } from '@jest/globals';
import { stageRecord } from '../../../activities/sync/read-again.ts';
import { useStepTests } from '../../fixtures/step-context.ts';
import type { TestRun } from '../../fixtures/test-run.ts';

const at = useStepTests();

const stage = (run: TestRun, key: string, withDue?: boolean) =>
  stageRecord(run.context, { ...run.slice(), key, ...(withDue === undefined ? {} : { withDue }) });
const taken = ({ runId }: TestRun) => at.store.dueRecords.takenBy(runId);

/** Adds customers in F&O. */
async function enter({ legalEntity }: TestRun, ...keys: string[]): Promise<void> {
  for (const key of keys)
    await at.sandbox.control('PUT', `/state/dynamics/customers/${legalEntity}/${key}`, {
      OrganizationName: `${legalEntity} ${key}`,
    });
}

/** Marks these customers as due, and has the run take them. */
async function take(run: TestRun, ...keys: [string, ...string[]]): Promise<void> {
  const record = (key: string) => ({ legalEntity: run.legalEntity, kind: 'customer', key });
  for (const key of keys) await at.store.dueRecords.markDue(run.connectionId, record(key));
  await at.store.dueRecords.take(run, record(keys[0]), 100);
}

describe('staging a single record', () => {
  it('reads the record, and reserves an external id and a name', async () => {
    const run = await at.begin();
    await enter(run, 'A1');
    expect(await stage(run, 'A1')).toMatchObject({ found: true, own: true });
    const [row] = await at.store.planning.rows(
      run.connectionId,
      { ...run.slice(), target: 'organization' },
      { after: '', limit: 2 },
    );
    expect(row).toMatchObject({
      record: { key: 'A1' },
      externalId: `${run.legalEntity}:A1`,
      name: `${run.legalEntity} A1`,
    });
  });

  it('first checks the custom fields of a connection of which they were never checked, once', async () => {
    const run = await at.begin();
    await enter(run, 'A1');
    await at.query(`delete from field_checks where connection_id = $1`, run.connectionId);
    const first = await at.observe(() => stage(run, 'A1'));
    expect(first.operations).toContain('organization_fields.list');
    const { present } = (await at.store.fieldChecks.get(run.connectionId, 'organization')) ?? {};
    expect(present).toContain('erp_city');
    expect((await at.observe(() => stage(run, 'A1'))).operations).toEqual(['CustomersV3.list']);
  });

  it('finds nothing if F&O does not have the record', async () => {
    const run = await at.begin();
    expect(await stage(run, 'A1')).toMatchObject({ found: false, own: false });
    expect(await at.staged(run)).toEqual({});
  });

  it('finds the record with its key in any case', async () => {
    const run = await at.begin();
    await enter(run, 'A1');
    expect(await stage(run, 'a1')).toMatchObject({ found: true, own: true });
    expect(Object.keys(await at.staged(run))).toEqual(['A1']);
  });

  it('returns the legal entities that were never read, since adoption by name waits for them', async () => {
    const run = await at.begin();
    expect((await stage(run, 'A1')).incompleteEntities).toEqual([run.legalEntity]);
    await at.store.staging.accept(run.connectionId, run.slice());
    expect((await stage(run, 'A1')).incompleteEntities).toEqual([]);
  });

  it('does not stage the other records that the run has taken by default', async () => {
    const run = await at.begin();
    await enter(run, 'A1', 'A2');
    await take(run, 'A1', 'A2');
    await stage(run, 'A1');
    expect(Object.keys(await at.staged(run))).toEqual(['A1']);
    expect(await taken(run)).toEqual(['A1', 'A2']);
  });
});

describe('staging a record together with the taken records', () => {
  it('reads all of them in one request', async () => {
    const run = await at.begin();
    await enter(run, 'A1', 'A2', 'A3');
    await take(run, 'A1', 'A2', 'A3');
    const { result, operations } = await at.observe(() => stage(run, 'A1', true));
    expect([result, operations.length]).toMatchObject([{ found: true, own: true }, 1]);
    expect(Object.keys(await at.staged(run))).toEqual(['A1', 'A2', 'A3']);
    expect(await taken(run)).toEqual(['A1', 'A2', 'A3']);
  });

  it('releases other records that F&O does not have, so that their own events report that', async () => {
    const run = await at.begin();
    await enter(run, 'A1');
    await take(run, 'A1', 'A2', 'A3');
    expect(await stage(run, 'A1', true)).toMatchObject({ found: true, own: true });
    expect(await taken(run)).toEqual(['A1']);
    const record = { legalEntity: run.legalEntity, kind: 'customer', key: 'A2' };
    const other = { ...run.ref, runId: 'another run' };
    expect(await at.store.dueRecords.take(other, record, 1)).toEqual({ state: 'taken' });
  });

  it('keeps its own record even if F&O does not have it, and stages the others', async () => {
    const run = await at.begin();
    await enter(run, 'A2');
    await take(run, 'A1', 'A2');
    expect(await stage(run, 'A1', true)).toMatchObject({ found: true, own: false });
    expect(await taken(run)).toEqual(['A1', 'A2']);
    expect(Object.keys(await at.staged(run))).toEqual(['A2']);
  });

  it('keeps a record whose key F&O returns in another case', async () => {
    const run = await at.begin();
    await enter(run, 'A1', 'A2');
    await take(run, 'A1', 'a2');
    await stage(run, 'A1', true);
    expect(await taken(run)).toEqual(['A1', 'a2']);
  });
});
