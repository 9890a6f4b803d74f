import { CommandError } from './failures.ts';
import type { Run } from './run-report.ts';

/** The options of `waitForRun`. */
export interface WaitOptions {
  readonly runId: string;
  /** Requests the run once. It may throw when `signal` is aborted. */
  readonly getRun: () => Promise<Run>;
  /** Called with every state that was read. */
  readonly show: (run: Run) => void;
  /** Returns monotonic time in milliseconds. */
  readonly now: () => number;
  /** Resolves after this time, or at once when `signal` is aborted. */
  readonly sleep: (ms: number) => Promise<void>;
  /** Ends the waiting. */
  readonly signal: AbortSignal;
}

const FIRST_POLLS_MS = 500;
const LATER_POLLS_MS = 1_000;
/** Most runs have ended by then. */
const FIRST_POLLS_UNTIL_MS = 10_000;
/** How long failing polls are retried, because the API may be restarting. */
const MAX_FAILING_MS = 30_000;

/**
 * Polls a run until it has ended. Returns undefined if the signal was aborted. Throws a `CommandError` if polling
 * fails. Its message says that the run continues.
 */
export async function waitForRun(options: WaitOptions): Promise<Run | undefined> {
  const startedAt = options.now();
  let failingSince: number | undefined;
  while (!options.signal.aborted) {
    const result = await poll(options);
    if (result === undefined) return undefined;
    if (result instanceof CommandError) {
      failingSince ??= options.now();
      if (!isTransient(result) || options.now() - failingSince >= MAX_FAILING_MS)
        throw failedWait(result, options.runId);
    } else {
      failingSince = undefined;
      options.show(result);
      if (result.status !== 'running') return result;
    }
    await options.sleep(options.now() - startedAt < FIRST_POLLS_UNTIL_MS ? FIRST_POLLS_MS : LATER_POLLS_MS);
  }
  return undefined;
}

/** Returns a message that the run continues, and the commands to see and to cancel it. */
export function describeOngoingRun(runId: string): string {
  return `The sync continues as run ${runId}. To see its state, run \`ledgerdesk run ${runId}\`. To cancel it, run \`ledgerdesk cancel ${runId}\`.`;
}

/** The run continues in Temporal even if the API fails. A run that the API does not know does not exist. */
function failedWait({ message, details }: CommandError, runId: string): CommandError {
  if (details.status === 404) return new CommandError(message, details);
  return new CommandError(`${message} The command stopped waiting. ${describeOngoingRun(runId)}`, {
    ...details,
    runId,
  });
}

/** An aborted request is not a failure, so it returns undefined. */
async function poll({ getRun, signal }: WaitOptions): Promise<Run | CommandError | undefined> {
  try {
    return await getRun();
  } catch (error) {
    if (signal.aborted) return undefined;
    if (error instanceof CommandError) return error;
    throw error;
  }
}

/** Returns true if a retry may succeed: there was no response, or its status is temporary. */
function isTransient({ details: { status } }: CommandError): boolean {
  return status === undefined || status >= 500 || status === 429 || status === 408;
}
