import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { RunEnd } from '../../../store/sync/runs.ts';
import type { RecordOutcome } from '../../../store/sync/outcomes.ts';
import type { Store } from '../../../store/store.ts';
import { keyOf, type ErpRecord } from '../../../domain/sync/record.ts';
import { heldRecord, zendeskRefused } from '../../../domain/sync/rejection.ts';
import { account, saveConnection } from '../../fixtures/accounts.ts';
import { openTestStore } from '../../fixtures/database.ts';

const COMPLETED: RunEnd = { status: 'completed', waitedMs: 0, error: null };
const ENTRY = { actor: 'admin', action: 'run.grant', subject: 'contoso', detail: 'limits of run X' };
const HELD = heldRecord('contoso', 'Too many.');

let store: Store;
let close: () => Promise<void>;
let id: string;
let connections = 0;

beforeAll(async () => {
  ({ store, close } = await openTestStore());
});
afterAll(() => close());
beforeEach(async () => {
  id = `c${(connections += 1)}`;
  await saveConnection(store, id);
});

/** Begins a run that has read these records and accepted the reading. */
async function begin(records: readonly ErpRecord[], kind: 'master' | 'account' = 'master'): Promise<string> {
  const runId = randomUUID();
  const run = { runId, connectionId: id };
  await store.runs.begin({ ...run, workflowId: 'sync', kind, full: false, acceptShrink: false });
  const slice = { runId, legalEntity: 'usmf', kind: 'customer', target: 'organization' as const };
  if (kind === 'master') {
    await store.staging.progress(slice);
    const readAt = await store.staging.now();
    const position = { own: 'first', next: null };
    const page = { records, rows: records.length, counted: null, nextLink: null, position, readAt, pages: 0 };
    await store.staging.addPage(slice, page);
    await store.staging.accept(id, slice);
  } else await store.staging.addRecords(slice, records, await store.staging.now());
  await store.reservations.prepare({ ...run, kinds: ['customer'] });
  return runId;
}

/** Does a run in which every record has this outcome. */
async function run(
  records: readonly ErpRecord[],
  outcome: Partial<RecordOutcome>,
  { kind, end = COMPLETED }: { kind?: 'master' | 'account'; end?: RunEnd } = {},
): Promise<string> {
  const runId = await begin(records, kind);
  const outcomes = records.map((record): RecordOutcome => ({ outcome: 'created', ...keyOf(record), ...outcome }));
  const ids = outcomes.map((one) => (one.outcome === 'created' ? { ...one, zendeskId: `Z-${one.key}` } : one));
  await store.changes.record({ runId, connectionId: id }, { outcomes: ids });
  await store.reports.finish(runId, end);
  return runId;
}

const slice = () => ({ connectionId: id, legalEntity: 'usmf', kind: 'customer' });
const accounts = (...keys: string[]) => keys.map((key) => account(key));

describe('a slice', () => {
  it('counts for limits after its first completed run, with what that run could not create', async () => {
    expect(await store.limits.completed(slice())).toBeUndefined();
    await run(accounts('A1', 'A2'), {});
    expect(await store.limits.completed(slice())).toEqual({ leftOver: new Set() });
    expect(await store.limits.completed({ ...slice(), kind: 'vendor' })).toBeUndefined();
  });

  it('leaves over what was rejected in the first completed run, and not what is new', async () => {
    const rejected = { outcome: 'rejected' as const, remark: zendeskRefused('no.') };
    await run(accounts('A1'), rejected);
    await run(accounts('A1', 'A2'), rejected);
    expect(await store.limits.completed(slice())).toEqual({ leftOver: new Set(['A1']) });
  });

  it.each(['no_go', 'not_in_plan'])('does not count while a part of it was not approved (%s)', async (code) => {
    const remark = { ...HELD, code: code as 'held' };
    await run(accounts('A1'), { outcome: 'skipped', remark });
    expect(await store.limits.completed(slice())).toBeUndefined();
    await run(accounts('A1'), {});
    expect(await store.limits.completed(slice())).toBeDefined();
  });

  it('counts if the run has done everything in it and failed elsewhere, and not otherwise', async () => {
    const failed: RunEnd = { status: 'failed', waitedMs: 0, error: { code: 'unreachable', message: 'No.' } };
    const runId = await begin(accounts('A1'));
    await store.reports.finish(runId, failed);
    expect(await store.limits.completed(slice())).toBeUndefined();
    await run(accounts('A1'), {}, { end: { ...failed, status: 'cancelled' } });
    expect(await store.limits.completed(slice())).toBeUndefined();
    await run(accounts('A1'), {}, { end: failed });
    expect(await store.limits.completed(slice())).toBeDefined();
  });
});

describe('the numbers of limits', () => {
  it('are of linked records in completed slices, and of records that events have written since the last run', async () => {
    expect(await store.limits.basis(id)).toMatchObject({ linked: 0 });
    await run(accounts('A1', 'A2', 'A3'), {});
    expect(await store.limits.basis(id)).toEqual({ linked: 3, byEvents: { create: 0, update: 0, retire: 0 } });
    const updated = { outcome: 'updated' as const, zendeskId: 'Z-A1' };
    await run(accounts('A1'), updated, { kind: 'account' });
    await run(accounts('A1'), updated, { kind: 'account' });
    await run(accounts('A4'), {}, { kind: 'account' });
    expect(await store.limits.basis(id)).toEqual({ linked: 4, byEvents: { create: 1, update: 1, retire: 0 } });
    expect(await store.limits.writesOfEvents(id)).toBe(3);
    const held: RunEnd = {
      status: 'held',
      waitedMs: 0,
      error: { code: 'limits_exceeded', message: 'No.' },
      planId: 'P',
    };
    await store.reports.finish(await begin(accounts('A1', 'A2')), held);
    expect(await store.limits.writesOfEvents(id)).toBe(3);
    await run(accounts('A1', 'A2', 'A3', 'A4'), { outcome: 'unchanged' });
    expect(await store.limits.basis(id)).toEqual({ linked: 4, byEvents: { create: 0, update: 0, retire: 0 } });
    expect(await store.limits.writesOfEvents(id)).toBe(0);
  });

  it('include the sizes of what a run has read', async () => {
    await run(accounts('A1', 'A2'), {});
    const runId = await begin(accounts('A1', 'A2', 'A3'));
    const size = { legalEntity: 'usmf', kind: 'customer', linked: 2, unlinked: 1, isCompleted: true };
    expect(await store.limits.sizes({ runId, connectionId: id })).toEqual([size]);
  });
});

