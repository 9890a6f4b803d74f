import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Store } from '../../../store/store.ts';
import { saveConnection } from '../../fixtures/accounts.ts';
import { openTestStore } from '../../fixtures/database.ts';

const PROBLEM = { code: 'unreachable', message: 'No answer.' };

describe('the health of a connection', () => {
  let store: Store;
  let close: () => Promise<void>;

  beforeAll(async () => {
    ({ store, close } = await openTestStore());
    for (const id of ['once', 'runs', 'state']) await saveConnection(store, id);
  });
  afterAll(() => close());

  /** Delivers every alert that waits, and returns what each said. */
  async function deliver(connectionId: string): Promise<(readonly [string, boolean])[]> {
    const delivered: (readonly [string, boolean])[] = [];
    for (;;) {
      const next = await store.health.nextAlert(connectionId);
      if (next === undefined) return delivered;
      delivered.push([next.alert.subject, next.alert.isFailing]);
      await store.health.delivered(connectionId, next.alert.id);
    }
  }

  it('leaves one alert when a problem begins and one when it ends, although many report it at once', async () => {
    const report = (problem: typeof PROBLEM | null) =>
      Promise.all(
        Array.from({ length: 10 }, () => store.health.record({ connectionId: 'once', subject: 'support', problem })),
      );
    await report(null);
    expect(await store.health.hasAlerts('once')).toBe(false);
    await report(PROBLEM);
    expect(await store.health.connectionsWithAlerts()).toEqual(['once']);
    await report(null);
    await report(PROBLEM);
    expect(await store.health.nextAlert('once')).toMatchObject({ waiting: 3 });
    expect(await deliver('once')).toEqual([
      ['support', true],
      ['support', false],
      ['support', true],
    ]);
  });

  it('is not recorded of a connection that is gone', async () => {
    await store.health.record({ connectionId: 'nobody', subject: 'sync', problem: PROBLEM });
    expect(await store.health.hasAlerts('nobody')).toBe(false);
  });

  it('changes with runs of the whole connection that fail or complete, and with no others', async () => {
    let nth = 0;
    const run = async (
      end: 'completed' | 'cancelled' | typeof PROBLEM,
      more: { kind?: 'account'; legalEntity?: string } = {},
    ): Promise<void> => {
      const runId = `run-${(nth += 1)}`;
      const scope = { legalEntity: undefined, full: false, acceptShrink: false };
      await store.runs.begin({ runId, workflowId: runId, connectionId: 'runs', kind: 'master', ...scope, ...more });
      const status = typeof end === 'string' ? end : ('failed' as const);
      await store.reports.finish(runId, { status, waitedMs: 0, error: typeof end === 'string' ? null : end });
    };
    await run('completed');
    await run(PROBLEM, { kind: 'account' });
    await run(PROBLEM, { legalEntity: 'usmf' });
    await run('cancelled');
    for (const code of ['needs_reconnect', 'needs_authorization']) await run({ ...PROBLEM, code });
    expect(await deliver('runs')).toEqual([]);
    await run(PROBLEM);
    await run({ ...PROBLEM, code: 'missing_privilege' });
    await run('completed', { kind: 'account' });
    await run('completed', { legalEntity: 'usmf' });
    await run('cancelled');
    expect(await deliver('runs')).toEqual([['sync', true]]);
    await run('completed');
    await run('completed');
    expect(await deliver('runs')).toEqual([['sync', false]]);
  });

  it('changes with the state of its credentials', async () => {
    for (const state of ['active', 'needs_reconnect', 'needs_reconnect', 'needs_authorization', 'active'] as const)
      await store.connections.setState('state', state, state === 'active' ? null : 'Authorize it again.');
    expect(await store.health.nextAlert('state')).toMatchObject({
      alert: { code: 'needs_reconnect', message: 'Authorize it again.', runId: null },
    });
    expect(await deliver('state')).toEqual([
      ['credentials', true],
      ['credentials', false],
    ]);
  });
});
