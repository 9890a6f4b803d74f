import { CancellationScope, isCancellation, proxyLocalActivities } from '@temporalio/workflow';
import type { Totals } from '../../domain/sync/outcome.ts';
import type { HandleBusinessEventInput } from '../contract.ts';
import { ownRun } from '../sync/own-run.ts';
import { createSteps, localStepOptions, type StepProxy } from '../step-proxy.ts';
import { problemOf } from '../problem.ts';
import type { RunRef, Steps } from '../steps.ts';
import { syncRecord } from '../sync/sync-record.ts';

const { takeDueRecords } = proxyLocalActivities<Pick<Steps, 'takeDueRecords'>>(
  localStepOptions('Check whether the record was read for another event'),
);

/** Waits for the run that holds the record of an event, in milliseconds. The last one is repeated. */
const HELD_WAITS_MS = [3_000, 5_000, 10_000, 30_000, 60_000] as const;

/**
 * Handles one business event: reads its record again and synchronizes it as a resync does, together with all due
 * records of its legal entity and kind. The content of the event is not used. Returns null when the record was read for
 * another event, or may not be written without a go.
 */
export async function handleBusinessEvent(input: HandleBusinessEventInput): Promise<Totals | null> {
  const proxy = createSteps(input.connectionId);
  const run = ownRun({ connectionId: input.connectionId });
  if ((await takeDue(proxy, run, input)) === 'ended') return null;
  try {
    const result = await syncRecord(proxy, run, { ...input, withDue: true });
    if ('code' in result) {
      await end(proxy, { ...input, outcome: result.code });
      return null;
    }
    await end(proxy, result.own ? input : { ...input, outcome: 'not_found' });
    return result.totals;
  } catch (error) {
    const outcome = isCancellation(error) ? 'cancelled' : problemOf(error).code;
    await CancellationScope.nonCancellable(() => end(proxy, { ...input, outcome }));
    throw error;
  }
}

async function takeDue(proxy: StepProxy, run: RunRef, input: HandleBusinessEventInput): Promise<'taken' | 'ended'> {
  for (let waits = 0; ; waits += 1) {
    const { state } = await takeDueRecords({ ...input, ...run });
    if (state !== 'held') return state;
    await proxy.pause(HELD_WAITS_MS[waits] ?? 60_000, 'The run of another event is reading this record');
  }
}

function end({ steps }: StepProxy, ending: Parameters<Steps['endEvent']>[0]): Promise<void> {
  return steps.endEvent(ending, 'Record the outcome of the event');
}