describe('grants', () => {
  it('are of one run of one connection, are audited once, and end with the run', async () => {
    const runId = randomUUID();
    const granted = { runId, connectionId: id };
    await store.runGrants.give(granted, ['limits'], { ...ENTRY, subject: id });
    await store.runGrants.give(granted, ['limits'], { ...ENTRY, subject: id });
    expect(await store.runGrants.list(granted)).toEqual(new Set(['limits']));
    expect(await store.runGrants.list({ ...granted, connectionId: 'other' })).toEqual(new Set());
    expect(await store.audit.list({ subject: id })).toMatchObject({ total: 1, items: [{ action: 'run.grant' }] });
    await store.runs.begin({ ...granted, workflowId: 'w', kind: 'master', full: false, acceptShrink: false });
    const other = { ...granted, runId: randomUUID(), workflowId: 'v' };
    const asked = await store.runs.begin({ ...other, kind: 'master', full: false, acceptShrink: false });
    expect(asked).toMatchObject({ begun: false, holder: { scope: { acceptLimits: true, acceptShrink: false } } });
    await store.reports.finish(runId, COMPLETED);
    expect(await store.runGrants.list(granted)).toEqual(new Set());
  });

  it('of an abandoned run end, too', async () => {
    const runId = await begin([]);
    await store.runGrants.give({ runId, connectionId: id }, ['shrink'], ENTRY);
    await store.runs.abandon(runId);
    expect(await store.runGrants.list({ runId, connectionId: id })).toEqual(new Set());
  });
});

describe('a held run', () => {
  const heldBy = (code: string): RunEnd => ({
    ...{ status: 'held', waitedMs: 0, planId: 'plan-1' },
    error: { code, message: `It is held: ${code}.` },
  });
  const alerts = async (): Promise<string[]> => {
    const found: string[] = [];
    for (let next = await store.health.nextAlert(id); next !== undefined; next = await store.health.nextAlert(id)) {
      found.push(`${next.alert.isFailing} ${next.alert.code}`);
      await store.health.delivered(id, next.alert.id);
    }
    return found;
  };

  it('has all its records in skipped, and changes none of them', async () => {
    await run(accounts('A1'), {});
    const runId = await begin(accounts('A1', 'A2'));
    const report = await store.reports.finish(runId, heldBy('limits_exceeded'));
    expect(report).toMatchObject({ status: 'held', planId: 'plan-1', totals: { read: 2, skipped: 2, created: 0 } });
    const { items } = await store.records.list(id, {});
    expect(items.map(({ key, state, code }) => [key, state, code])).toEqual([['A1', 'created', null]]);
  });

  it('makes one alert per cause, and the connection shows it until a run is not held', async () => {
    for (let n = 0; n < 3; n += 1) await store.reports.finish(await begin(accounts('A1')), heldBy('limits_exceeded'));
    expect(await alerts()).toEqual(['true limits_exceeded']);
    expect(await store.held.list(id)).toMatchObject([
      {
        connectionId: id,
        code: 'limits_exceeded',
        planId: 'plan-1',
        runId: expect.any(String),
        since: expect.any(String),
      },
    ]);
    await store.reports.finish(await begin(accounts('A1')), heldBy('approval_required'));
    expect(await alerts()).toEqual(['true approval_required']);
    await store.health.record({ connectionId: id, subject: 'held', problem: null });
    await run(accounts('A1'), {});
    expect(await alerts()).toEqual(['false null']);
    expect(await store.held.list(id)).toEqual([]);
  });
});

describe('a held write of an event', () => {
  it('keeps its record due, and shows on the connection until a run decides', async () => {
    await run(accounts('A1', 'A2'), {});
    const key = { legalEntity: 'usmf', kind: 'customer', key: 'A1' };
    for (const one of ['A1', 'A2']) await store.dueRecords.markDue(id, { ...key, key: one });
    const runId = await begin(accounts('A1', 'A2'), 'account');
    await store.dueRecords.take({ connectionId: id, runId, workflowId: 'w' }, key, 10);
    await store.changes.record(
      { runId, connectionId: id },
      {
        outcomes: [
          { ...key, outcome: 'skipped', remark: HELD },
          { ...key, key: 'A2', outcome: 'updated', zendeskId: 'Z-A2' },
        ],
      },
    );
    await store.reports.finish(runId, COMPLETED);
    await store.dueRecords.done(runId);
    const reader = { connectionId: id, runId: 'next', workflowId: 'w' };
    expect(await store.dueRecords.take(reader, { ...key, key: 'A2' }, 10)).toEqual({ state: 'read' });
    expect(await store.dueRecords.take(reader, key, 10)).toEqual({ state: 'taken' });
    expect(await store.held.list(id)).toMatchObject([{ code: 'held', planId: null, runId: null }]);
    await run(accounts('A1', 'A2'), { outcome: 'unchanged' });
    expect(await store.held.list(id)).toEqual([]);
  });
});
