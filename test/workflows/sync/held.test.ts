import { describe, expect, it } from '@jest/globals';
import { stop } from '../../../activities/failure.ts';
import { NO_TOTALS } from '../../../domain/sync/outcome.ts';
import type { Script } from '../script.ts';
import { useScriptedWorker } from '../scripted-worker.ts';
import { inSync, RUN } from './scripts.ts';

const worker = useScriptedWorker();

const INPUT = { connectionId: RUN.connectionId, runId: RUN.runId };
const TOTALS = { ...NO_TOTALS, read: 5, skipped: 5 };
const HELD = { code: 'limits_exceeded' as const, reason: 'This sync would update 60 (at most 50).' };
const PLAN = { planId: RUN.runId, hash: 'h-1' };

/** Runs a master run whose limits are exceeded. */
const sync = (more: Script = {}) =>
  worker.run('syncMasterData', INPUT, {
    ...inSync(['usmf', 'frrt']),
    judgeLimits: () => ({ held: HELD }),
    makePlan: () => PLAN,
    finishRun: ({ error }) => ({ totals: TOTALS, error }),
    ...more,
  });

describe('a master run that exceeds a limit', () => {
  it('makes a plan and ends before anything is applied, without a failure', async () => {
    const { status, result, course, inputs, details } = await sync();
    expect(status).toBe('completed');
    expect(result).toEqual({ runId: RUN.runId, totals: TOTALS, held: RUN.runId });
    expect(course.slice(course.indexOf('reserveRecords'))).toEqual([
      ...['reserveRecords', 'judgeLimits', 'makePlan', 'finishRun'],
    ]);
    const run = { ...RUN, workflowId: expect.any(String) };
    const judged = { ...run, incompleteEntities: [] };
    expect(inputs('judgeLimits')).toEqual([judged]);
    expect(inputs('makePlan')).toEqual([{ ...judged, why: ['limits'], problems: [] }]);
    const message = expect.stringContaining('ledgerdesk approve run-1 --hash h-1');
    const ending = { status: 'held', planId: RUN.runId, error: { code: HELD.code, message }, waitedMs: 0 };
    expect(inputs('finishRun')).toEqual([{ ...run, ...ending }]);
    expect(await details()).toContain('ledgerdesk sync acme --accept-limits');
  });

  it('also says which legal entities could not be read', async () => {
    const { status, inputs } = await sync({
      readRecordsPage({ legalEntity }) {
        if (legalEntity === 'frrt') throw stop('missing_privilege', 'FRRT cannot be read.');
        return { read: 1, done: true };
      },
    });
    expect(status).toBe('completed');
    const problems = [{ code: 'missing_privilege', message: 'FRRT cannot be read.' }];
    expect(inputs('makePlan')).toMatchObject([{ problems, incompleteEntities: ['frrt'] }]);
    const message = expect.stringMatching(/--accept-limits`\. FRRT cannot be read\.$/);
    expect(inputs('finishRun')).toMatchObject([{ status: 'held', error: { code: HELD.code, message } }]);
  });

  it('fails if its plan cannot be made', async () => {
    const { status, failure, inputs } = await sync({ makePlan: [stop('internal_error', 'The step failed.')] });
    expect(status).toBe('failed');
    expect(failure?.code).toBe('internal_error');
    expect(inputs('finishRun')).toMatchObject([{ status: 'failed' }]);
  });
});
