import { describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { beginRun, countOutcomes, finishRun } from '../../../activities/sync/run.ts';
import type { StepContext } from '../../../activities/dependencies.ts';
import { useStepTests } from '../../fixtures/step-context.ts';
import type { TestRun } from '../../fixtures/test-run.ts';

const MASTER = { kind: 'master', full: false, acceptShrink: false } as const;
const NEEDS_RECONNECT = { code: 'needs_reconnect', message: 'Zendesk does not take the token.' };

const at = useStepTests({ hasFields: false });

/** Returns the reference of another run of the same connection that has not begun. */
function another({ connectionId, workflowId }: TestRun) {
  return { connectionId, workflowId, runId: randomUUID() };
}

/** Returns a context that records calls to schedules and alerts. */
function recordingContext(run: TestRun, change: Partial<StepContext> = {}) {
  const calls: unknown[] = [];
  const context = at.contextOf(run, {
    setSchedulesPaused: (id, paused) => Promise.resolve(void calls.push(['schedules', id, paused])),
    wakeAlerts: (id) => Promise.resolve(void calls.push(['alerts', id])),
    sendAlert: () => Promise.resolve(),
    ...change,
  });
  return { context, calls };
}

const statusOf = async (runId: string) => (await at.store.runs.get(runId))?.status;

describe('the start of a run', () => {
  it('locks the connection if no other run has it', async () => {
    const before = await at.begin();
    await finishRun(before.context, { ...before.ref, status: 'completed', waitedMs: 0, error: null });
    const run = another(before);
    expect(await beginRun(before.context, { ...run, ...MASTER })).toEqual({ state: 'begun' });
    expect(await statusOf(run.runId)).toBe('running');
  });

  it('is idempotent', async () => {
    const run = await at.begin();
    expect(await beginRun(run.context, { ...run.ref, ...MASTER })).toEqual({ state: 'begun' });
  });

  it('joins a running run that does the same, and has its report', async () => {
    const holder = await at.begin();
    const run = another(holder);
    expect(await beginRun(holder.context, { ...run, ...MASTER })).toEqual({ state: 'joined', runId: holder.runId });
    expect((await at.store.reports.get(run.runId))?.runId).toBe(holder.runId);
  });

  it('waits for a running run that does less', async () => {
    const holder = await at.begin();
    const run = another(holder);
    const busy = { state: 'busy', runId: holder.runId };
    expect(await beginRun(holder.context, { ...run, ...MASTER, full: true })).toEqual(busy);
    expect(await at.store.reports.get(run.runId)).toBeUndefined();
  });

  it('takes what a run may accept from the store, and not from its input', async () => {
    const holder = await at.begin();
    const run = another(holder);
    const joined = { state: 'joined', runId: holder.runId };
    const asked = { ...run, ...MASTER, acceptShrink: true, acceptLimits: true };
    expect(await beginRun(holder.context, asked)).toEqual(joined);
    const granted = another(holder);
    const audited = { actor: 'admin', action: 'run.grant', subject: run.connectionId, detail: null };
    await at.store.runGrants.give(granted, ['limits'], audited);
    expect(await beginRun(holder.context, { ...granted, ...MASTER })).toEqual({ state: 'busy', runId: holder.runId });
    await at.store.runGrants.give(holder, ['limits'], audited);
    expect(await beginRun(holder.context, { ...granted, ...MASTER })).toEqual(joined);
    expect(await at.store.runGrants.list(granted)).toEqual(new Set());
  });

  it('ends a run that has the connection although its workflow has ended, and replaces it', async () => {
    const holder = await at.begin();
    await at.plan(holder, holder.customer('A1'));
    const { context } = recordingContext(holder, { isRunOver: ({ runId }) => Promise.resolve(runId === holder.runId) });
    const run = another(holder);
    expect(await beginRun(context, { ...run, ...MASTER })).toEqual({ state: 'begun' });
    expect(await at.store.reports.get(holder.runId)).toMatchObject({
      ...{ status: 'cancelled', error: { code: 'abandoned' } },
    });
    expect(await at.staged(holder)).toEqual({});
  });

  it('of the resync of one account needs no lock', async () => {
    const holder = await at.begin();
    const run = another(holder);
    expect(await beginRun(holder.context, { ...run, ...MASTER, kind: 'account' })).toEqual({ state: 'begun' });
  });

  it('fails for a connection that does not exist', async () => {
    const run = await at.begin();
    const input = { ...run.ref, ...MASTER, connectionId: 'nobody' };
    await expect(beginRun(run.context, input)).rejects.toMatchObject({ code: 'connection_missing' });
  });

  it('starts the delivery of alerts that are still waiting', async () => {
    const run = await at.begin();
    const { context, calls } = recordingContext(run);
    await beginRun(context, { ...run.ref, ...MASTER });
    expect(calls).toEqual([]);
    await at.store.health.record({ connectionId: run.connectionId, subject: 'sync', problem: NEEDS_RECONNECT });
    await beginRun(context, { ...run.ref, ...MASTER });
    expect(calls).toEqual([['alerts', run.connectionId]]);
  });
});

describe('the end of a run', () => {
  const end = (run: TestRun, context: StepContext, error: { code: string; message: string } | null = null) =>
    finishRun(context, { ...run.ref, status: error === null ? 'completed' : 'failed', waitedMs: 5, error });

  /** Marks a customer as due, and has the run take it. */
  async function take(run: TestRun): Promise<void> {
    const record = { legalEntity: run.legalEntity, kind: 'customer', key: 'A1' };
    await at.store.dueRecords.markDue(run.connectionId, record);
    await at.store.dueRecords.take(run, record, 1);
  }
  const due = ({ connectionId }: TestRun) =>
    at.query('select key, taken_run from erp_due where connection_id = $1', connectionId);

  it('stores its totals, and the taken records are no longer due', async () => {
    const run = await at.begin();
    await take(run);
    await at.plan(run, run.customer('A1'));
    expect(await countOutcomes(run.context, run)).toMatchObject({ read: 1, created: 0 });
    await at.store.planning.save(run, {
      outcomes: [{ ...run.customer('A1'), outcome: 'created', zendeskId: '71' }],
      operations: [],
    });
    expect(await end(run, run.context)).toMatchObject({ totals: { read: 1, created: 1 }, error: null });
    expect(await due(run)).toEqual([]);
  });

  it('is a failure if a record has no outcome, and the taken records are due again', async () => {
    const run = await at.begin();
    await take(run);
    await at.plan(run, run.customer('A1'));
    expect(await end(run, run.context)).toMatchObject({ error: { code: 'unaccounted' } });
    expect(await statusOf(run.runId)).toBe('failed');
    expect(await due(run)).toEqual([{ key: 'A1', taken_run: null }]);
  });

  it('marks the credentials as rejected if they were the reason, and pauses the schedules', async () => {
    const run = await at.begin();
    const { context, calls } = recordingContext(run);
    await end(run, context, NEEDS_RECONNECT);
    expect(calls).toEqual([
      ['schedules', run.connectionId, true],
      ['alerts', run.connectionId],
    ]);
    expect(await at.store.connections.require(run.connectionId)).toMatchObject({
      ...{ state: 'needs_reconnect', stateReason: NEEDS_RECONNECT.message },
    });
  });

  it('does not change the connection state for another reason', async () => {
    const run = await at.begin();
    const { context, calls } = recordingContext(run);
    await end(run, context, { code: 'entity_shrank', message: 'Less.' });
    expect(calls).toEqual([['alerts', run.connectionId]]);
    expect(await at.store.connections.require(run.connectionId)).toMatchObject({ state: 'active' });
  });

  it('marks the credentials as valid after a completed master run, and resumes the schedules', async () => {
    const run = await at.begin();
    await at.store.connections.setState(run.connectionId, 'needs_reconnect', 'Rejected.');
    const { context, calls } = recordingContext(run);
    await end(run, context);
    expect(calls).toEqual([
      ['schedules', run.connectionId, false],
      ['alerts', run.connectionId],
    ]);
    expect(await at.store.connections.require(run.connectionId)).toMatchObject({ state: 'active', stateReason: null });
  });

  it('does not change the schedules of a connection with valid credentials', async () => {
    const run = await at.begin();
    const { context, calls } = recordingContext(run);
    await end(run, context);
    expect(calls).toEqual([]);
  });

  it('does not mark the credentials as valid after the resync of one account', async () => {
    const before = await at.begin();
    await at.store.connections.setState(before.connectionId, 'needs_reconnect', 'Rejected.');
    const run = another(before);
    const { context, calls } = recordingContext(before);
    await beginRun(context, { ...run, ...MASTER, kind: 'account' });
    await finishRun(context, { ...run, status: 'completed', waitedMs: 0, error: null });
    expect(calls).toEqual([
      ['alerts', before.connectionId],
      ['alerts', before.connectionId],
    ]);
    expect(await at.store.connections.require(before.connectionId)).toMatchObject({ state: 'needs_reconnect' });
  });

  it('is idempotent', async () => {
    const run = await at.begin();
    await end(run, run.context, { code: 'entity_shrank', message: 'Less.' });
    expect(await end(run, run.context)).toMatchObject({ error: { code: 'entity_shrank' } });
    expect(await statusOf(run.runId)).toBe('failed');
  });
});
