import { describe, expect, it } from '@jest/globals';
import { stop } from '../../../activities/failure.ts';
import { NO_TOTALS } from '../../../domain/sync/outcome.ts';
import { rateLimit } from '../failures.ts';
import type { Script } from '../script.ts';
import { useScriptedWorker } from '../scripted-worker.ts';

const worker = useScriptedWorker();

const RECORD = { connectionId: 'acme', legalEntity: 'USMF', kind: 'customer', accountNumber: 'US-001' };
const EVENT = { ...RECORD, eventId: 'event-1' };
const TOTALS = { ...NO_TOTALS, read: 1, updated: 1 };
const FOUND = { found: true, own: true, incompleteEntities: ['frrt'] };
const SYNC = ['beginRun', 'stageRecord', 'planChanges', 'readAgain', 'finishRun'];

/** Steps that synchronize a record which F&O has. */
const SYNCED: Script = {
  takeDueRecords: () => ({ state: 'taken' }),
  beginRun: () => ({ state: 'begun' }),
  stageRecord: () => FOUND,
  planChanges: () => ({ unfinished: 0, next: null }),
  readAgain: () => ({ records: 0 }),
  finishRun: ({ error }) => ({ totals: TOTALS, error }),
  endEvent: () => undefined,
};

describe('a business event', () => {
  const handle = (more: Script) => worker.run('handleBusinessEvent', EVENT, { ...SYNCED, ...more });

  it('reads its record again with all due records, synchronizes them, and ends with their outcome', async () => {
    const started = await worker.start('handleBusinessEvent', EVENT, SYNCED);
    const { result, course, inputs } = await started.ended();
    const run = { connectionId: 'acme', runId: started.runId, workflowId: started.workflowId };
    const slice = { ...run, legalEntity: 'usmf', kind: 'customer' };
    expect(course).toEqual(['takeDueRecords', ...SYNC, 'endEvent']);
    expect(result).toEqual(TOTALS);
    expect(inputs('takeDueRecords')).toEqual([{ ...EVENT, ...run }]);
    const only = { legalEntity: slice.legalEntity, kind: slice.kind };
    expect(inputs('beginRun')).toEqual([{ ...run, kind: 'account', full: false, acceptShrink: false, slice: only }]);
    expect(inputs('stageRecord')).toEqual([{ ...slice, key: 'US-001', withDue: true }]);
    expect(inputs('readAgain')).toEqual([{ ...slice, incompleteEntities: ['frrt'] }]);
    expect(inputs('endEvent')).toEqual([EVENT]);
  });

  it('does nothing more when its record was read for another event', async () => {
    const { result, course } = await handle({ takeDueRecords: [{ state: 'ended' }] });
    expect(result).toBeNull();
    expect(course).toEqual(['takeDueRecords']);
  });

  it('waits, longer each time, while the run of another event reads its record', async () => {
    const held = { state: 'held' as const };
    const { course } = await handle({ takeDueRecords: [held, held, held, held, held, held, { state: 'ended' }] });
    const reason = 'The run of another event is reading this record';
    const waits = [3_000, 5_000, 10_000, 30_000, 60_000, 60_000].map((ms) => `wait ${ms} ms: ${reason}`);
    expect(course).toEqual(['takeDueRecords', ...waits.flatMap((wait) => [wait, 'takeDueRecords'])]);
  });

  it('ends as not found when F&O no longer has its record, although it synchronized others', async () => {
    const { status, course, inputs } = await handle({ stageRecord: [{ ...FOUND, own: false }] });
    expect(status).toBe('completed');
    expect(course).toContain('planChanges');
    expect(inputs('endEvent')).toEqual([{ ...EVENT, outcome: 'not_found' }]);
  });

  it('ends with the code of the problem when the sync fails, and fails, too', async () => {
    const { failure, course, inputs } = await handle({
      planChanges: [stop('missing_privilege', 'Give the privilege.')],
    });
    expect(failure).toEqual({ code: 'missing_privilege', message: 'Give the privilege.' });
    expect(course.slice(-3)).toEqual(['planChanges', 'finishRun', 'endEvent']);
    expect(inputs('endEvent')).toEqual([{ ...EVENT, outcome: 'missing_privilege' }]);
  });
});

describe('the resync of a record', () => {
  const resync = (more: Script) => worker.run('syncAccount', RECORD, { ...SYNCED, ...more });

  it('reads only this record and synchronizes it', async () => {
    const { result, course, inputs } = await resync({});
    expect(course).toEqual(SYNC);
    expect(result).toEqual(TOTALS);
    const [staged] = inputs('stageRecord');
    expect(staged).toMatchObject({ legalEntity: 'usmf', kind: 'customer', key: 'US-001' });
    expect(staged).not.toHaveProperty('withDue');
  });

  it('changes nothing when F&O does not have the record', async () => {
    const { status, course } = await resync({ stageRecord: [{ ...FOUND, found: false, own: false }] });
    expect(status).toBe('completed');
    expect(course).toEqual(['beginRun', 'stageRecord', 'finishRun']);
  });

  it('ends its run as failed when a step fails for good', async () => {
    const { failure, inputs } = await resync({ stageRecord: [stop('needs_reconnect', 'Connect again.')] });
    const error = { code: 'needs_reconnect', message: 'Connect again.' };
    expect(inputs('finishRun')).toMatchObject([{ status: 'failed', error }]);
    expect(failure).toEqual(error);
  });

  it('reports how long it has waited for remote systems', async () => {
    const { course, inputs } = await resync({ stageRecord: [rateLimit(150, 'dynamics'), FOUND] });
    expect(course).toContain('wait 150 ms: Dynamics 365 asked us to wait: 1 s');
    const [ending] = inputs('finishRun') as [{ waitedMs: number }];
    expect(ending.waitedMs).toBeGreaterThanOrEqual(150);
  });
});
