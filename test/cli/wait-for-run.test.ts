import { describe, expect, it } from '@jest/globals';
import { CommandError } from '../../cli/failures.ts';
import { createProgress } from '../../cli/progress.ts';
import type { Run } from '../../cli/run-report.ts';
import { waitForRun } from '../../cli/wait-for-run.ts';
import { runAnswer } from './answers.ts';

const running = runAnswer({ status: 'running', finishedAt: null });
const down = new CommandError('The API cannot be reached.', { code: 'unreachable' });

/** Waits on a clock that only sleeping moves; `answer` gets the time of the poll. */
async function waitOnClock(answer: (atMs: number) => Run | Error, signal = new AbortController().signal) {
  const clock = { now: 0 };
  const polls: number[] = [];
  const run = await waitForRun({
    runId: 'run-1',
    getRun: () => {
      polls.push(clock.now);
      const result = answer(clock.now);
      return result instanceof Error ? Promise.reject(result) : Promise.resolve(result);
    },
    show: () => undefined,
    now: () => clock.now,
    sleep: (ms) => {
      clock.now += ms;
      return Promise.resolve();
    },
    signal,
  });
  return { run, polls };
}

describe('waiting for a run', () => {
  it('polls every 500 ms for ten seconds and each second from then on', async () => {
    const { polls } = await waitOnClock((atMs) => (atMs < 12_000 ? running : runAnswer()));
    expect(polls.slice(0, 3)).toEqual([0, 500, 1000]);
    expect(polls.slice(-3)).toEqual([10_000, 11_000, 12_000]);
  });

  it('outlives failures of up to thirty seconds each, counted anew after every answer', async () => {
    const isDown = (atMs: number): boolean => (atMs >= 5000 && atMs < 34_000) || (atMs >= 36_000 && atMs < 65_000);
    const { run } = await waitOnClock((atMs) => (isDown(atMs) ? down : atMs < 70_000 ? running : runAnswer()));
    expect(run?.status).toBe('completed');
  });

  it('gives up with the failure when it lasts, and says that the run goes on', async () => {
    const polls: number[] = [];
    const waiting = waitOnClock((atMs) => {
      polls.push(atMs);
      return down;
    });
    await expect(waiting).rejects.toMatchObject({
      message:
        'The API cannot be reached. The command stopped waiting. The sync continues as run run-1. To see its state, run `ledgerdesk run run-1`. To cancel it, run `ledgerdesk cancel run-1`.',
      details: { code: 'unreachable', runId: 'run-1' },
    });
    expect(polls.at(-1)).toBe(30_000);
  });

  it.each([
    [404, 1],
    [401, 1],
    [503, 2],
    [429, 2],
  ])('after HTTP %d asks %d times in all when the next answer is good', async (status, times) => {
    const failure = new CommandError('No.', { code: 'refused', status });
    let asked = 0;
    const waiting = waitOnClock(() => {
      asked += 1;
      return asked === 1 ? failure : runAnswer();
    });
    if (times === 1) await expect(waiting).rejects.toMatchObject({ message: /^No\./, details: { status } });
    else expect((await waiting).run?.status).toBe('completed');
    expect(asked).toBe(times);
  });

  it('ends without a run when it is interrupted during a poll, whatever the poll says', async () => {
    const interruption = new AbortController();
    const { run } = await waitOnClock(() => {
      interruption.abort();
      return down;
    }, interruption.signal);
    expect(run).toBeUndefined();
  });
});

describe('progress', () => {
  it('is one line, no wider than the terminal, that overwrites itself', () => {
    const written: string[] = [];
    const terminal = { isTTY: true, columns: 60, write: (text: string) => written.push(text) };
    const progress = createProgress(terminal);
    progress.show(running);
    progress.clear();
    expect(written[0]).toBe('\r\u001b[Krunning · 12 read · 4 created, 3 updated, 2 adopted, 1 unch');
    expect(written[1]).toBe('\r\u001b[K');
  });

  it('shows records, outcomes, requests and waits', () => {
    const written: string[] = [];
    createProgress({ isTTY: true, columns: 200, write: (text) => written.push(text) }).show(running);
    expect(written[0]).toContain(
      '12 read · 4 created, 3 updated, 2 adopted, 1 unchanged, 1 skipped, 1 rejected · 15 requests · waited 12 s',
    );
  });

  it('is not shown where there is no terminal', () => {
    const written: string[] = [];
    const progress = createProgress({ write: (text) => written.push(text) });
    progress.show(running);
    progress.clear();
    expect(written).toEqual([]);
  });
});
