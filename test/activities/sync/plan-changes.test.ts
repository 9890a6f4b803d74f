import { describe, expect, it } from '@jest/globals';
import { planAgain, planChanges } from '../../../activities/sync/plan-changes.ts';
import { planRows } from '../../../activities/sync/plan-rows.ts';
import { useStepTests } from '../../fixtures/step-context.ts';
import { keyOf, type ErpRecord } from '../../../domain/sync/record.ts';
import type { TestRun } from '../../fixtures/test-run.ts';

const at = useStepTests({ hasFields: false });

describe('planning the records of a slice', () => {
  const plan = (run: TestRun, after = '') => planChanges(run.context, { ...run.slice(), after });

  it('returns the number of unfinished operations after the last page', async () => {
    const run = await at.begin();
    await at.plan(run, run.customer('A1'), run.customer('A2'));
    expect(await plan(run)).toEqual({ unfinished: 2, next: null });
  });

  it('plans 1,000 records in a step, and continues after the last one', async () => {
    const run = await at.begin();
    const keys = Array.from({ length: 1_000 }, (_, n) => `A${String(n).padStart(4, '0')}`);
    await at.plan(run, run.customer('A1000'), ...keys.map((key) => run.customer(key)));
    expect(await at.query('select key from staged_records where run_id = $1 and operation is null', run.runId)).toEqual(
      [{ key: 'A1000' }],
    );
    await at.query('update staged_records set operation = null, operation_state = null where run_id = $1', run.runId);
    expect(await plan(run)).toEqual({ unfinished: 0, next: 'A0999' });
    expect(await plan(run, 'A0999')).toEqual({ unfinished: 1_001, next: null });
  });

  it('defers the creation of records that share a name until the one with the plain name has an outcome', async () => {
    const run = await at.begin();
    const [first, second] = ['A1', 'A2'].map((key) => run.customer(key, { name: 'Shared' }));
    if (first === undefined || second === undefined) throw new Error('There are two customers.');
    await at.plan(run, first, second, run.customer('A3'));
    expect(await at.staged(run)).toMatchObject({ A1: { state: 'planned' }, A2: { state: null, outcome: null } });
    expect(await plan(run)).toEqual({ unfinished: 2, next: null, deferred: 1 });
    const created = { ...keyOf(first), outcome: 'created', zendeskId: '71' } as const;
    await at.store.planning.save(run, { outcomes: [created], operations: [] });
    expect(await plan(run)).toEqual({ unfinished: 2, next: null });
    expect(await at.staged(run)).toMatchObject({ A2: { operation: 'create', state: 'planned' } });
  });

  it('defers nothing for the sake of a record that this run has not read', async () => {
    const before = await at.begin();
    await at.plan(before, before.customer('A1', { name: 'Lost' }));
    const run = await at.next(before);
    await at.plan(run, run.customer('A2', { name: 'Lost' }));
    expect(await plan(run)).toEqual({ unfinished: 1, next: null });
  });

  it('ends a record of which the planning fails alone, as an internal error', async () => {
    const run = await at.begin();
    await at.plan(run, run.customer('A1'), run.customer('A2'), run.customer('A3'));
    await at.query(
      `update staged_records set operation = null, operation_state = null,
         record = case when key = 'A2' then record - 'values' else record end where run_id = $1`,
      run.runId,
    );
    expect(await plan(run)).toEqual({ unfinished: 2, next: null });
    expect(await at.staged(run)).toMatchObject({
      ...{ A1: { operation: 'create' }, A2: { operation: null, outcome: 'rejected' }, A3: { operation: 'create' } },
    });
    const [row] = await at.query(
      `select code, message, refused_attempt from records where connection_id = $1 and key = 'A2'`,
      run.connectionId,
    );
    const message = expect.stringContaining('could not plan this record (TypeError)') as unknown;
    expect(row).toEqual({ code: 'internal_error', message, refused_attempt: null });
  });

  it('fails as a whole if no record of a long page can be planned', () => {
    const rows = Array.from({ length: 11 }, (_, no) => ({
      record: { legalEntity: 'usmf', kind: 'customer', key: `A${no}` } as ErpRecord,
    }));
    const fail = (): never => {
      throw new RangeError('Invalid array length');
    };
    expect(() => planRows(rows, fail)).toThrow(RangeError);
    expect(planRows(rows.slice(1), fail).map(({ planned }) => planned)).toMatchObject(
      Array(10).fill({ outcome: 'rejected', remark: { code: 'internal_error' } }),
    );
  });

  it('plans written records again, but not rejected ones', async () => {
    const run = await at.begin();
    const [first, second] = [run.customer('A1'), run.customer('A2')];
    await at.plan(run, first, second);
    const remark = { code: 'zendesk_refused', message: 'No.', action: '' } as const;
    await at.store.planning.save(run, {
      outcomes: [
        { ...first, outcome: 'created', zendeskId: '71' },
        { ...second, outcome: 'rejected', remark },
      ],
      operations: [],
    });
    await planAgain(run.context, { ...run.ref, kinds: ['vendor'] });
    expect(await at.staged(run)).toMatchObject({ A1: { outcome: 'created' } });
    await planAgain(run.context, { ...run.ref, kinds: ['customer'] });
    expect(await at.staged(run)).toMatchObject({ A1: { outcome: null, state: null }, A2: { outcome: 'rejected' } });
  });
});
