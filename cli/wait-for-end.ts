import { setTimeout as delay } from 'node:timers/promises';
import type { Api } from './api-client.ts';
import type { Outcome, Terminal } from './command.ts';
import { CommandError } from './failures.ts';
import { createProgress } from './progress.ts';
import { showRun, type Run } from './run-report.ts';
import { describeOngoingRun, waitForRun } from './wait-for-run.ts';

/** Short enough for several polls while the API restarts. */
const POLL_TIMEOUT_MS = 10_000;
/** The exit code that shells use for a program ended by SIGINT. */
const INTERRUPTED = 130;

/**
 * Shows the progress of a run until it has ended, and returns it. Throws a `CommandError` if it is interrupted, or if the
 * API fails for long.
 */
export async function waitForEnd(api: Api, runId: string, terminal: Terminal): Promise<Run> {
  const interruption = new AbortController();
  const interrupt = (): void => interruption.abort();
  const { signal } = interruption;
  const progress = createProgress(terminal);
  process.once('SIGINT', interrupt);
  try {
    const run = await waitForRun({
      runId,
      getRun: () => api<'showRun'>({ method: 'GET', path: ['runs', runId], timeoutMs: POLL_TIMEOUT_MS, signal }),
      show: progress.show,
      now: () => performance.now(),
      sleep: (ms) => delay(ms, undefined, { signal }).catch(() => undefined),
      signal,
    });
    if (run === undefined) throw interrupted(runId);
    return run;
  } finally {
    process.removeListener('SIGINT', interrupt);
    progress.clear();
  }
}

function interrupted(runId: string): CommandError {
  return new CommandError(`Stopped waiting. ${describeOngoingRun(runId)}`, {
    code: 'interrupted',
    runId,
    exitCode: INTERRUPTED,
  });
}

/** Returns the outcome of a command that has waited for a run. */
export function runOutcome(run: Run): Outcome {
  return { json: run, text: showRun(run, Date.now()), exitCode: run.status === 'completed' ? 0 : 1 };
}
