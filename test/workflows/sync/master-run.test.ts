import { describe, expect, it } from '@jest/globals';
import { NO_TOTALS } from '../../../domain/sync/outcome.ts';
import { rateLimit } from '../failures.ts';
import { LONG_TEXT } from '../long-text.ts';
import { attributesAdded } from '../history.ts';
import { untilCancelled } from '../script.ts';
import { useScriptedWorker } from '../scripted-worker.ts';
import { inSync, ORGANIZATIONS_ONLY, openJobs, ONE_ROUND, RUN } from './scripts.ts';

const worker = useScriptedWorker();

const INPUT = { connectionId: 'acme' };
const TOTALS = { ...NO_TOTALS, read: 2, unchanged: 2 };

describe('beginning a master run', () => {
  it('takes the connection with the id of the first execution, and returns it with the totals', async () => {
    const script = { ...inSync([]), finishRun: [{ totals: TOTALS, error: null }] };
    const started = await worker.start('syncMasterData', INPUT, script);
    const { result, inputs } = await started.ended();
    const { runId, workflowId } = started;
    expect(result).toEqual({ runId, totals: TOTALS });
    const scope = { kind: 'master', full: false, acceptShrink: false };
    expect(inputs('beginRun')).toEqual([{ connectionId: 'acme', runId, workflowId, ...scope }]);
    const ending = { status: 'completed', error: null, waitedMs: 0 };
    expect(inputs('finishRun')).toEqual([{ connectionId: 'acme', runId, workflowId, ...ending }]);
  });

  it('joins the run that does the same, and does nothing else', async () => {
    const { result, course } = await worker.run('syncMasterData', INPUT, {
      beginRun: [{ state: 'joined', runId: 'run-7' }],
    });
    expect(result).toEqual({ joined: 'run-7' });
    expect(course).toEqual(['beginRun']);
  });

  it('waits for a run that does less', async () => {
    const busy = { state: 'busy' as const, runId: 'run-7' };
    const { course, inputs } = await worker.run(
      'syncMasterData',
      { ...RUN, legalEntity: 'USMF', full: true, acceptShrink: true },
      { ...inSync([]), beginRun: [busy, busy, { state: 'begun' }] },
    );
    const wait = 'wait 3000 ms: Run run-7 of this connection must end first';
    expect(course.slice(0, 5)).toEqual(['beginRun', wait, 'beginRun', wait, 'beginRun']);
    expect(inputs('beginRun')[2]).toMatchObject({
      runId: 'run-1',
      legalEntity: 'usmf',
      full: true,
      acceptShrink: true,
    });
  });

  it('adds search attributes to a run that was started without them', async () => {
    const script = { beginRun: () => ({ state: 'joined' as const, runId: 'run-7' }) };
    const input = { ...INPUT, legalEntity: 'USMF' };
    const byHand = await (await worker.startByHand('syncMasterData', input, script)).ended();
    expect(attributesAdded(byHand.events)).toEqual({
      LedgerdeskConnection: 'acme',
      LedgerdeskLegalEntity: 'usmf',
    });
    const usual = await worker.run('syncMasterData', input, script);
    expect(attributesAdded(usual.events)).toEqual({});
  });
});

describe('a long master run', () => {
  it('continues as new after a stage, as the same run, and keeps its progress', async () => {
    const page = { seen: 1, next: 'c1', ...LONG_TEXT };
    const started = await worker.start('syncMasterData', INPUT, {
      ...inSync(['usmf'], ORGANIZATIONS_ONLY),
      readZendeskChanges: [rateLimit(100), page, page, { ...page, next: 'c3' }, { seen: 1, next: null }],
    });
    const { status, course, inputs } = await started.ended();
    expect(status).toBe('completed');
    expect(course.filter((step) => step === 'continue as new')).toHaveLength(1);
    const from = course.indexOf('continue as new');
    expect(course.slice(from - 1, from + 3)).toEqual([
      'readZendeskChanges',
      'continue as new',
      'readZendeskChanges',
      'rankRecords',
    ]);
    expect(inputs('readZendeskChanges')[4]).toMatchObject({ after: 'c3', runId: started.runId });
    expect(inputs('beginRun')).toHaveLength(1);
    expect(inputs('finishRun')).toMatchObject([{ runId: started.runId, status: 'completed' }]);
    const [{ waitedMs }] = inputs('finishRun') as [{ waitedMs: number }];
    expect(waitedMs).toBeGreaterThanOrEqual(100);
  });
});

describe('the waits of a master run', () => {
  it('are reported as the sum of the longest waits of its legal entities in each stage', async () => {
    const limited = { usmf: 0, frrt: 0 };
    const { inputs } = await worker.run('syncMasterData', INPUT, {
      ...inSync(['usmf', 'frrt'], ORGANIZATIONS_ONLY),
      readRecordsPage({ legalEntity }) {
        if (legalEntity === 'usmf' && limited.usmf++ === 0) throw rateLimit(150, 'dynamics');
        return { read: 1, done: true };
      },
      planChanges({ legalEntity }) {
        if (legalEntity === 'frrt' && limited.frrt++ === 0) throw rateLimit(150);
        return { unfinished: 0, next: null };
      },
    });
    const [{ waitedMs }] = inputs('finishRun') as [{ waitedMs: number }];
    expect(waitedMs).toBeGreaterThanOrEqual(300);
  });
});

describe('a cancelled master run', () => {
  it('is ended, too, when it was cancelled while it began', async () => {
    const { status, course, inputs } = await worker.run('syncMasterData', INPUT, {
      ...inSync(['usmf']),
      async beginRun() {
        await worker.cancel();
        await new Promise((resolve) => setTimeout(resolve, 300));
        return { state: 'begun' };
      },
    });
    expect(status).toBe('cancelled');
    expect(course).toEqual(['beginRun', 'finishRun']);
    expect(inputs('finishRun')).toMatchObject([{ status: 'cancelled', error: null }]);
  });

  it('waits for its legal entities, ends the run as cancelled, and does not discard anything', async () => {
    const { status, course, inputs } = await worker.run('syncMasterData', INPUT, {
      ...inSync(['usmf', 'frrt']),
      readRecordsPage: async ({ legalEntity }) => {
        if (legalEntity === 'usmf') await worker.cancel();
        return untilCancelled();
      },
    });
    expect(status).toBe('cancelled');
    expect(course).toEqual(['beginRun', 'findLegalEntities', 'child usmf read', 'child frrt read', 'finishRun']);
    expect(inputs('finishRun')).toMatchObject([{ status: 'cancelled', error: null }]);
  });

  it('lets its legal entities record their open jobs first', async () => {
    let polls = 0;
    const pollJobs = async (): Promise<{ open: number; ended: number }> => {
      if (polls++ > 0) return { open: 0, ended: 1 };
      await worker.cancel();
      return untilCancelled();
    };
    const jobs = { ...ONE_ROUND, submitJobs: () => openJobs(1), pollJobs };
    const { status, calls } = await worker.run('syncMasterData', INPUT, {
      ...{ ...inSync(['usmf'], ORGANIZATIONS_ONLY), ...jobs },
      clarifyJobs: () => ({ waiting: 0 }),
      recordJobs: () => ({ recorded: 1 }),
    });
    expect(status).toBe('cancelled');
    const steps = calls.map(({ step }) => step);
    expect(steps.slice(steps.indexOf('clarifyJobs'))).toEqual(['clarifyJobs', 'pollJobs', 'recordJobs', 'finishRun']);
  });
});
