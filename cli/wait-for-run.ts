import { CommandError } from './failures.ts';
import type { Run } from './run-report.ts';

/** What waiting needs. */
export interface Waiting {
  readonly runId: string;
  /** Asks for the run once; may give up when `signal` is aborted. */
  readonly getRun: () => Promise<Run>;
  /** Told of every state that was read. */
  readonly show: (run: Run) => void;
  /** Milliseconds, never going back. */
  readonly now: () => number;
  /** Resolves after that time, or at once when `signal` is aborted. */
  readonly sleep: (ms: number) => Promise<void>;
  /** Ends the waiting. */
  readonly signal: AbortSignal;
}

const FIRST_POLLS_MS = 500;
const LATER_POLLS_MS = 1000;
/** So long the polls come in the first, shorter distance: most runs are over by then. */
const FIRST_POLLS_FOR_MS = 10_000;
/** So long a failing poll is tried again: the API may be restarting. */
const PATIENCE_MS = 30_000;

/**
 * Polls a run until it has ended; answers nothing when the signal ended the waiting. Throws the poll's `CommandError`, which
 * says that the run goes on.
 */
export async function waitForRun(waiting: Waiting): Promise<Run | undefined> {
  const startedAt = waiting.now();
  let failingSince: number | undefined;
  while (!waiting.signal.aborted) {
    const answer = await poll(waiting);
    if (answer === undefined) return undefined;
    if (answer instanceof CommandError) {
      failingSince ??= waiting.now();
      if (!mayPass(answer) || waiting.now() - failingSince >= PATIENCE_MS) throw lostSight(answer, waiting.runId);
    } else {
      failingSince = undefined;
      waiting.show(answer);
      if (answer.status !== 'running') return answer;
    }
    await waiting.sleep(waiting.now() - startedAt < FIRST_POLLS_FOR_MS ? FIRST_POLLS_MS : LATER_POLLS_MS);
  }
  return undefined;
}

/** Says of a run that nobody waits for any more that it goes on, and how to see and end it. */
export function goesOn(runId: string): string {
  return `the sync goes on as run ${runId}. See it with \`ledgerdesk run ${runId}\`, end it with \`ledgerdesk cancel ${runId}\`.`;
}

/** A run is Temporal's, not the API's: it ends without anybody who looks. One that the API does not know is none. */
function lostSight({ message, details }: CommandError, runId: string): CommandError {
  if (details.status === 404) return new CommandError(message, details);
  return new CommandError(`${message} Nobody waits any more; ${goesOn(runId)}`, { ...details, runId });
}

/** Nothing when the waiting ended meanwhile: what broke off then is no failure. */
async function poll({ getRun, signal }: Waiting): Promise<Run | CommandError | undefined> {
  try {
    return await getRun();
  } catch (error) {
    if (signal.aborted) return undefined;
    if (error instanceof CommandError) return error;
    throw error;
  }
}

/** Whether a failure may pass by itself: no answer at all, or one that says "not now". */
function mayPass({ details: { status } }: CommandError): boolean {
  return status === undefined || status >= 500 || status === 429 || status === 408;
}
