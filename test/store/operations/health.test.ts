import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Store } from '../../../store/store.ts';
import { saveConnection } from '../../fixtures/accounts.ts';
import { openTestStore } from '../../fixtures/database.ts';

const PROBLEM = { code: 'unreachable', message: 'No answer.' };

describe('the troubles of a connection', () => {
  let store: Store;
  let close: () => Promise<void>;

  beforeAll(async () => {
    ({ store, close } = await openTestStore());
    for (const id of ['once', 'runs', 'state']) await saveConnection(store, id);
  });
  afterAll(() => close());

  /** Tells every alert that is left, and answers what each said. */
  async function tell(connectionId: string): Promise<(readonly [string, boolean])[]> {
    const told: (readonly [string, boolean])[] = [];
    for (;;) {
      const next = await store.troubles.next(connectionId);
      if (next === undefined) return told;
      told.push([next.alert.subject, next.alert.isFailing]);
      await store.troubles.told(connectionId, next.alert.id);
    }
  }

  it('leave one alert each when they begin and end, though many find them out at once', async () => {
    const note = (problem: typeof PROBLEM | null) =>
      Promise.all(
        Array.from({ length: 10 }, () => store.troubles.note({ connectionId: 'once', subject: 'support', problem })),
      );
    await note(null);
    expect(await store.troubles.isUntold('once')).toBe(false);
    await note(PROBLEM);
    expect(await store.troubles.untold()).toEqual(['once']);
    await note(null);
    await note(PROBLEM);
    expect(await store.troubles.next('once')).toMatchObject({ untold: 3 });
    expect(await tell('once')).toEqual([
      ['support', true],
      ['support', false],
      ['support', true],
    ]);
  });

  it('are not noted of a connection that is gone', async () => {
    await store.troubles.note({ connectionId: 'nobody', subject: 'sync', problem: PROBLEM });
    expect(await store.troubles.isUntold('nobody')).toBe(false);
  });

  it('of its sync are found out by runs of the whole connection that fail or complete, and by no others', async () => {
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
    expect(await tell('runs')).toEqual([]);
    await run(PROBLEM);
    await run({ ...PROBLEM, code: 'missing_privilege' });
    await run('completed', { kind: 'account' });
    await run('completed', { legalEntity: 'usmf' });
    await run('cancelled');
    expect(await tell('runs')).toEqual([['sync', true]]);
    await run('completed');
    await run('completed');
    expect(await tell('runs')).toEqual([['sync', false]]);
  });

  it('with its credentials are found out by the change of its state', async () => {
    for (const state of ['active', 'needs_reconnect', 'needs_reconnect', 'needs_authorization', 'active'] as const)
      await store.connections.setState('state', state, state === 'active' ? null : 'Authorize it again.');
    expect(await store.troubles.next('state')).toMatchObject({
      alert: { code: 'needs_reconnect', message: 'Authorize it again.', runId: null },
    });
    expect(await tell('state')).toEqual([
      ['credentials', true],
      ['credentials', false],
    ]);
  });
});
