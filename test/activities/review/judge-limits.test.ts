import { describe, expect, it } from '@jest/globals';
import { judgeLimits } from '../../../activities/review/judge-limits.ts';
import { planChanges } from '../../../activities/sync/plan-changes.ts';
import { rankRecords, reserveRecords } from '../../../activities/sync/prepare-target.ts';
import { DEFAULT_REVIEW, type ReviewSettings } from '../../../domain/connection/review-settings.ts';
import type { ErpRecord } from '../../../domain/sync/record.ts';
import { useStepTests } from '../../fixtures/step-context.ts';
import type { TestRun } from '../../fixtures/test-run.ts';

const at = useStepTests();

const KEYS = ['A1', 'A2', 'A3', 'A4', 'A5', 'A6'];
const CITY = { AddressCity: 'Tacoma' };

/** Settings with a limit of half of the linked records, and of more than two. */
const review = (change: Partial<ReviewSettings> = {}): ReviewSettings => ({
  ...{ ...DEFAULT_REVIEW, first: 'off', changes: 'off', floor: { create: 2, update: 2, retire: 2 } },
  ...change,
});

const customers = (run: TestRun, keys: readonly string[], values = {}): ErpRecord[] =>
  keys.map((key) => {
    const customer = run.customer(key);
    return { ...customer, values: { ...customer.values, ...values } };
  });

/** Stages accounts of a run and reserves for them, so that they can be judged. */
async function stage(run: TestRun, records: readonly ErpRecord[]): Promise<void> {
  await at.store.staging.progress(run.slice());
  const target = 'organization' as const;
  await at.store.staging.addRecords({ runId: run.runId, target }, records, await at.store.staging.now());
  await at.store.staging.accept(run.connectionId, run.slice());
  await rankRecords(run.context, { ...run.ref, target });
  await reserveRecords(run.context, { ...run.ref, target, after: 0, incompleteEntities: [] });
}

/** Links six customers in a completed run, and begins the next one. */
async function linked(change: Partial<ReviewSettings> = {}): Promise<TestRun> {
  const first = await at.begin((settings) => ({ ...settings, review: review(change) }));
  await at.store.limits.judged(first.runId);
  await stage(first, customers(first, KEYS));
  await planChanges(first.context, { ...first.slice(), after: '' });
  const outcomes = customers(first, KEYS).map(({ legalEntity, kind, key }) => {
    return { legalEntity, kind, key, outcome: 'created' as const, zendeskId: `${legalEntity}-${key}` };
  });
  await at.store.changes.record(first, { outcomes });
  return at.next(first);
}

/** A context in which planning anything fails. */
const withoutPlanning = (run: TestRun) => {
  const fail = (): never => {
    throw new Error('Nothing should be planned.');
  };
  const planning = { ...at.store.planning, rows: fail };
  return at.contextOf(run, { store: { ...at.store, planning, withPlanningCopies: fail } });
};

const judge = (run: TestRun, context = run.context) => judgeLimits(context, { ...run.ref, incompleteEntities: [] });

describe('judging the limits of a run', () => {
  it('holds it if more accounts would be updated than allowed', async () => {
    const run = await linked();
    await stage(run, customers(run, KEYS.slice(0, 4), CITY));
    const { held } = await judge(run);
    expect(held).toMatchObject({ code: 'limits_exceeded', reason: expect.stringContaining('update 4 (at most 3)') });
    expect(await at.staged(run)).toMatchObject({ A1: { operation: null, outcome: null } });
  });

  it('holds it if more accounts would be created than allowed', async () => {
    const run = await linked();
    await stage(run, customers(run, ['B1', 'B2', 'B3']));
    const { held } = await judge(run);
    expect(held).toMatchObject({ reason: expect.stringContaining('create 3 (at most 2)') });
  });

  it.each([
    ['too few records were read', {}, 2],
    ['reviews are switched off', { every: 'off' as const }, 6],
  ])('plans nothing if %s', async (_, change, count) => {
    const run = await linked(change);
    await stage(run, customers(run, KEYS.slice(0, count), CITY));
    expect(await judge(run, withoutPlanning(run))).toEqual({ held: null });
  });

  it('plans nothing if no run of the legal entity and kind has completed', async () => {
    const run = await at.begin((settings) => ({ ...settings, review: review() }));
    await stage(run, customers(run, KEYS));
    expect(await judge(run, withoutPlanning(run))).toEqual({ held: null });
  });

  it('plans nothing if a person has accepted it for this run', async () => {
    const run = await linked();
    await stage(run, customers(run, KEYS, CITY));
    const audited = { actor: 'admin', action: 'run.grant', subject: run.connectionId, detail: null };
    await at.store.runGrants.give(run, ['limits'], audited);
    expect(await judge(run, withoutPlanning(run))).toEqual({ held: null });
  });

  it('does not let it go because it may accept a reading that has shrunk', async () => {
    const run = await linked();
    await stage(run, customers(run, KEYS, CITY));
    const audited = { actor: 'admin', action: 'run.grant', subject: run.connectionId, detail: null };
    await at.store.runGrants.give(run, ['shrink'], audited);
    expect((await judge(run)).held?.code).toBe('limits_exceeded');
  });

  it('holds every run that would change something if the settings say so', async () => {
    const run = await linked({ every: 'ask' });
    await stage(run, customers(run, KEYS.slice(0, 1), CITY));
    expect((await judge(run)).held?.code).toBe('approval_required');
  });

  it('ends the alert about a held run', async () => {
    const run = await linked();
    const problem = { code: 'limits_exceeded', message: 'Too many.' };
    await at.store.health.record({ connectionId: run.connectionId, subject: 'held', problem });
    await at.store.health.delivered(run.connectionId);
    await judge(run);
    const next = await at.store.health.nextAlert(run.connectionId);
    expect(next?.alert).toMatchObject({ subject: 'held', isFailing: false, runId: run.runId });
  });
});

it('a run that was not judged plans no write, however it was started', async () => {
  const run = await linked();
  await stage(run, customers(run, KEYS.slice(0, 1), CITY));
  await planChanges(run.context, { ...run.slice(), after: '' });
  expect(await at.staged(run)).toMatchObject({ A1: { operation: null, outcome: 'skipped' } });
  const { items } = await at.store.records.list(run.connectionId, { state: 'skipped' });
  expect(items).toMatchObject([{ key: 'A1', code: 'held', message: expect.stringContaining('not checked') }]);
});
