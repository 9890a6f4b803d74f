import { ActivityFailure, ApplicationFailure, ChildWorkflowFailure } from '@temporalio/workflow';
import type { Problem } from './contract.ts';

/** Codes that end the whole run, because no other legal entity can succeed. */
const ENDS_THE_RUN = new Set(['needs_reconnect', 'connection_missing', 'needs_authorization']);

/** Returns the problem of a failed step or child workflow: the type and the message of the failure that caused it. */
export function problemOf(error: unknown): Problem {
  let cause: unknown = error;
  while ((cause instanceof ActivityFailure || cause instanceof ChildWorkflowFailure) && cause.cause !== undefined)
    cause = cause.cause;
  if (cause instanceof ApplicationFailure) return { code: cause.type ?? 'failed', message: cause.message };
  return { code: 'failed', message: cause instanceof Error ? cause.message : 'The step failed with an unknown error.' };
}

/** Returns whether a problem ends the run at once. */
export function endsTheRun({ code }: Problem): boolean {
  return ENDS_THE_RUN.has(code);
}

/** Request ids differ between legal entities even if the problem is the same. */
const withoutRequestId = (message: string): string => message.replace(/ \(request [^)]*\)/g, '');

/** Returns the error of a run: its only problem, or each different problem once; null if there is none. */
export function runError(problems: readonly Problem[]): Problem | null {
  const [first] = problems;
  if (first === undefined) return null;
  const ending = problems.find(endsTheRun);
  if (ending !== undefined || problems.length === 1) return ending ?? first;
  const said = problems.map(({ message }) => withoutRequestId(message));
  const different = problems.filter((_problem, index) => said.indexOf(said[index] ?? '') === index);
  return { code: first.code, message: different.map(({ message }) => message).join(' ') };
}
