import { proxyLocalActivities, setCurrentDetails } from '@temporalio/workflow';
import type { Totals } from '../../domain/sync/outcome.ts';
import type { HandleBusinessEventInput } from '../contract.ts';
import { ownRun } from '../sync/own-run.ts';
import { askOptions, createPerformer, type Performer } from '../step-proxy.ts';
import { problemOf } from '../problem.ts';
import type { RunRef, Steps } from '../steps.ts';
import { syncRecord } from '../sync/sync-record.ts';

const { takeDueRecords } = proxyLocalActivities<Pick<Steps, 'takeDueRecords'>>(
  askOptions('Ask whether another event has had it read'),
);

/** Waits for the run that has an event's record, in ms; the last one again and again. */
const HELD_WAITS_MS = [3_000, 5_000, 10_000, 30_000, 60_000] as const;

/**
 * One business event: the record that it names is read again and synchronised as a resync would, whatever the event said,
 * together with all others of its entity and kind that events have named. Null: another event had done that.
 */
export async function handleBusinessEvent(input: HandleBusinessEventInput): Promise<Totals | null> {
  const onWait = (reason: string | null): void => setCurrentDetails(reason ?? '');
  const performer = createPerformer({ fairnessKey: input.connectionId, waitedMs: 0, onWait });
  const run = ownRun(input.connectionId);
  if ((await takeDue(performer, run, input)) === 'ended') return null;
  try {
    const { totals, own } = await syncRecord(performer, run, { ...input, withDue: true });
    await end(performer, own ? input : { ...input, outcome: 'not_found' });
    return totals;
  } catch (error) {
    await end(performer, { ...input, outcome: problemOf(error).code });
    throw error;
  }
}

async function takeDue(performer: Performer, run: RunRef, input: HandleBusinessEventInput): Promise<'taken' | 'ended'> {
  for (let waits = 0; ; waits += 1) {
    const { state } = await takeDueRecords({ ...input, ...run });
    if (state !== 'held') return state;
    await performer.pause(HELD_WAITS_MS[waits] ?? 60_000, 'The run of another event reads this record');
  }
}

function end({ perform }: Performer, ending: Parameters<Steps['endEvent']>[0]): Promise<void> {
  return perform('endEvent', ending, 'Note what the event came to');
}
