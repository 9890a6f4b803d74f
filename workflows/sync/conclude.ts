import {
  ApplicationFailure,
  CancellationScope,
  ContinueAsNew,
  isCancellation,
  setCurrentDetails,
} from '@temporalio/workflow';
import type { Totals } from '../../domain/sync/outcome.ts';
import type { Problem } from '../contract.ts';
import { describeTotals } from './details.ts';
import type { StepProxy } from '../step-proxy.ts';
import { problemOf } from '../problem.ts';
import type { RunRef } from '../steps.ts';

/** The result of a run's work: the problem that makes it a failed run, or null, and the total time that it waited. */
export interface Conclusion {
  readonly error: Problem | null;
  readonly waitedMs: number;
}

/**
 * Does the work of a run and ends the run in any case: completed, failed, or cancelled. Throws a failure with the
 * message of the run's error, so that the Web UI says what a person must do.
 */
export async function concludeRun(
  { steps, waitedMs }: Pick<StepProxy, 'steps' | 'waitedMs'>,
  run: RunRef,
  work: () => Promise<Conclusion>,
): Promise<Totals> {
  let conclusion: Conclusion;
  let status: 'completed' | 'failed' | 'cancelled';
  let cancellation: Error | undefined;
  try {
    conclusion = await work();
    status = conclusion.error === null ? 'completed' : 'failed';
  } catch (error) {
    if (error instanceof ContinueAsNew) throw error;
    cancellation = error instanceof Error && isCancellation(error) ? error : undefined;
    status = cancellation === undefined ? 'failed' : 'cancelled';
    conclusion = { error: cancellation === undefined ? problemOf(error) : null, waitedMs: waitedMs() };
  }
  const ending = { ...run, status, ...conclusion };
  const end = () => steps.finishRun(ending, 'End the run and store its totals');
  const { totals, error } = await CancellationScope.nonCancellable(end);
  setCurrentDetails(`${describeTotals(totals)}${error === null ? '' : `\n\n${error.message}`}`);
  if (cancellation !== undefined) throw cancellation;
  if (error !== null) throw ApplicationFailure.nonRetryable(error.message, error.code);
  return totals;
}
