import { ActivityFailure, ApplicationFailure, ChildWorkflowFailure } from '@temporalio/workflow';
import type { Problem } from './contract.ts';

/** Codes that end the whole run, since no other legal entity could succeed. */
const ENDS_THE_RUN = new Set(['needs_reconnect', 'connection_missing', 'needs_authorization']);

/** Reads the code and the sentence out of a failed step or child: the type of the failure that began it, and its message. */
export function problemOf(error: unknown): Problem {
  let cause: unknown = error;
  while ((cause instanceof ActivityFailure || cause instanceof ChildWorkflowFailure) && cause.cause !== undefined)
    cause = cause.cause;
  if (cause instanceof ApplicationFailure) return { code: cause.type ?? 'failed', message: cause.message };
  return { code: 'failed', message: cause instanceof Error ? cause.message : 'The step failed without saying why.' };
}

/** Returns whether a problem ends the run at once. */
export function endsTheRun({ code }: Problem): boolean {
  return ENDS_THE_RUN.has(code);
}

/** Returns what a run with problems failed with: the one problem, or all of them in one sentence; null without any. */
export function runError(problems: readonly Problem[]): Problem | null {
  const [first] = problems;
  if (first === undefined) return null;
  const final = problems.find(endsTheRun);
  if (final !== undefined || problems.length === 1) return final ?? first;
  return { code: first.code, message: problems.map(({ message }) => message).join(' ') };
}
