import type { Steps } from '../../workflows/steps.ts';
import type { StepContext } from '../dependencies.ts';
import { endEvent, recordOf } from './end-event.ts';

/** The maximum number of records per run: a few requests to F&O, and two bulk jobs in Zendesk. */
const MAX_RECORDS = 200;

/** Takes the due records of the legal entity and kind of an event, also from a run whose workflow has ended. */
export async function takeDueRecords(
  context: StepContext,
  input: Parameters<Steps['takeDueRecords']>[0],
): ReturnType<Steps['takeDueRecords']> {
  const { store, isRunOver } = context;
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
