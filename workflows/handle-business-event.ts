import { setCurrentDetails } from '@temporalio/workflow';
import { OUTCOMES, type Totals } from '../domain/outcome.ts';
import type { HandleBusinessEventInput } from './contract.ts';
import { ownRun } from './own-run.ts';
import { createPerformer, type Performer } from './perform.ts';
import { problemOf } from './problem.ts';
import { syncRecord } from './sync-record.ts';

/** One business event: the record that it names is read again and synchronised as a resync would, whatever the event said. */
export async function handleBusinessEvent(input: HandleBusinessEventInput): Promise<Totals> {
  const { eventId, ...record } = input;
  const onWait = (reason: string | null): void => setCurrentDetails(reason ?? '');
  const performer = createPerformer({ fairnessKey: input.connectionId, waitedMs: 0, onWait });
  try {
    const totals = await syncRecord(performer, ownRun(input.connectionId), record);
    await end(performer, input, OUTCOMES.find((outcome) => totals[outcome] > 0) ?? 'not_found');
    return totals;
  } catch (error) {
    await end(performer, input, problemOf(error).code);
    throw error;
  }

  function end(by: Performer, { connectionId }: HandleBusinessEventInput, outcome: string): Promise<void> {
    return by.perform('endEvent', { connectionId, eventId, outcome }, 'Note what the event came to');
  }
}
