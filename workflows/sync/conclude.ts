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
import type { RunEnding, RunRef } from '../steps.ts';

/**
 * The result of a run's work: the problem that makes it a failed run, or null, and the total time that it waited. With
 * `planId`, the run is held instead, and the problem says why.
 */
export interface Conclusion {
  readonly planId?: string | undefined;
  readonly error: Problem | null;
  readonly waitedMs: number;
}

/**
 * Does the work of a run and ends the run in any case: completed, failed, cancelled or held. Throws a failure with
 * the message of a failed run's error, so that the Web UI says what a person must do. A held run is no failure.
 */
export async function concludeRun(
  { steps, waitedMs }: Pick<StepProxy, 'steps' | 'waitedMs'>,
  run: RunRef,
  work: () => Promise<Conclusion>,
): Promise<Totals> {
  let conclusion: Conclusion;
  let status: RunEnding['status'];
  let cancellation: Error | undefined;
  try {
    conclusion = await work();
    status = statusOf(conclusion);
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
  if (error !== null && status !== 'held') throw ApplicationFailure.nonRetryable(error.message, error.code);
  return totals;
}

function statusOf({ error, planId }: Conclusion): RunEnding['status'] {
  if (planId !== undefined) return 'held';
  return error === null ? 'completed' : 'failed';
}
