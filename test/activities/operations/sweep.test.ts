import { describe, expect, it } from '@jest/globals';
import type { ActivityDependencies } from '../../../activities/dependencies.ts';
import { sweep } from '../../../activities/operations/sweep.ts';
import { EVENT_MEMORY_DAYS } from '../../../domain/operations/sweep.ts';
import { account } from '../../fixtures/accounts.ts';
import { useConnectedStore } from '../../fixtures/connected-store.ts';
import { execute } from '../../fixtures/database.ts';
import { beginRun, CONNECTION } from '../../store/kit.ts';

const DAY_MS = 86_400_000;

const at = useConnectedStore();

/** Returns the dependencies of a worker that keeps things for a month; `change` stands in for what a test is about. */
function dependencies(change: Partial<ActivityDependencies> = {}): ActivityDependencies {
  return {
    ...{ store: at.store, keepDays: 30, temporalRetentionMs: () => Promise.resolve(3 * DAY_MS) },
    ...{ countRequest: () => undefined, sendAlert: undefined },
    ...{ isRunOver: () => Promise.resolve(true), wakeAlerts: () => Promise.resolve() },
    ...{ wakeAnnotation: () => Promise.resolve(), setSchedulesPaused: () => Promise.resolve() },
    withRemoteSystems: () => Promise.reject(new Error('No system is asked.')),
    ...change,
  };
}

/** Adds so many entries to the audit, of so many days ago. */
const audit = (count: number, daysAgo: number) =>
  execute(
    at.url,
    `insert into audit (at, actor, action, subject, detail)
     select now() - interval '${daysAgo} days', 'a', 'b', null, null from generate_series(1, ${count})`,
  );
const auditLeft = async () => (await at.store.audit.list({})).total;

/** Begins a run that has been under way for more than a day. */
async function longRun(): Promise<string> {
  const runId = await beginRun(at.store, [account('A1')]);
  await execute(at.url, `update runs set started_at = now() - interval '25 hours' where run_id = '${runId}'`);
  return runId;
}
const statusOf = async (runId: string) => (await at.store.runs.get(runId))?.status;

describe('sweeping the store', () => {
  it('erases what is older than it is kept, and ends with the part', async () => {
    await audit(3, 31);
    await audit(2, 29);
    expect(await sweep(dependencies(), { part: 'audit', after: '' })).toEqual({ erased: 3, after: null });
    expect(await auditLeft()).toBe(2);
    expect(await sweep(dependencies({ keepDays: 1 }), { part: 'audit', after: '' })).toMatchObject({ erased: 2 });
  });

  it('erases at most twenty batches in a step, and says where to go on', async () => {
    await audit(20_001, 31);
    const first = await sweep(dependencies(), { part: 'audit', after: '' });
    expect(first).toEqual({ erased: 20_000, after: expect.any(String) });
    expect(await sweep(dependencies(), { part: 'audit', after: first.after ?? '' })).toEqual({
      erased: 1,
      after: null,
    });
  });

  it('remembers events for as long as Temporal keeps their workflows, and for longer', async () => {
    const rememberDays = 40 + EVENT_MEMORY_DAYS;
    const change = { temporalRetentionMs: () => Promise.resolve(39.5 * DAY_MS) };
    const receive = async (id: string, daysAgo: number): Promise<void> => {
      const names = { eventId: id, controlNumber: null, type: 'changed', bodyHash: '', dedupeKey: id };
      const received = await at.store.events.receive({ connectionId: CONNECTION, source: 'dynamics', ...names });
      await at.store.events.ignored('id' in received ? received.id : '', 'not_synchronized');
      await execute(
        at.url,
        `update events set received_at = now() - interval '${daysAgo} days' where event_id = '${id}'`,
      );
    };
    await receive('kept', rememberDays - 1);
    await receive('erased', rememberDays + 1);
    await sweep(dependencies(change), { part: 'events', after: '' });
    const again = async (dedupeKey: string) => {
      const names = { eventId: null, controlNumber: null, type: 'changed', bodyHash: '', dedupeKey };
      return (await at.store.events.receive({ connectionId: CONNECTION, source: 'dynamics', ...names })).state;
    };
    expect([await again('kept'), await again('erased')]).toEqual(['duplicate', 'new']);
  });
});

describe('sweeping runs', () => {
  it('ends those that have been under way for more than a day and whose workflow is gone', async () => {
    const runId = await longRun();
    await sweep(dependencies(), { part: 'runs', after: '' });
    expect(await statusOf(runId)).toBe('cancelled');
  });

  it('leaves those whose workflow is still there, and those that began within a day', async () => {
    const runId = await longRun();
    await sweep(dependencies({ isRunOver: () => Promise.resolve(false) }), { part: 'runs', after: '' });
    expect(await statusOf(runId)).toBe('running');
    await execute(at.url, `update runs set started_at = now() - interval '23 hours' where run_id = '${runId}'`);
    await sweep(dependencies(), { part: 'runs', after: '' });
    expect(await statusOf(runId)).toBe('running');
  });

  it('looks for them once only, at the beginning of their part', async () => {
    const runId = await longRun();
    await sweep(dependencies(), { part: 'runs', after: 'again' });
    await sweep(dependencies(), { part: 'audit', after: '' });
    expect(await statusOf(runId)).toBe('running');
  });
});

describe('sweeping alerts', () => {
  it('starts the delivery of those that are still waiting, at the beginning of their part', async () => {
    await at.store.health.record({ connectionId: CONNECTION, subject: 'sync', problem: { code: 'x', message: 'y' } });
    const woken: string[] = [];
    const change = {
      sendAlert: () => Promise.resolve(),
      wakeAlerts: (id: string) => Promise.resolve(void woken.push(id)),
    };
    await sweep(dependencies(change), { part: 'alerts', after: 'again' });
    await sweep(dependencies(change), { part: 'audit', after: '' });
    expect(woken).toEqual([]);
    await sweep(dependencies(change), { part: 'alerts', after: '' });
    expect(woken).toEqual([CONNECTION]);
  });
});
