import { isCovered } from '../../domain/connection/go.ts';
import type { Steps } from '../../workflows/steps.ts';
import type { StepContext } from '../dependencies.ts';
import { endEvent, recordOf } from './end-event.ts';

/** The maximum number of records per run: a few requests to F&O, and two bulk jobs in Zendesk. */
const MAX_RECORDS = 200;

/**
 * Takes the due records of the legal entity and kind of an event, also from a run whose workflow has ended. Without a go
 * for them, the event ends and its record stays due.
 */
export async function takeDueRecords(
  context: StepContext,
  input: Parameters<Steps['takeDueRecords']>[0],
): ReturnType<Steps['takeDueRecords']> {
  const { store, isRunOver } = context;
  if (!isCovered(await store.gos.list(input.connectionId), recordOf(input))) {
    await endEvent(context, { ...input, outcome: 'no_go' });
    return { state: 'ended' };
  }
  const taken = await store.dueRecords.take(input, recordOf(input), MAX_RECORDS);
  if (taken.state === 'taken') return { state: 'taken' };
  if (taken.state === 'read') {
    await endEvent(context, input);
    return { state: 'ended' };
  }
  if (!(await isRunOver(taken.holder))) return { state: 'held' };
  await store.dueRecords.release(taken.holder.runId);
  return takeDueRecords(context, input);
}
