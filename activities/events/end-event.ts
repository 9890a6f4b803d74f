import { legalEntityKey, type RecordKey } from '../../domain/sync/record.ts';
import type { HandleBusinessEventInput } from '../../workflows/contract.ts';
import type { Steps } from '../../workflows/steps.ts';
import type { StepContext } from '../dependencies.ts';

/** Notes what an event came to, for the list of events: what became of its record, unless that is known better. */
export async function endEvent(
  { store }: StepContext,
  input: Parameters<Steps['endEvent']>[0],
): ReturnType<Steps['endEvent']> {
  const outcome = input.outcome ?? (await store.records.outcomeOf(input.connectionId, recordOf(input)));
  await store.events.ended(input.eventId, outcome ?? 'not_found');
}

/** The record that an event has named. */
export function recordOf({ legalEntity, kind, accountNumber }: HandleBusinessEventInput): RecordKey {
  return { legalEntity: legalEntityKey(legalEntity), kind, key: accountNumber };
}
