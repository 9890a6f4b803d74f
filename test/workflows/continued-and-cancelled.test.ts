import { describe, expect, it } from '@jest/globals';
import { rateLimit } from './failures.ts';
import { LONG_TEXT } from './long-text.ts';
import { untilCancelled } from './script.ts';
import { useScriptedWorker } from './scripted-worker.ts';
import { APPLY, inSync, NOTHING_REFUSED, ONE_ROUND, ORGANIZATIONS_ONLY, openJobs } from './sync/scripts.ts';

const worker = useScriptedWorker();

describe('a workflow that is cancelled or continues as new', () => {
  it('still reports that fields have changed', async () => {
    const { result, course } = await worker.run(
      'syncLegalEntity',
      { ...APPLY, kinds: ['customer', 'vendor'] },
      {
        ...ONE_ROUND,
        resolveRefusals: ({ kind }) => ({ ...NOTHING_REFUSED, fieldsChanged: kind === 'customer', ...LONG_TEXT }),
        readAgain: () => ({ records: 0, ...LONG_TEXT }),
        completeRecords: () => ({ left: 0, ...LONG_TEXT }),
        planChanges: [
          { unfinished: 1, next: null },
          { unfinished: 0, next: null },
          { unfinished: 0, next: null },
          { unfinished: 0, next: null },
        ],
      },
    );
    expect(course).toContain('continue as new');
    expect(result?.fieldsChanged).toBe(true);
  });

  it('reports the time that its legal entities have waited', async () => {
    const { inputs } = await worker.run(
      'syncMasterData',
      { connectionId: 'acme' },
      {
        ...inSync(['usmf'], ORGANIZATIONS_ONLY),
        readRecordsPage: [rateLimit(150), { read: 1, done: true }],
        rankRecords: async () => {
          await worker.cancel();
          return untilCancelled();
        },
      },
    );
    expect((inputs('finishRun')[0] as { waitedMs: number }).waitedMs).toBeGreaterThanOrEqual(150);
  });

  it('gives its business event an outcome', async () => {
    const EVENT = {
      connectionId: 'acme',
      legalEntity: 'usmf',
      kind: 'customer',
      accountNumber: 'US-001',
      eventId: 'e',
    };
    const { inputs } = await worker.run('handleBusinessEvent', EVENT, {
      ...inSync([]),
      takeDueRecords: [{ state: 'taken' }],
      stageRecord: async () => {
        await worker.cancel();
        return untilCancelled();
      },
      endEvent: () => undefined,
    });
    expect(inputs('endEvent')).toMatchObject([{ outcome: 'cancelled' }]);
  });

  it('polls its jobs once more after the last wait', async () => {
    let polls = 0;
    const { course } = await worker.run('syncLegalEntity', APPLY, {
      ...ONE_ROUND,
      submitJobs: () => openJobs(1),
      clarifyJobs: () => ({ waiting: 0 }),
      pollJobs: async () => {
        if (polls++ > 0) return { open: 1, ended: 0 };
        await worker.cancel();
        return untilCancelled();
      },
    });
    expect(course.at(-1)).toBe('pollJobs');
  });
});
