import { randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { withheldWithoutGo } from '../../../domain/sync/rejection.ts';
import { account } from '../../fixtures/accounts.ts';
import { useConnectedStore } from '../../fixtures/connected-store.ts';

const MOST = 200;
const customer = (key: string) => ({ legalEntity: 'usmf', kind: 'customer' as const, key });
const reader = (runId: string) => ({ connectionId: 'contoso', runId, workflowId: `workflow of ${runId}` });

describe('a record that an event of F&O has named', () => {
  const at = useConnectedStore();

  const markDue = (key: string) => at.store.dueRecords.markDue('contoso', customer(key));
  const take = (runId: string, key: string) => at.store.dueRecords.take(reader(runId), customer(key), MOST);

  it('is read at once when it is the first for a while', async () => {
    expect(await markDue('A')).toBe(0);
  });

  it('is read together with the others when some are due already, by the run of the first event', async () => {
    await markDue('A');
    expect(await markDue('B')).toBe(10_000);
    expect(await markDue('A')).toBe(10_000);
    expect(await take('first', 'A')).toEqual({ state: 'taken' });
    expect(await at.store.dueRecords.takenBy('first')).toEqual(['A', 'B']);
    expect(await take('second', 'B')).toEqual({
      state: 'held',
      holder: { runId: 'first', workflowId: 'workflow of first' },
    });
    await at.store.dueRecords.done('first');
    expect(await take('second', 'B')).toEqual({ state: 'read' });
  });

  it('is read after the run under way, if it comes too late to be read by that one', async () => {
    await markDue('A');
    await take('first', 'A');
    expect(await markDue('B')).toBe(3_000);
    expect(await markDue('C')).toBe(10_000);
    expect(await at.store.dueRecords.takenBy('first')).toEqual(['A']);
  });

  it('stays due when it is named again while it is read', async () => {
    await markDue('A');
    await take('first', 'A');
    await markDue('A');
    await at.store.dueRecords.done('first');
    expect(await take('second', 'A')).toEqual({ state: 'taken' });
  });

  it('that nobody took, because there was no go, is read with the first master run that may write it', async () => {
    for (const key of ['A', 'B']) await markDue(key);
    const run = { runId: randomUUID(), connectionId: 'contoso', workflowId: 'sync' };
    await at.store.runs.begin({ ...run, kind: 'master', full: false, acceptShrink: false });
    await markDue('C');
    const slice = { ...run, legalEntity: 'usmf', kind: 'customer', target: 'organization' as const };
    await at.store.staging.addRecords(slice, [account('B')], await at.store.staging.now());
    await at.store.reservations.prepare({ ...run, kinds: ['customer'] });
    const remark = withheldWithoutGo('contoso');
    const outcomes = [{ ...customer('B'), outcome: 'skipped' as const, remark }];
    await at.store.planning.save(run, { outcomes, operations: [] });
    await at.store.dueRecords.done(run.runId);
    expect(await take('other', 'A')).toEqual({ state: 'read' });
    expect(await take('other', 'B')).toEqual({ state: 'taken' });
    expect(await take('other', 'C')).toEqual({ state: 'taken' });
    await at.store.runs.abandon(run.runId);
  });

  it('is taken once, however often its run asks', async () => {
    await markDue('A');
    expect([await take('first', 'A'), await take('first', 'A')]).toEqual([{ state: 'taken' }, { state: 'taken' }]);
  });

  it('is taken by one of two runs that ask at the same time', async () => {
    for (const key of ['A', 'B']) await markDue(key);
    await Promise.all([take('first', 'A'), take('second', 'B')]);
    const [first, second] = [await at.store.dueRecords.takenBy('first'), await at.store.dueRecords.takenBy('second')];
    expect([...first, ...second].sort()).toEqual(['A', 'B']);
  });

  it('is due again when the run that has taken it gives it back', async () => {
    for (const key of ['A', 'B', 'C']) await markDue(key);
    await take('first', 'A');
    await at.store.dueRecords.release('first', ['B']);
    expect(await at.store.dueRecords.takenBy('first')).toEqual(['A', 'C']);
    await at.store.dueRecords.release('first');
    await take('second', 'C');
    expect(await at.store.dueRecords.takenBy('second')).toEqual(['A', 'B', 'C']);
  });

  it('is read with others of its entity and kind only', async () => {
    await markDue('A');
    await at.store.dueRecords.markDue('contoso', { ...customer('A'), kind: 'vendor' });
    await at.store.dueRecords.markDue('contoso', { ...customer('B'), legalEntity: 'frrt' });
    await take('first', 'A');
    expect(await at.store.dueRecords.takenBy('first')).toEqual(['A']);
  });
});
