import { describe, expect, it } from '@jest/globals';
import type { Outcome } from '../../../domain/sync/outcome.ts';
import { keyOf, type ErpRecord } from '../../../domain/sync/record.ts';
import type { PlannedOperation } from '../../../store/sync/claims.ts';
import { account } from '../../fixtures/accounts.ts';
import { useConnectedStore } from '../../fixtures/connected-store.ts';
import { CONNECTION, beginRun, recordChanges, sliceOf } from '../kit.ts';

const at = useConnectedStore();

const planned = (record: ErpRecord, more: Partial<PlannedOperation> = {}): PlannedOperation => ({
  ...keyOf(record),
  operation: 'create',
  externalId: record.key,
  name: record.name,
  zendeskId: null,
  ...more,
});

/** Returns the keys of a run's customers that have no plan. */
async function unplanned(runId: string): Promise<string[]> {
  const slice = sliceOf(runId, account('A'));
  const rows = await at.store.planning.rows(CONNECTION, slice, { after: '', limit: 100 });
  return rows.map(({ record }) => record.key);
}

async function plan(runId: string, ...operations: PlannedOperation[]): Promise<void> {
  const planner = { runId, connectionId: CONNECTION, workflowId: 'sync' };
  await at.store.planning.save(planner, { outcomes: [], operations });
}

describe('what a run has done, when what is written has changed meanwhile', () => {
  const OUTCOMES: readonly Outcome[] = ['created', 'updated', 'adopted', 'unchanged', 'rejected', 'skipped'];
  const records = OUTCOMES.map((outcome) => account(outcome)) as [ErpRecord, ...ErpRecord[]];

  /** Begins a run that has one customer of every outcome. */
  async function beginWithOutcomes(): Promise<string> {
    const runId = await beginRun(at.store, records);
    await plan(runId, ...records.map((record) => planned(record)));
    const outcomes = OUTCOMES.map((outcome) => ({ ...keyOf(account(outcome)), outcome }));
    await recordChanges(at.store, runId, { outcomes });
    expect(await unplanned(runId)).toEqual([]);
    return runId;
  }
  const totalsOf = (runId: string) => at.store.reports.totals(runId);

  it('is planned again, while rejected and skipped records stay so', async () => {
    const runId = await beginWithOutcomes();
    await at.store.planning.planAgain(runId, ['customer']);
    expect(await unplanned(runId)).toEqual(['adopted', 'created', 'unchanged', 'updated']);
    expect(await at.store.planning.unfinished(sliceOf(runId, account('A')))).toBe(0);
  });

  it('is planned again for the kinds that are concerned only', async () => {
    const runId = await beginWithOutcomes();
    await at.store.planning.planAgain(runId, ['vendor', 'contact']);
    expect(await unplanned(runId)).toEqual([]);
  });

  it('is planned again in its own run only', async () => {
    const runId = await beginWithOutcomes();
    await at.store.planning.planAgain('another run', ['customer']);
    expect(await unplanned(runId)).toEqual([]);
  });

  it('counts as what it was at first when the second plan changes nothing, and as updated when it does', async () => {
    const runId = await beginWithOutcomes();
    await at.store.planning.planAgain(runId, ['customer']);
    const again = ['created', 'updated', 'adopted'].map((key) => ({
      ...keyOf(account(key)),
      outcome: 'unchanged' as const,
    }));
    const written = { ...keyOf(account('unchanged')), outcome: 'updated' as const };
    await recordChanges(at.store, runId, { outcomes: [...again, written] });
    expect(await totalsOf(runId)).toMatchObject({ created: 1, updated: 2, adopted: 1, unchanged: 0 });
  });
});

describe('the refused rows of a slice', () => {
  const [a, b, c] = ['A', 'B', 'C'].map((key) => account(key)) as [ErpRecord, ErpRecord, ErpRecord];

  it('are planned from the beginning once the reason is found, and no others', async () => {
    const runId = await beginRun(at.store, [a, b, c]);
    const slice = sliceOf(runId, a);
    await plan(runId, planned(a), planned(b, { operation: 'update', zendeskId: '72' }), planned(c));
    const next = await at.store.jobs.next(CONNECTION, slice);
    if (typeof next === 'string') throw new Error('There is no job.');
    const refused = { state: 'refused' as const, refusal: 'erp_city: is not a checkbox' };
    await recordChanges(at.store, runId, {
      transitions: [
        { ...keyOf(a), ...refused },
        { ...keyOf(b), ...refused },
      ],
    });
    expect(await at.store.planning.planRefusedAgain(slice)).toBe(2);
    expect(await unplanned(runId)).toEqual(['A', 'B']);
    expect(await at.store.planning.unfinished(slice)).toBe(1);
    expect(await at.store.planning.planRefusedAgain(slice)).toBe(0);
  });

  it('lose their words of refusal, their round and the organization that they were planned for', async () => {
    const runId = await beginRun(at.store, [a]);
    const slice = sliceOf(runId, a);
    await plan(runId, planned(a, { operation: 'update', zendeskId: '71' }));
    for (const state of ['planned', 'refused'] as const)
      await recordChanges(at.store, runId, { transitions: [{ ...keyOf(a), state, refusal: 'No.' }] });
    expect(await at.store.jobs.rowsIn(CONNECTION, slice, { state: 'refused', limit: 10 })).toMatchObject([
      { round: 1, refusal: 'No.', zendeskId: '71' },
    ]);
    await at.store.planning.planRefusedAgain(slice);
    await plan(runId, planned(a));
    await recordChanges(at.store, runId, { transitions: [{ ...keyOf(a), state: 'refused' }] });
    expect(await at.store.jobs.rowsIn(CONNECTION, slice, { state: 'refused', limit: 10 })).toMatchObject([
      { round: 0, refusal: null, zendeskId: null, operation: 'create' },
    ]);
  });
});
