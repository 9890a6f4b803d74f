import type { Steps } from '../workflows/steps.ts';
import type { StepContext } from './dependencies.ts';

/** Notes what an event came to, for the list of events. */
export function endEvent({ store }: StepContext, input: Parameters<Steps['endEvent']>[0]): Promise<void> {
  return store.events.ended(input.eventId, input.outcome);
}
